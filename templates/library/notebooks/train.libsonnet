// Trains in epochs, saves each, and resumes. The platform is found by what only it has.
local markdown(source) = { type: 'markdown', source: source };
local code(source) = { type: 'code', source: source };

{ format: 'notebook', content: { cells: [
  markdown(|||
    # A training that survives being cut off

    Run it from top to bottom. When the session ends before the training does, open it again and run it again: it goes on
    after the last epoch that was saved.
  |||),
  markdown(|||
    ## Where files are kept

    On Colab this asks for access to your Drive. Everywhere else nothing leaves the machine.
  |||),
  code(|||
    import importlib.util
    import os
    import pathlib


    def find_platform():
        if os.environ.get("KAGGLE_KERNEL_RUN_TYPE"):  # first: Kaggle's image is made from Colab's
            return "kaggle"
        if importlib.util.find_spec("google") and importlib.util.find_spec("google.colab"):
            return "colab"
        return "other"


    platform = find_platform()
    if platform == "colab":
        from google.colab import drive

        drive.mount("/content/drive")
        kept = pathlib.Path("/content/drive/MyDrive/palier")
    elif platform == "kaggle":
        kept = pathlib.Path("/kaggle/working")
    else:
        kept = pathlib.Path.cwd() / "checkpoints"
    kept.mkdir(parents=True, exist_ok=True)
    print("platform:", platform, "- checkpoints go to", kept)
  |||),
  markdown('## The GPU, where there is one'),
  code(|||
    try:
        import torch
    except ImportError:
        torch = None

    if torch is None:
        device = "cpu"
        print("PyTorch is not installed: training with NumPy on the CPU")
    else:
        device = "cuda" if torch.cuda.is_available() else "cpu"
        if device == "cuda":
            free, total = torch.cuda.mem_get_info()
            print(torch.cuda.get_device_name(), f"{free / 2**30:.1f} of {total / 2**30:.1f} GiB free")
        else:
            print("no GPU: on Colab choose one under Runtime > Change runtime type; Kaggle wants a verified phone number")
  |||),
  markdown('## Data: put your own in here'),
  code(|||
    import numpy as np
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    images, labels = load_digits(return_X_y=True)
    train_x, test_x, train_y, test_y = train_test_split(
        (images / 16).astype("float32"), labels, test_size=0.25, random_state=0, stratify=labels
    )
  |||),
  markdown(|||
    ## Checkpoints

    Written beside the old one and then moved over it, so that a session that ends while it writes leaves the old one whole.
  |||),
  code(|||
    def newest_checkpoint():
        """The last epoch that any earlier run has left, or None; Kaggle shows earlier runs under /kaggle/input."""
        places = [kept]
        if platform == "kaggle":
            places += sorted(pathlib.Path("/kaggle/input").glob("**/"))
        states = []
        for path in [place / "checkpoint.npz" for place in places]:
            if path.exists():
                with np.load(path) as saved:  # arrays alone: nothing in the file is run
                    states.append({"epoch": int(saved["epoch"]), "weights": saved["weights"]})
        return max(states, key=lambda state: state["epoch"], default=None)


    def save(state):
        fresh = kept / "checkpoint.new"
        with open(fresh, "wb") as file:
            np.savez(file, **state)
        os.replace(fresh, kept / "checkpoint.npz")
  |||),
  markdown('## The model: softmax regression, in PyTorch where it is there'),
  code(|||
    one_hot = np.eye(10, dtype="float32")[train_y]


    def train_epoch(weights):
        """One pass over the data; `weights` is a NumPy array before and after."""
        if torch is None:
            for rows in np.array_split(np.arange(len(train_x)), 20):
                scores = train_x[rows] @ weights
                scores = np.exp(scores - scores.max(axis=1, keepdims=True))
                gradient = train_x[rows].T @ (scores / scores.sum(axis=1, keepdims=True) - one_hot[rows])
                weights = weights - 0.5 * gradient / len(rows)
            return weights
        parameter = torch.tensor(weights, device=device, requires_grad=True)
        optimizer = torch.optim.SGD([parameter], lr=0.5)
        for rows in np.array_split(np.arange(len(train_x)), 20):
            x = torch.tensor(train_x[rows], device=device)
            y = torch.tensor(train_y[rows], device=device)
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(x @ parameter, y).backward()
            optimizer.step()
        return parameter.detach().cpu().numpy()
  |||),
  code(|||
    epochs = 20
    state = newest_checkpoint() or {"epoch": 0, "weights": np.zeros((64, 10), dtype="float32")}
    if state["epoch"]:
        print("resuming after epoch", state["epoch"])
    while state["epoch"] < epochs:
        state = {"epoch": state["epoch"] + 1, "weights": train_epoch(state["weights"])}
        save(state)
    right = ((test_x @ state["weights"]).argmax(axis=1) == test_y).mean()
    print(f"epoch {state['epoch']}: {right:.1%} of the test images right")
  |||),
] } }
