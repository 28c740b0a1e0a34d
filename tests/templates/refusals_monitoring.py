#!/usr/bin/env python3
"""refusals_monitoring.py PALIER TESTS: has promtool, amtool and Loki read the defects of `palier check` that they are said to refuse, and what has none.
Exits with 77 where none of them is here."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from checks import check  # noqa: E402
from defects import read_defects, write_with  # noqa: E402

CHECK = pathlib.Path(sys.argv[2], "templates/check")
PROGRAMS = {
    "prometheus.yml": ["promtool", "check", "config"],
    "rules.yaml": ["promtool", "check", "rules"],
    "rules_test.yaml": ["promtool", "test", "rules"],
    "alertmanager.yml": ["amtool", "check-config"],
    "loki.yaml": ["loki", "-verify-config", "-config.file"],
}
# What Prometheus accepts and then never scrapes, and what Loki accepts until it starts, they do not refuse here.
RULES = {"duplicate-name", "file-disagreement", "file-key", "file-reference", "file-value", "rule-test", "scrape-timing", "wrong-query"}
ACCEPTED = ["127.0.0.1:80020", "grpc_listen_port: 3100", "object_store: s3"]


def takes(file):
    command = PROGRAMS[file.name]
    return subprocess.run([*command, file.name], cwd=file.parent, capture_output=True).returncode == 0


here = {name for name, command in PROGRAMS.items() if shutil.which(command[0])}
if not here:
    print("skipped: no promtool, no amtool and no loki here (apt install prometheus prometheus-alertmanager)")
    sys.exit(77)
for name in sorted(here):
    good = CHECK / "good/observability" / name
    if good.exists():
        check(f"{PROGRAMS[name][0]} takes {name}", takes(good))
for defect in read_defects(sys.argv[2]):
    place = pathlib.Path(defect.get("place", defect["file"]))
    if place.parts[0] != "observability" or place.name not in here or defect["rule"] not in RULES or defect["after"] in ACCEPTED:
        continue
    with tempfile.TemporaryDirectory() as work:
        write_with(defect, sys.argv[2], work)
        check(f"{PROGRAMS[place.name][0]} refuses {defect['rule']}: {defect['after'][:60]!r}", not takes(pathlib.Path(work, place)))
