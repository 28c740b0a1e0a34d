"""drift.py REFERENCE CURRENT: has the data that the model sees moved away from what it was trained on?

Both are CSV or Parquet files, or folders of them, of which the newest is taken. Writes report.html and drift.prom into --output, the
second for Prometheus' node exporter. Exits with 0 where the data is as it was, with 3 where it has moved, with 1 on an error.
"""
import argparse
import os
import pathlib
import sys
import tempfile

import pandas
from evidently import Report
from evidently.presets import DataDriftPreset

FEWEST = 100  # rows; below that every test says "no difference"


def newest(path):
    path = pathlib.Path(path)
    if path.is_file():
        return path
    files = [file for kind in ("*.csv", "*.parquet") for file in path.glob(kind)]
    if not files:
        sys.exit(f"drift.py: no CSV and no Parquet file in {path}")
    return max(files, key=lambda file: (file.stat().st_mtime, file.name))


def read(path, most):
    file = newest(path)
    data = pandas.read_parquet(file) if file.suffix == ".parquet" else pandas.read_csv(file)
    if len(data) < FEWEST:
        sys.exit(f"drift.py: {file} has {len(data)} rows; at least {FEWEST} are needed")
    return data.sample(most, random_state=0) if len(data) > most else data


def write(folder, name, text):
    """In one step: the node exporter never reads half of it."""
    handle, temporary = tempfile.mkstemp(dir=folder)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    os.chmod(temporary, 0o644)
    os.replace(temporary, os.path.join(folder, name))


def drifted(snapshot):
    """(columns that drifted, their share) from Evidently's own count."""
    for metric in snapshot.dict()["metrics"]:
        if "DriftedColumnsCount" in str(metric.get("metric_name", metric.get("metric_id", ""))):
            return int(metric["value"]["count"]), float(metric["value"]["share"])
    sys.exit("drift.py: this version of Evidently reports no count of drifted columns; requirements.txt has one that does")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference")
    parser.add_argument("current")
    parser.add_argument("--output", default=".")
    parser.add_argument("--share", type=float, default=0.5, help="share of columns from which on the data counts as moved")
    parser.add_argument("--rows", type=int, default=50000, help="rows that are compared at most, chosen at random")
    parser.add_argument("--name", default="data", help="label of the metrics")
    arguments = parser.parse_args()
    reference, current = read(arguments.reference, arguments.rows), read(arguments.current, arguments.rows)
    columns = [column for column in reference.columns if column in set(current.columns)]
    missing = [str(column) for column in reference.columns if column not in set(current.columns)]
    if missing:
        print("columns that are missing now:", ", ".join(missing))
    if not columns:
        sys.exit("drift.py: the two files have no column in common")
    snapshot = Report([DataDriftPreset()]).run(reference_data=reference[columns], current_data=current[columns])
    count, share = drifted(snapshot)
    count, share = count + len(missing), (share * len(columns) + len(missing)) / len(reference.columns)
    moved = share >= arguments.share
    label = '{data="' + arguments.name.replace("\\", r"\\").replace('"', r"\"").replace("\n", " ") + '"}'
    pathlib.Path(arguments.output).mkdir(parents=True, exist_ok=True)
    snapshot.save_html(os.path.join(arguments.output, "report.html"))
    write(arguments.output, "drift.prom", "".join(
        f"# HELP {name} {what}\n# TYPE {name} gauge\n{name}{label} {value}\n" for name, what, value in [
            ("palier_drift_columns", "Columns whose distribution has moved", count),
            ("palier_drift_share", "Share of the columns whose distribution has moved", share),
            ("palier_drift_rows", "Rows of the newer data that were compared", len(current)),
        ]))
    print(f"{count} of {len(reference.columns)} columns have moved ({share:.0%}); report: {arguments.output}/report.html")
    return 3 if moved else 0


if __name__ == "__main__":
    sys.exit(main())
