#!/usr/bin/env python3
"""pipeline.py PALIER TESTS: runs the generated DAG, twice and with a worse model, where stand-ins of Airflow and MLflow run each task at
once and keep what is logged; the steps themselves train for real. Exits with 77 where there is no scikit-learn."""
import importlib
import os
import pathlib
import subprocess
import sys
import tempfile
import types

sys.dont_write_bytecode = True
from checks import check  # noqa: E402

palier, tests = sys.argv[1:]
try:
    import joblib
    import sklearn  # noqa: F401
except ImportError:
    print("skipped: no scikit-learn here (apt install python3-sklearn)")
    sys.exit(77)


order, logged, settings, run_id = [], {}, {}, "scheduled__2026-01-04T00:00:00+00:00"


def task(function):
    def run(*arguments):
        order.append(function.__name__)
        wants_run = "run_id" in function.__code__.co_varnames[: function.__code__.co_argcount]
        return function(*arguments, **({"run_id": run_id} if wants_run else {}))

    return run


def dag(**options):
    check("one run at a time, none for the past, and every step has an end", options["max_active_runs"] == 1 and options["catchup"] is False
          and options["default_args"]["execution_timeout"].total_seconds() == 7200)
    return lambda function: function


class Run:
    def __enter__(self): return self
    def __exit__(self, *_): return False


sdk = types.SimpleNamespace(dag=dag, task=task, Variable=types.SimpleNamespace(get=lambda name, default: settings.get(name, default)))
sys.modules |= {"airflow": types.ModuleType("airflow"), "airflow.sdk": sdk}
sys.modules["mlflow"] = types.SimpleNamespace(start_run=Run, log_params=logged.update, log_metrics=logged.update, log_artifact=lambda path: logged.update(artifact=path),
                                              set_tag=lambda name, value: logged.update({name: value}))

with tempfile.TemporaryDirectory() as name:
    work = pathlib.Path(name)
    subprocess.run([palier, "generate", "airflow", "--machine", f"{tests}/templates/data/laptop.json", "--set", "max_runtime=2h", "-o", work / "ws"], check=True, stdout=subprocess.DEVNULL)
    settings["training_folder"] = str(work / "state")
    os.environ["MLFLOW_TRACKING_URI"] = "http://127.0.0.1:1"
    sys.path.insert(0, str(work / "ws/airflow/dags"))
    import training

    champion = work / "state/champion/model.joblib"
    check(f"the steps run in their order {order}", order == ["prepare", "train", "evaluate", "promote"])
    check("a first model is taken, and has learnt", champion.exists() and logged["candidate"] > 0.9 and logged["promoted"] is True and "champion" not in logged)
    first = champion.read_bytes()
    importlib.reload(training)
    check("run again: as good as the champion, and taken", logged["champion"] == logged["candidate"] and logged["promoted"] is True)
    import steps
    data = str(next((work / "state/runs").glob("*/data")))
    worse = steps.train(data, work / "worse", strength=1e-6)
    scores = steps.evaluate(data, worse, champion.parent)
    check(f"a worse model stays out {scores}", not steps.promote(worse, str(champion.parent), scores, 0.1) and champion.read_bytes() == first and logged["promoted"] is False)
    check("one that is not good enough stays out", not steps.promote(worse, str(work / "state/none"), {"candidate": 0.8, "champion": None}, 0.9) and not (work / "state/none").exists())
    check("the champion can be loaded", joblib.load(champion).n_features_in_ == 64)
