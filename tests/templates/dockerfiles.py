#!/usr/bin/env python3
"""dockerfiles.py PALIER TESTS: has dockerfile-utils read every generated Dockerfile, and sees that it would find what is wrong.
Exits with 77 where it is not."""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from checks import check  # noqa: E402
from node import MODULES, needs, node  # noqa: E402

palier, tests = sys.argv[1:]
needs("dockerfile-utils")

MACHINES = [["--sysroot", f"{tests}/machines/{name}"] for name in ("empty", "ryzen-igpu-beside-7900xtx", "jetson-orin-nano")]
MACHINES.append(["--machine", f"{tests}/templates/data/gpu24.json"])


def findings(file):
    return [finding["message"] for finding in json.loads(node(MODULES / "dockerfile-utils/bin/dockerfile-utils", "lint", "--json", file).stdout)]


targets = [row["name"] for row in json.loads(subprocess.run([palier, "generate", "--list", "--json"], check=True, capture_output=True).stdout)["targets"]]
targets.remove("overview")  # which needs an advice, and has no image
with tempfile.TemporaryDirectory() as work:
    files = []
    for number, machine in enumerate(MACHINES):
        folder = pathlib.Path(work, str(number))
        subprocess.run([palier, "generate", *targets, *machine, "-o", folder], check=True, capture_output=True)
        files += [file for file in folder.rglob("Dockerfile*") if ".palier" not in file.parts]
    check(f"every machine has Dockerfiles: {len(files)}", len(files) >= 4 * len(MACHINES))
    for file in files:
        found = findings(file)
        check(f"dockerfile-utils takes {file.relative_to(work)} {found}", not found)

    good, bad = next(file for file in files if file.parent.name == "python").read_text(), pathlib.Path(work, "Dockerfile")
    for right, wrong in [("USER", "USR"), ("\nFROM ", "\nFROM --platfrom=linux/amd64 "), ("COPY --", "COPY --x"), ("EXPOSE 8888", "EXPOSE 8888x"), ("period=60s", "period=60"), ("HEALTHCHECK ", "HEALTHCHEK ")]:
        bad.write_text(good.replace(right, wrong))
        check(f"{wrong.strip()} for {right.strip()} would be seen", right in good and findings(bad))
