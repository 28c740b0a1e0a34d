#!/usr/bin/env python3
"""drift.py PALIER TESTS: runs the generated drift.py on tables that moved and tables that did not. Evidently is in no distribution:
a stand-in with the part of its API that is used (Report, DataDriftPreset, run, dict, save_html of 0.7) compares means. Exits with 77
where there is no pandas."""
import os
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from checks import check  # noqa: E402

palier, tests = sys.argv[1:]
try:
    import pandas  # noqa: F401
except ImportError:
    print("skipped: no pandas here (apt install python3-pandas)")
    sys.exit(77)

STAND_IN = """
class Snapshot:
    def __init__(self, reference, current):
        numbers = reference.select_dtypes("number").columns
        moved = [c for c in numbers if abs(reference[c].mean() - current[c].mean()) > reference[c].std()]
        self.value = {"count": float(len(moved)), "share": len(moved) / len(reference.columns)}
    def dict(self):
        return {"metrics": [{"metric_name": "DriftedColumnsCount(drift_share=0.5)", "value": self.value}, {"metric_name": "ValueDrift", "value": 0.1}]}
    def save_html(self, path):
        open(path, "w").write("<html></html>")
class Report:
    def __init__(self, metrics):
        assert [type(metric).__name__ for metric in metrics] == ["DataDriftPreset"]
    def run(self, current_data, reference_data):
        return Snapshot(reference_data, current_data)
"""


with tempfile.TemporaryDirectory() as name:
    work = pathlib.Path(name)
    (work / "modules/evidently").mkdir(parents=True)
    (work / "modules/evidently/__init__.py").write_text(STAND_IN)
    (work / "modules/evidently/presets.py").write_text("class DataDriftPreset: pass\n")
    subprocess.run([palier, "generate", "drift", "--machine", f"{tests}/templates/data/laptop.json", "-o", work / "ws"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    current = work / "current"
    current.mkdir()

    def table(path, shift, columns="ab", rows=200):
        path.write_text("\n".join([",".join(columns)] + [",".join(str((row * 7 + 3) % 11 + (shift if column == "a" else 0)) for column in columns) for row in range(rows)]) + "\n")

    def run(*arguments):
        return subprocess.run([sys.executable, work / "ws/drift/drift.py", work / "reference.csv", current, "--output", work / "out", *arguments],
                              env=os.environ | {"PYTHONPATH": str(work / "modules"), "PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, text=True)

    table(work / "reference.csv", 0)
    table(current / "1.csv", 100)
    table(current / "2.csv", 0)
    os.utime(current / "1.csv", (1, 1))
    done = run()
    check(f"the newest file is taken, and has not moved {done.stderr}", done.returncode == 0 and "0 of 2 columns" in done.stdout)
    os.utime(current / "2.csv", (0, 0))
    done = run("--name", 'a"b\n')
    metrics = (work / "out/drift.prom").read_text()
    check(f"half of the columns have moved: exit code 3 {done.stderr}", done.returncode == 3 and (work / "out/report.html").exists())
    check("metrics for the node exporter, one a line", 'palier_drift_share{data="a\\"b "} 0.5\n' in metrics and len(metrics.splitlines()) == 9)
    check("a higher share is not reached", run("--share", "0.6").returncode == 0)
    table(current / "1.csv", 0, "a")
    check("a column that is missing has moved", run().returncode == 3)
    table(current / "1.csv", 100, rows=10)
    check("ten rows say nothing", run().returncode == 1)
    table(current / "1.csv", 0, "xy")
    check("tables of other columns are an error", run().returncode == 1)
    (current / "1.csv").unlink(), (current / "2.csv").unlink()
    check("no file is an error", run().returncode == 1)
    if pathlib.Path("/usr/bin/promtool").exists():
        done = subprocess.run(["promtool", "check", "metrics"], input=metrics, capture_output=True, text=True)
        check(f"Prometheus reads the metrics {done.stderr}", done.returncode == 0)
