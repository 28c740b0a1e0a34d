#!/usr/bin/env python3
"""refusals_docker.py PALIER TESTS: what `palier check` says Docker Compose and BuildKit refuse, docker compose config and
dockerfile-utils refuse; what it only warns of, they take. Exits with 77 where neither program is here."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from checks import check  # noqa: E402
from defects import read_defects, write_with  # noqa: E402
from node import MODULES, node  # noqa: E402

_, tests = sys.argv[1:]
DATA = pathlib.Path(tests, "templates/check").resolve()
REFUSED = {"compose-gpu", "compose-healthcheck", "compose-key", "compose-refused", "compose-undefined", "dockerfile-syntax"}
TAKEN = {"compose-address", "compose-dependency", "compose-gpu-count", "compose-memory", "compose-mount", "compose-path", "dockerfile-odd", "dockerfile-root"}
UNSEEN = "EXPOSE 70000"  # BuildKit of 2026-08-21 says "invalid containerPort", dockerfile-utils takes it


def compose_refuses(file):
    return subprocess.run(["docker", "compose", "-f", file, "config", "-q"], capture_output=True, stdin=subprocess.DEVNULL).returncode != 0


def builder_refuses(file):
    # It warns of what works, too.
    return any(finding["severity"] == "error" for finding in json.loads(node(MODULES / "dockerfile-utils/bin/dockerfile-utils", "lint", "--json", file).stdout))


has_compose = shutil.which("docker") and subprocess.run(["docker", "compose", "version"], capture_output=True).returncode == 0
programs = {name: program for name, program, here in [
    ("compose.yaml", compose_refuses, has_compose),
    ("Dockerfile", builder_refuses, shutil.which("node") and (MODULES / "dockerfile-utils").is_dir())] if here}
if not programs:
    print("skipped: neither docker compose nor dockerfile-utils here (cmake/install-dependencies field)")
    sys.exit(77)

for defect in read_defects(tests):
    refuses = programs.get(pathlib.Path(defect["file"]).name)
    if not refuses or defect["rule"] not in REFUSED | TAKEN or defect["where"] == UNSEEN:
        continue
    with tempfile.TemporaryDirectory() as work:
        write_with(defect, tests, work)
        wanted = defect["rule"] in REFUSED
        check(f"{defect['rule']}: {defect['where'].strip()!r} is {'refused' if wanted else 'taken'}", refuses(pathlib.Path(work, defect["file"])) == wanted)
for name, refuses in programs.items():
    for file in sorted((DATA / "good").rglob(name)):
        check(f"{file.relative_to(DATA)} is taken", not refuses(file))
