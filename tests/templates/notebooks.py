#!/usr/bin/env python3
"""notebooks.py PALIER TESTS: reads the generated notebooks with nbformat, where any warning is an error, and runs them with
Jupyter: from the start, cut off and resumed. Exits with 77 where Jupyter or scikit-learn are not there."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings

sys.dont_write_bytecode = True
from checks import check  # noqa: E402

palier, tests = sys.argv[1:]
try:
    import ipykernel  # noqa: F401
    import nbclient
    import nbformat
except ImportError as error:
    print(f"skipped: {error} (apt install python3-nbformat python3-nbclient python3-ipykernel)")
    sys.exit(77)


def outputs(notebook, folder):
    """What its cells print; a cell that fails raises."""
    nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    return "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", []))


# https://github.com/Kaggle/kaggle-api/wiki/Kernel-Metadata, read 2026-11
KAGGLE = {
    "id": lambda value: re.fullmatch(r"[A-Za-z0-9-]+/[a-z0-9-]{5,50}", value),
    "title": lambda value: 5 <= len(value) <= 50,
    "code_file": lambda value: value.endswith(".ipynb"),
    "language": lambda value: value in ("python", "r", "rmarkdown"),
    "kernel_type": lambda value: value in ("script", "notebook"),
    "is_private": lambda value: isinstance(value, bool),
    "enable_gpu": lambda value: isinstance(value, bool),
    "enable_internet": lambda value: isinstance(value, bool),
    "dataset_sources": lambda value: value == [],
    "competition_sources": lambda value: value == [],
    "kernel_sources": lambda value: value == [],
    "model_sources": lambda value: value == [],
}

with tempfile.TemporaryDirectory() as name:
    work = pathlib.Path(name)
    subprocess.run([palier, "generate", "hosted-notebooks", "starter-notebook", "--machine", f"{tests}/templates/data/laptop.json",
                    "--set", "kaggle_user=someone", "--set", "title=Digits & more: 2nd try", "-o", work / "ws"],
                   check=True, stdout=subprocess.DEVNULL)
    folder = work / "ws/notebooks"

    metadata = json.loads((folder / "kernel-metadata.json").read_text())
    wrong = [key for key, value in metadata.items() if key not in KAGGLE or not KAGGLE[key](value)]
    check(f"Kaggle's metadata has its keys and values {wrong}", not wrong and (folder / metadata["code_file"]).exists())
    check("Kaggle's slug follows from the title", metadata["id"] == "someone/digits-more-2nd-try")

    warnings.simplefilter("error")
    notebooks = {path.stem: nbformat.read(path, as_version=4) for path in sorted(folder.glob("*.ipynb"))}
    for notebook in notebooks.values():
        nbformat.validate(notebook)
    check(f"nbformat has nothing to say of {', '.join(notebooks)}", len(notebooks) == 2)
    warnings.simplefilter("default")

    try:
        import sklearn  # noqa: F401
    except ImportError:
        print("skipped: no scikit-learn here (apt install python3-sklearn), which the notebooks' data come with")
        sys.exit(77)
    for variable in ("KAGGLE_KERNEL_RUN_TYPE", "JUPYTER_PATH"):
        os.environ.pop(variable, None)
    os.environ["IPYTHONDIR"] = str(work / "ipython")

    printed = outputs(notebooks["start"], folder)
    check("start.ipynb runs and learns", re.search(r"logistic regression: 9\d\.\d% of the test images right", printed))

    cut_off = nbformat.from_dict(notebooks["train"])
    for cell in cut_off.cells:
        cell.source = cell.source.replace("epochs = 20", "epochs = 7")
    check("train.ipynb runs", "epoch 7: " in outputs(cut_off, folder))
    (folder / "checkpoints/checkpoint.new").write_bytes(b"half of a")
    printed = outputs(notebooks["train"], folder)
    check("run again it goes on after the last epoch", "resuming after epoch 7" in printed)
    check("and learns", re.search(r"epoch 20: 9\d\.\d% of the test images right", printed))
