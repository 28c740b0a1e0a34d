#!/usr/bin/env python3
"""pyproject.py PALIER TESTS: has Poetry read the project that is generated for it, and sees that it finds a wrong key. Exits with 77 where
there is no Poetry that knows [project] (2.0; Debian 13 has it)."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from checks import check  # noqa: E402

palier, tests = sys.argv[1:]
version = subprocess.run(["poetry", "--version"], capture_output=True, text=True).stdout if shutil.which("poetry") else ""
if int((re.findall(r"version (\d+)", version) or ["0"])[0]) < 2:
    print("skipped: no Poetry 2 here (Debian 13: apt install python3-poetry)")
    sys.exit(77)


def findings(folder):
    answer = subprocess.run(["poetry", "check"], cwd=folder, capture_output=True, text=True)
    return (answer.stdout + answer.stderr).strip() if answer.returncode else ""


with tempfile.TemporaryDirectory() as work:
    for name in ("empty", "wsl2", "ryzen-igpu-beside-7900xtx", "jetson-orin-nano"):
        folder = pathlib.Path(work, name, "python")
        subprocess.run([palier, "generate", "local-python", "--sysroot", f"{tests}/machines/{name}", "-o", folder.parent], check=True, capture_output=True)
        found = findings(folder)
        check(f"Poetry takes the project for {name} {found}", not found)
    file = folder / "pyproject.toml"
    good = file.read_text()
    for right, wrong in [("package-mode", "packag-mode"), ('"explicit"', '"expliict"'), (">=3", "=>3")]:
        file.write_text(good.replace(right, wrong))
        check(f"{wrong} for {right} would be seen", right in good and findings(folder))
