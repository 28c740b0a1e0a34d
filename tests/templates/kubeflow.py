#!/usr/bin/env python3
"""kubeflow.py PALIER TESTS: runs the generated pipeline where a stand-in of the SDK has the names and signatures of Kubeflow Pipelines 2.17
and no other, runs each step at once and keeps what is asked for it; MLflow is a stand-in as well. The steps themselves work for real, the
training where PyTorch is. Where the SDK is, it compiles the pipeline, too. Exits with 77 where there is no scikit-learn or PyYAML."""
import importlib.util
import inspect
import os
import pathlib
import subprocess
import sys
import tempfile
import types
import warnings

sys.dont_write_bytecode = True
from checks import check  # noqa: E402

palier, tests = sys.argv[1:]
try:
    import numpy
    import sklearn.neural_network
    import yaml
except ImportError as error:
    print(f"skipped: {error} (apt install python3-sklearn python3-yaml)")
    sys.exit(77)
HAS_SDK, HAS_TORCH = (importlib.util.find_spec(name) is not None for name in ("kfp", "torch"))


# Names and parameters: kubeflow/pipelines at sdk-2.17.0-1, sdk/python/kfp/dsl/pipeline_task.py and kubernetes_platform/python/kfp/kubernetes.
class Task:
    def __init__(self, ran, outputs):
        self.ran, self.outputs, self.asked = ran, outputs, {}

    def keep(self, **asked):
        self.asked |= asked
        return self

    def set_cpu_request(self, cpu): return self.keep(cpu=cpu)
    def set_memory_request(self, memory): return self.keep(memory=memory)
    def set_memory_limit(self, memory): return self.keep(memory_limit=memory)
    def set_accelerator_type(self, accelerator): return self.keep(accelerator=accelerator)
    def set_accelerator_limit(self, limit): return self.keep(accelerators=limit)
    def set_caching_options(self, enable_caching, cache_key=None): return self.keep(cache=enable_caching)
    def set_retry(self, num_retries, backoff_duration=None, backoff_factor=None, backoff_max_duration=None): return self.keep(retries=num_retries)


def set_timeout(task, seconds): return task.keep(timeout=seconds)
def set_security_context(task, run_as_user=None, run_as_group=None, run_as_non_root=None): return task.keep(user=run_as_user)
def add_toleration(task, key=None, operator=None, value=None, effect=None, toleration_seconds=None): return task.keep(toleration=(key, operator, effect))


class Artifact:
    """What a step writes to a path, with a few words about it."""

    def __init__(self, path):
        self.path, self.metadata, self.metrics = str(path), {}, {}

    def log_metric(self, metric, value):
        self.metrics[metric] = value


class Output:
    def __class_getitem__(cls, kind): return (cls, kind)


class Input(Output):
    pass


class If:
    taken = True

    def __init__(self, condition, name=None): self.condition = condition
    def __enter__(self): If.taken = self.condition
    def __exit__(self, *_): If.taken = True


class Step:
    """A component: called in a pipeline it runs with keyword arguments only, as the SDK wants it, and gives a task."""

    def __init__(self, function, settings):
        self.name, self.function, self.settings = function.__name__, function, settings

    def __call__(self, **arguments):
        outputs = {key: Artifact(folder / f"{self.name}-{key}") for key, p in inspect.signature(self.function).parameters.items()
                   if isinstance(p.annotation, tuple) and p.annotation[0] is Output}
        if If.taken:
            result = self.function(**arguments, **outputs)
            outputs |= {"Output": result} if result is not None else {}
        tasks[self.name] = Task(If.taken, outputs)
        return tasks[self.name]


def component(func, *, base_image=None, packages_to_install=None, install_kfp_package=True):
    return Step(func, {"image": base_image, "packages": packages_to_install, "kfp": install_kfp_package})


def pipeline(*, name=None, description=None):
    return lambda function: function


def compiled(pipeline, package_path):
    raise AssertionError("only python pipeline.py compiles")


dsl = types.SimpleNamespace(component=component, pipeline=pipeline, If=If, Dataset=Artifact, Model=Artifact, Metrics=Artifact, Input=Input, Output=Output)
kubernetes = types.SimpleNamespace(set_timeout=set_timeout, set_security_context=set_security_context, add_toleration=add_toleration)
compiler = types.SimpleNamespace(Compiler=lambda: types.SimpleNamespace(compile=compiled))


class Registry:
    """MLflow's client, as far as it is used."""

    versions, aliases = {}, {}

    def search_registered_models(self, filter_string): return [filter_string] if Registry.versions else []
    def create_registered_model(self, name): assert not Registry.versions
    def get_registered_model(self, name): return types.SimpleNamespace(aliases=Registry.aliases)
    def get_model_version(self, name, version): return types.SimpleNamespace(tags=Registry.versions[version])
    def set_registered_model_alias(self, name, alias, version): Registry.aliases[alias] = version

    def create_model_version(self, name, source, run_id=None, tags=None):
        assert source.startswith("store:/") and run_id
        version = str(len(Registry.versions) + 1)
        Registry.versions[version] = tags
        return types.SimpleNamespace(version=version)


class Run:
    info = types.SimpleNamespace(run_id="run", artifact_uri="store:/run")

    def __enter__(self): return self
    def __exit__(self, *_): return False


kept = {}
mlflow = types.SimpleNamespace(MlflowClient=Registry, set_tracking_uri=lambda uri: kept.update(uri=uri), set_experiment=lambda name: None, start_run=Run,
                               log_metric=lambda name, value: kept.update({name: value}), log_artifact=lambda path, place: kept.update(file=path))
STAND_INS = {"kfp": types.SimpleNamespace(dsl=dsl, compiler=compiler, kubernetes=kubernetes), "kfp.dsl": dsl, "mlflow": mlflow}


def train_without_torch(epochs, gpu, data, model: Output[Artifact]):
    arrays = numpy.load(data.path)
    network = sklearn.neural_network.MLPClassifier((128,), max_iter=60 if epochs > 1 else 1, random_state=0)
    with warnings.catch_warnings(action="ignore"):  # that it could learn on
        network.fit(arrays["train_x"], arrays["train_y"])
    with open(model.path, "wb") as file:
        numpy.savez(file, w1=network.coefs_[0], b1=network.intercepts_[0], w2=network.coefs_[1], b2=network.intercepts_[1])


def workspace(name, *arguments):
    subprocess.run([palier, "generate", "kubeflow", *arguments, "-o", folder / name], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return folder / name / "kubeflow"


def load(place):
    specification = importlib.util.spec_from_file_location("pipeline", place / "pipeline.py")
    module = importlib.util.module_from_spec(specification)
    with_sdk = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "kfp"}
    sys.modules.update(STAND_INS)
    specification.loader.exec_module(module)
    sys.modules.update(with_sdk)
    return module


def compile_for_real(place):
    done = subprocess.run([sys.executable, place / "pipeline.py"], env=os.environ, capture_output=True, text=True)
    check(f"the SDK compiles {place.parent.name} {done.stderr[-2000:]}", done.returncode == 0)
    specification, platform = yaml.safe_load_all((place / "pipeline.yaml").read_text())
    return specification, platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]


with tempfile.TemporaryDirectory() as name:
    folder, tasks = pathlib.Path(name), {}
    data = f"{tests}/templates/data"
    plain = workspace("plain", "--machine", f"{data}/laptop.json", "--set", "max_runtime=2h")
    module = load(plain)
    if not HAS_TORCH:
        print("note: no PyTorch here, scikit-learn trains in its place")
        module.train.function = train_without_torch
    module.training()
    score = tasks["evaluate"].outputs["Output"]
    check(f"the steps run in their order, and the model has learnt {score}", list(tasks) == ["prepare", "train", "evaluate", "register"] and score > 0.9)
    check("a first model is the champion", Registry.aliases == {"champion": "1"} and kept["accuracy"] == score and kept["file"].endswith("train-model"))
    check("every step has an end, a size and a second try", all(task.asked["timeout"] == 7200 and task.asked["memory"] == task.asked["memory_limit"] and
                                                                task.asked["retries"] == 2 for task in tasks.values()))
    check("what registers is never taken from the cache", tasks["register"].asked["cache"] is False and "cache" not in tasks["train"].asked)
    check("no GPU, none asked for", "accelerator" not in tasks["train"].asked)
    module.training(epochs=1, least=0.0)
    worse = tasks["evaluate"].outputs["Output"]
    check(f"a worse model {worse} is kept, and is no champion", worse < score and len(Registry.versions) == 2 and Registry.aliases == {"champion": "1"})
    module.training()
    check("one as good as the champion takes its place", Registry.aliases == {"champion": "3"})
    module.training(least=1.01)
    check("one that is not good enough is not registered", not tasks["register"].ran and len(Registry.versions) == 3)

    gpu = workspace("gpu", "--machine", f"{data}/gpu24.json", "--set", "image=registry.example.com/training:1")
    module = load(gpu)
    sys.modules["torch"] = types.SimpleNamespace(cuda=types.SimpleNamespace(is_available=lambda: False))
    try:
        module.training()
        check("a training that was to have a GPU and has none fails", False)
    except RuntimeError as error:
        check(f"a training that was to have a GPU and has none fails: {error}", "does not see it" in str(error))
    module.train.function = train_without_torch
    module.training()
    asked = tasks["train"].asked
    check(f"a GPU for the training alone {asked}", asked["accelerator"] == "nvidia.com/gpu" and asked["accelerators"] == 1
          and asked["toleration"] == ("nvidia.com/gpu", "Exists", "NoSchedule") and "accelerator" not in tasks["prepare"].asked)
    check("an image of one's own: no root, nothing installed", asked["user"] == 10001 and module.train.settings == {"image": "registry.example.com/training:1", "packages": [], "kfp": False})

    if not HAS_SDK:
        print("note: no SDK of Kubeflow Pipelines here, nothing compiled")
        sys.exit(0)
    specification, platform = compile_for_real(plain)
    executors = specification["deploymentSpec"]["executors"]
    check("four steps, with images by digest", len(executors) == 4 and all("@sha256:" in e["container"]["image"] for e in executors.values()))
    check("typed artifacts", specification["components"]["comp-train"]["outputDefinitions"]["artifacts"]["model"]["artifactType"]["schemaTitle"] == "system.Model")
    condition = specification["root"]["dag"]["tasks"]["condition-1"]["triggerPolicy"]["condition"]
    check(f"registered only where {condition}", "evaluate-Output'] >= " in condition and condition.endswith("least']"))
    specification, platform = compile_for_real(gpu)
    resources = specification["deploymentSpec"]["executors"]["exec-train"]["container"]["resources"]
    check(f"GPU and memory of the training {resources}", resources["accelerator"]["resourceType"] == "nvidia.com/gpu" and resources["accelerator"]["resourceCount"] == "1")
    check("its toleration and its user", platform["exec-train"]["tolerations"][0]["key"] == "nvidia.com/gpu" and platform["exec-train"]["securityContext"]["runAsNonRoot"])
