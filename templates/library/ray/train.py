"""A training over all workers of the cluster: each takes its share of the data, gradients are averaged, the first one writes down what it
learnt. Put your own data and network in place of the digits."""
import os
import tempfile

import torch
from ray import train
from ray.train import Checkpoint, RunConfig, ScalingConfig
from ray.train.torch import TorchTrainer, get_device, prepare_data_loader, prepare_model
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def learn(config):
    images, labels = load_digits(return_X_y=True)
    train_x, test_x, train_y, test_y = train_test_split(images / 16, labels, test_size=0.25, random_state=0, stratify=labels)
    data = torch.utils.data.TensorDataset(torch.tensor(train_x, dtype=torch.float32), torch.tensor(train_y))
    loader = prepare_data_loader(torch.utils.data.DataLoader(data, batch_size=32, shuffle=True))
    network = torch.nn.Sequential(torch.nn.Linear(64, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10))
    start, kept = 0, train.get_checkpoint()
    if kept:  # a worker was lost: go on from the last epoch
        with kept.as_directory() as folder:
            state = torch.load(os.path.join(folder, "state.pt"), weights_only=True)
        network.load_state_dict(state["network"])
        start = state["epoch"] + 1
    network = prepare_model(network)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    x, y = torch.tensor(test_x, dtype=torch.float32, device=get_device()), torch.tensor(test_y, device=get_device())
    for epoch in range(start, config["epochs"]):
        if train.get_context().get_world_size() > 1:
            loader.sampler.set_epoch(epoch)
        for batch, wanted in loader:
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(network(batch), wanted).backward()
            optimizer.step()
        with torch.no_grad():
            accuracy = (network(x).argmax(1) == y).float().mean().item()
        report({"epoch": epoch, "accuracy": accuracy}, network)


def report(metrics, network):
    """Every worker reports; the first one's checkpoint is kept, where there is a storage that all workers reach."""
    if not os.environ.get("STORAGE") or train.get_context().get_world_rank() != 0:
        train.report(metrics)
        return
    with tempfile.TemporaryDirectory() as folder:
        plain = getattr(network, "module", network)
        torch.save({"network": plain.state_dict(), "epoch": metrics["epoch"]}, os.path.join(folder, "state.pt"))
        train.report(metrics, checkpoint=Checkpoint.from_directory(folder))


if __name__ == "__main__":
    storage = os.environ.get("STORAGE") or None
    gpu = os.environ["USE_GPU"] == "yes"
    share = {"CPU": int(os.environ["CPUS"])} | ({"GPU": 1} if gpu else {})
    scaling = ScalingConfig(num_workers=int(os.environ["WORKERS"]), use_gpu=gpu, resources_per_worker=share)
    failures = train.FailureConfig(max_failures=3 if storage else 0)
    result = TorchTrainer(learn, train_loop_config={"epochs": 10}, scaling_config=scaling,
                          run_config=RunConfig(name=os.environ["NAME"], storage_path=storage, failure_config=failures)).fit()
    print("accuracy", result.metrics["accuracy"])
