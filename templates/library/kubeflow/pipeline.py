"""A pipeline of Kubeflow: prepare, train, evaluate and, where the model is good enough, register. Sizes, images and limits are in
settings.yaml, beside this file. Each step is sent to its container as text: what it needs is imported in it. Put your own data and network in
place of the digits."""
import functools
import pathlib

import yaml
from kfp import compiler, dsl, kubernetes
from kfp.dsl import Dataset, Input, Metrics, Model, Output

HERE = pathlib.Path(__file__).parent
SETTINGS = yaml.safe_load((HERE / "settings.yaml").read_text())
step = functools.partial(
    dsl.component,
    base_image=SETTINGS["image"],
    packages_to_install=SETTINGS["packages"],
    install_kfp_package=bool(SETTINGS["packages"]),  # an image of your own has it
)


@step
def prepare(seed: int, data: Output[Dataset]):
    import numpy
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    x, y = load_digits(return_X_y=True)
    if len(x) < 100 or not numpy.isfinite(x).all():
        raise ValueError("the data is not fit to learn from")
    train_x, test_x, train_y, test_y = train_test_split(x / 16, y, test_size=0.25, random_state=seed, stratify=y)
    with open(data.path, "wb") as file:
        numpy.savez(file, train_x=train_x, test_x=test_x, train_y=train_y, test_y=test_y)
    data.metadata["rows"] = len(x)


@step
def train(epochs: int, gpu: bool, data: Input[Dataset], model: Output[Model]):
    import numpy
    import torch

    if gpu and not torch.cuda.is_available():  # AMD's ROCm answers here as well
        raise RuntimeError("a GPU is paid for, and PyTorch does not see it: look at the image and at the driver of the node")
    device = torch.device("cuda" if gpu else "cpu")
    torch.manual_seed(0)
    arrays = numpy.load(data.path)
    x = torch.tensor(arrays["train_x"], dtype=torch.float32, device=device)
    y = torch.tensor(arrays["train_y"], device=device)
    network = torch.nn.Sequential(torch.nn.Linear(x.shape[1], 128), torch.nn.ReLU(), torch.nn.Linear(128, 10)).to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    for _ in range(epochs):
        for batch in torch.randperm(len(x), device=device).split(32):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(network(x[batch]), y[batch]).backward()
            optimizer.step()
    # arrays and no pickle: whoever loads a model runs no code of it
    first, _, second = network.cpu()
    weights = {"w1": first.weight.T, "b1": first.bias, "w2": second.weight.T, "b2": second.bias}
    with open(model.path, "wb") as file:
        numpy.savez(file, **{name: tensor.detach().numpy() for name, tensor in weights.items()})
    model.metadata["framework"] = "numpy"


@step
def evaluate(data: Input[Dataset], model: Input[Model], metrics: Output[Metrics]) -> float:
    import numpy

    arrays, weights = numpy.load(data.path), numpy.load(model.path)
    hidden = numpy.maximum(arrays["test_x"] @ weights["w1"] + weights["b1"], 0)
    guesses = (hidden @ weights["w2"] + weights["b2"]).argmax(axis=1)
    accuracy = float((guesses == arrays["test_y"]).mean())
    metrics.log_metric("accuracy", accuracy)
    return accuracy


@step
def register(name: str, tracking: str, accuracy: float, model: Input[Model]) -> str:
    """A new version in MLflow; the alias "champion", which servers load, goes to it where it is no worse than the one that has it."""
    import mlflow

    mlflow.set_tracking_uri(tracking)
    mlflow.set_experiment(name)
    client = mlflow.MlflowClient()
    if not client.search_registered_models(filter_string=f"name='{name}'"):
        client.create_registered_model(name)
    with mlflow.start_run() as run:
        mlflow.log_metric("accuracy", accuracy)
        mlflow.log_artifact(model.path, "model")
    source = f"{run.info.artifact_uri}/model"
    version = client.create_model_version(name, source, run_id=run.info.run_id, tags={"accuracy": repr(accuracy)}).version
    champion = client.get_registered_model(name).aliases.get("champion")
    if champion is None or accuracy >= float(client.get_model_version(name, champion).tags.get("accuracy", "0")):
        client.set_registered_model_alias(name, "champion", version)
    return str(version)


def sized(task, size):
    """What the step gets of a node, how long it may take, and how often it is tried."""
    task.set_cpu_request(size["cpu"]).set_memory_request(size["memory"]).set_memory_limit(size["memory"])
    task.set_retry(num_retries=2, backoff_duration="60s", backoff_factor=2)
    kubernetes.set_timeout(task, SETTINGS["max_runtime"])
    if not SETTINGS["packages"]:
        kubernetes.set_security_context(task, run_as_user=10001, run_as_group=10001, run_as_non_root=True)
    if SETTINGS["accelerator"] and size is SETTINGS["train"]:
        task.set_accelerator_type(SETTINGS["accelerator"]).set_accelerator_limit(1)
        kubernetes.add_toleration(task, key=SETTINGS["accelerator"], operator="Exists", effect="NoSchedule")
    return task


@dsl.pipeline(name=SETTINGS["name"], description="prepare, train, evaluate, register where it is good enough")
def training(seed: int = 0, epochs: int = SETTINGS["epochs"], least: float = float(SETTINGS["least"]), tracking: str = SETTINGS["tracking"]):
    # What ran before with the same inputs is taken from the cache, the training included.
    data = sized(prepare(seed=seed), SETTINGS["small"])
    model = sized(train(epochs=epochs, gpu=bool(SETTINGS["accelerator"]), data=data.outputs["data"]), SETTINGS["train"])
    score = sized(evaluate(data=data.outputs["data"], model=model.outputs["model"]), SETTINGS["small"])
    with dsl.If(score.outputs["Output"] >= least, name="good-enough"):
        registered = register(name=SETTINGS["name"], tracking=tracking, accuracy=score.outputs["Output"], model=model.outputs["model"])
        sized(registered, SETTINGS["small"]).set_caching_options(False)  # it is what it does, not what it gives


if __name__ == "__main__":
    compiler.Compiler().compile(training, str(HERE / "pipeline.yaml"))
