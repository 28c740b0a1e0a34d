"""A small history to try the store with: 100 customers, 60 days. It replaces the table or file that it writes: not for production."""
import datetime
import pathlib
import sys

import numpy
import pandas

sys.path.insert(0, str(pathlib.Path(__file__).with_name("repo")))
from activity_source import write  # noqa: E402


def history(now, customers=100, days=60):
    chance = numpy.random.default_rng(0)
    rows = customers * days
    moments = [now - datetime.timedelta(days=day) for day in range(days)]
    return pandas.DataFrame({
        "customer": numpy.repeat(numpy.arange(1, customers + 1), days),
        "happened_at": pandas.to_datetime(moments * customers, utc=True),
        "written_at": pandas.Timestamp(now),
        "orders": chance.poisson(2, rows),
        "average_amount": chance.gamma(2, 20, rows).astype("float32"),
        "days_since_order": chance.integers(0, 30, rows),
    })


if __name__ == "__main__":
    write(history(datetime.datetime.now(datetime.timezone.utc)))
