"""The four steps of a training that runs by itself. Each takes and gives a folder, so that it can run again, alone, and elsewhere; put
your own data and model in place of the digits."""
import json
import os
import pathlib
import shutil

import joblib
import numpy
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def fresh(folder):
    """An empty folder: a step that is run again starts over."""
    shutil.rmtree(folder, ignore_errors=True)
    pathlib.Path(folder).mkdir(parents=True)
    return pathlib.Path(folder)


def prepare(folder):
    x, y = load_digits(return_X_y=True)
    if len(x) < 100 or not numpy.isfinite(x).all():
        raise ValueError("the data is not fit to learn from")
    train_x, test_x, train_y, test_y = train_test_split(x, y, test_size=0.25, random_state=0, stratify=y)
    numpy.savez(fresh(folder) / "data.npz", train_x=train_x, test_x=test_x, train_y=train_y, test_y=test_y)
    return str(folder)


def train(data, folder, strength=1.0):
    arrays = numpy.load(pathlib.Path(data) / "data.npz")
    model = make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=1000))
    model.fit(arrays["train_x"], arrays["train_y"])
    folder = fresh(folder)
    joblib.dump(model, folder / "model.joblib")
    (folder / "parameters.json").write_text(json.dumps({"strength": strength}))
    return str(folder)


def evaluate(data, candidate, champion):
    """What both score on the same images that neither has seen; a first model has nobody to beat."""
    arrays = numpy.load(pathlib.Path(data) / "data.npz")

    def score(folder):
        file = pathlib.Path(folder) / "model.joblib"
        return float(joblib.load(file).score(arrays["test_x"], arrays["test_y"])) if file.exists() else None

    return {"candidate": score(candidate), "champion": score(champion)}


def promote(candidate, champion, scores, least):
    """Takes the candidate where it is good enough and no worse than the champion, in one move; MLflow is told either way."""
    better = scores["candidate"] >= least and (scores["champion"] is None or scores["candidate"] >= scores["champion"])
    if os.environ.get("MLFLOW_TRACKING_URI"):
        import mlflow

        with mlflow.start_run():
            mlflow.log_params(json.loads((pathlib.Path(candidate) / "parameters.json").read_text()))
            mlflow.log_metrics({name: value for name, value in scores.items() if value is not None})
            mlflow.log_artifact(str(pathlib.Path(candidate) / "model.joblib"))
            mlflow.set_tag("promoted", better)
    if better:
        temporary = fresh(f"{champion}.new")
        shutil.copytree(candidate, temporary, dirs_exist_ok=True)
        shutil.rmtree(champion, ignore_errors=True)
        temporary.rename(champion)
    return better
