"""Where the history of the features is: a Parquet file, written by whatever prepares your data."""
import pathlib

from feast import FileSource

activity = FileSource(name="activity", path="data/activity.parquet", timestamp_field="happened_at", created_timestamp_column="written_at")


def write(frame):
    path = pathlib.Path(__file__).with_name("data") / "activity.parquet"
    path.parent.mkdir(exist_ok=True)
    frame.to_parquet(path)
