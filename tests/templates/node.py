"""The programs that npm alone has, where `cmake/install-dependencies field` put them."""
import pathlib
import shutil
import subprocess
import sys

MODULES = pathlib.Path(__file__).resolve().parents[2] / "build/field/npm/node_modules"


def needs(*packages):
    for package in packages:
        if not (MODULES / package).is_dir():
            print(f"skipped: no {package} here (cmake/install-dependencies field)")
            sys.exit(77)
    if not shutil.which("node"):
        print("skipped: no node here (apt install nodejs)")
        sys.exit(77)


def node(*arguments):
    return subprocess.run(["node", *arguments], capture_output=True, text=True, cwd=MODULES.parent)
