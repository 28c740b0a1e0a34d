"""Does the environment do what it is for? Run with pytest, in the folder above. Put your own tests beside this file."""
import os

import pytest


def test_a_model_learns():
    linear_model = pytest.importorskip("sklearn.linear_model")
    datasets = pytest.importorskip("sklearn.datasets")
    images, labels = datasets.load_digits(return_X_y=True)
    model = linear_model.LogisticRegression(max_iter=1000).fit(images[:1000] / 16, labels[:1000])
    assert model.score(images[1000:] / 16, labels[1000:]) > 0.85


def test_pytorch_computes_on_the_gpu_where_there_is_one():
    torch = pytest.importorskip("torch")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cpu" and os.path.exists("/dev/nvidia0"):
        pytest.fail("there is an NVIDIA GPU, and PyTorch does not see it: see README.md")
    x = torch.arange(6.0, device=device).reshape(2, 3)
    assert (x @ x.T).tolist() == [[5.0, 14.0], [14.0, 50.0]]


def test_mlflow_keeps_a_run(tmp_path):
    mlflow = pytest.importorskip("mlflow")
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/mlflow.db")
    with mlflow.start_run() as run:
        mlflow.log_metric("accuracy", 0.5)
    assert mlflow.get_run(run.info.run_id).data.metrics == {"accuracy": 0.5}
