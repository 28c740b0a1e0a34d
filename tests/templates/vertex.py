#!/usr/bin/env python3
"""vertex.py PALIER TESTS: holds the files for Vertex AI to the messages of its API, as Google's discovery document describes them and npm
has them for TypeScript, and sees that a wrong field or type would be found. Exits with 77 where they or PyYAML are not."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from checks import check  # noqa: E402
from node import MODULES, needs  # noqa: E402

palier, tests = sys.argv[1:]
PACKAGE = "@maxim_mazurok/gapi.client.aiplatform-v1"
needs(PACKAGE)
try:
    import yaml
except ImportError:
    print("skipped: no PyYAML here (apt install python3-yaml)")
    sys.exit(77)

API = "GoogleCloudAiplatformV1"
MESSAGES = {
    name: dict(re.findall(r"^      (\w+)\?: (.+);$", fields, re.M))
    for name, fields in re.findall(r"^    interface (\w+) \{\n(.*?)^    \}", (MODULES / PACKAGE / "index.d.ts").read_text(), re.M | re.S)
}
TYPES = {"string": str, "boolean": bool, "number": (int, float)}
# Of fields that are texts for TypeScript: the values that they have (googleapis, google/cloud/aiplatform/v1/accelerator_type.proto, and
# Google's reference of Scheduling.Strategy and DiskSpec, read 2026-11-22), and 64-bit integers, which may be either in JSON.
VALUES = {"acceleratorType": {"NVIDIA_TESLA_T4", "NVIDIA_L4", "NVIDIA_TESLA_A100"}, "strategy": {"STANDARD", "SPOT", "FLEX_START"}, "bootDiskType": {"pd-ssd", "pd-standard"}}
INTEGERS = {"replicaCount"}


def deviations(value, kind, path):
    """What `value` has that a type of the API has not."""
    field = path.rpartition(".")[2]
    if kind.endswith("[]"):
        if not isinstance(value, list):
            yield f"{path}: {value!r} is no list"
            return
        for member in value:
            yield from deviations(member, kind[:-2], path)
    elif kind.startswith("{[P in string]: "):
        for key, member in value.items():
            yield from deviations(member, kind[16:-1], f"{path}.{key}")
    elif kind in MESSAGES:
        for key, member in value.items():
            if key in MESSAGES[kind]:
                yield from deviations(member, MESSAGES[kind][key], f"{path}.{key}")
            else:
                yield f"{path}: there is no field {key!r}"
    elif field in INTEGERS:
        if type(value) is not int:
            yield f"{path}: {value!r} is no integer"
    elif not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean") or value not in VALUES.get(field, {value}):
        yield f"{path}: {value!r} is not understood"


def found(files):
    job, deploy = files
    return [*deviations(job, API + "CustomJobSpec", "job"), *deviations(deploy, API + "DeployModelRequest", "deploy")]


def generated(folder, gpu):
    subprocess.run([palier, "generate", "vertex", "--machine", f"{tests}/templates/data/laptop.json", "--set", f"gpu={gpu}", "-o", folder],
                   check=True, capture_output=True)
    return yaml.safe_load((folder / "vertex/custom-job.yaml").read_text()), json.loads((folder / "vertex/deploy.json").read_text())


with tempfile.TemporaryDirectory() as work:
    for gpu in ("none", "t4", "l4", "a100"):
        files = generated(pathlib.Path(work, gpu), gpu)
        check(f"Vertex AI's messages have every field, for {gpu} {found(files)}", not found(files))

for right, wrong in [('"machineType"', '"machine_type"'), ('"replicaCount": 1', '"replicaCount": "one"'), ('"SPOT"', '"LOWEST"'), ('"NVIDIA_TESLA_A100"', '"A100"'),
                     ('"minReplicaCount": 1', '"minReplicaCount": "1"'), ('"trafficSplit"', '"traffic"'), ('"target"', '"goal"')]:
    text = json.dumps(files)
    check(f"{wrong} for {right} would be seen", right in text and found(json.loads(text.replace(right, wrong))))
