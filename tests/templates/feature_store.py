#!/usr/bin/env python3
"""feature_store.py PALIER TESTS: reads the generated feature store where a stand-in of Feast has the names and parameters of 0.66 and no other (the
real one needs pyarrow, which Debian has not), and holds the definitions, the sample and the configuration to each other. Exits with 77 where
there is no pandas or PyYAML."""
import datetime
import importlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import types

sys.dont_write_bytecode = True
from checks import check  # noqa: E402

palier, tests = sys.argv[1:]
try:
    import pandas
    import yaml
except ImportError as error:
    print(f"skipped: {error} (apt install python3-pandas python3-yaml)")
    sys.exit(77)


# Parameters: feast-dev/feast v0.66.0, sdk/python/feast/{entity,field,feature_view,feature_service}.py and infra/offline_stores.
def Entity(*, name, join_keys=None, value_type=None, description="", tags=None, owner=""): return types.SimpleNamespace(**locals())
def Field(*, name, dtype, description="", tags=None): return types.SimpleNamespace(**locals())
def FeatureService(*, name, features, tags=None, description="", owner=""): return types.SimpleNamespace(**locals())
def FileSource(*, path, name="", timestamp_field="", created_timestamp_column="", description="", tags=None, owner=""): return types.SimpleNamespace(**locals())
def PostgreSQLSource(name=None, query=None, table=None, timestamp_field="", created_timestamp_column=""): return types.SimpleNamespace(**locals())


def FeatureView(*, name, source=None, schema=None, entities=None, ttl=datetime.timedelta(0), online=True, description="", tags=None, owner=""):
    return types.SimpleNamespace(**locals())


feast = types.SimpleNamespace(Entity=Entity, Field=Field, FeatureService=FeatureService, FeatureView=FeatureView, FileSource=FileSource,
                              ValueType=types.SimpleNamespace(INT64=int))
contrib = "feast.infra.offline_stores.contrib.postgres_offline_store.postgres_source"
written = {}
sqlalchemy = types.SimpleNamespace(URL=types.SimpleNamespace(create=lambda driver, **parts: written.update(parts)), create_engine=lambda address: None)
sys.modules |= {"feast": feast, "feast.types": types.SimpleNamespace(Float32="float32", Int64="int64"), contrib: types.SimpleNamespace(PostgreSQLSource=PostgreSQLSource),
                "sqlalchemy": sqlalchemy}
pandas.DataFrame.to_parquet = lambda frame, path: written.update(path=path, frame=frame)
pandas.DataFrame.to_sql = lambda frame, table, engine, if_exists, index: written.update(table=table, frame=frame)
PASSWORDS = {"POSTGRES_PASSWORD": "p1234e5", "REDIS_PASSWORD": "p0", "POSTGRES_HOST": "127.0.0.1", "POSTGRES_SSLMODE": "disable", "REDIS_HOST": "127.0.0.1"}


def read(folder):
    """The modules of the store, anew."""
    for name in ("activity_source", "features", "sample"):
        sys.modules.pop(name, None)
    sys.path[:0] = [str(folder / "repo"), str(folder)]
    modules = [importlib.import_module(name) for name in ("features", "sample")]
    del sys.path[:2]
    return modules


def agree(folder, days):
    features, sample = read(folder)
    view = features.customer_activity
    frame = sample.history(datetime.datetime(2026, 1, 31, tzinfo=datetime.timezone.utc))
    check("the sample has every column that is asked for, one row for each customer and day",
          set(frame.columns) == {features.customer.join_keys[0], view.source.timestamp_field, view.source.created_timestamp_column, *(f.name for f in view.schema)}
          and not frame.duplicated(["customer", "happened_at"]).any() and frame.happened_at.max() == frame.written_at.max())
    check("their types are those of the fields", all(str(frame[f.name].dtype) == f.dtype for f in view.schema))
    check("entity, age and service", view.entities == [features.customer] and view.ttl.days == days and features.churn.features == [view])
    sample.write(frame)
    return view.source


with tempfile.TemporaryDirectory() as name:
    folders = {}
    for store in ("file", "postgres"):
        folders[store] = pathlib.Path(name, store, "feast")
        subprocess.run([palier, "generate", "feast", "--machine", f"{tests}/templates/data/laptop.json", "--set", f"store={store}", "--set", "ttl_days=7",
                        "-o", folders[store].parent], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    source = agree(folders["file"], 7)
    check("the file is where the definition looks for it", written["path"] == folders["file"] / "repo" / source.path)
    os.environ |= PASSWORDS
    source = agree(folders["postgres"], 7)
    check("the table is the one of the definition", written["table"] == source.table and written["username"] == "feast" and written["password"] == "p1234e5")
    check("a change of the store keeps the definitions", (folders["file"] / "repo/features.py").read_bytes() == (folders["postgres"] / "repo/features.py").read_bytes())

    text = (folders["postgres"] / "repo/feature_store.yaml").read_text()
    used = {word.split("}")[0] for word in text.split("${")[1:]}
    check(f"every word that the configuration takes from the environment is one that the README makes {used}",
          used == set(PASSWORDS) and all(word in (folders["postgres"] / "README.md").read_text() for word in used))
    spaces = set(re.findall(r"--namespace (\S+)", (folders["postgres"] / "README.md").read_text()))
    check(f"the README speaks of the namespace of the files {spaces}", spaces == {yaml.safe_load((folders["postgres"] / "kubernetes/namespace.yaml").read_text())["metadata"]["name"]})
    store = yaml.safe_load(os.path.expandvars(text))  # as Feast does it
    check("passwords stay texts", store["offline_store"]["password"] == "p1234e5" and store["online_store"]["connection_string"] == "127.0.0.1:6379,password=p0")
    check("keys live as long as the view says", store["online_store"]["key_ttl_seconds"] == 7 * 86400)

    stand_in = pathlib.Path(name, "feast-command")
    stand_in.write_text('#!/bin/sh\necho "$PWD $*"\n')
    stand_in.chmod(0o755)
    said = subprocess.run([folders["file"] / "materialize.sh"], env=os.environ | {"FEAST": str(stand_in)}, capture_output=True, text=True, check=True).stdout.split()
    check(f"the materialisation runs in the store, up to now {said}", said[0].endswith("/feast/repo") and said[1] == "materialize-incremental"
          and datetime.datetime.fromisoformat(said[2]).year >= 2026)
