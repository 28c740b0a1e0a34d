#!/usr/bin/env python3
"""managed.py PALIER TESTS: holds the requests for SageMaker to botocore's models of its API, which know every field, and sees
that they know a wrong one. Exits with 77 where there is no botocore."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from checks import check  # noqa: E402

palier, tests = sys.argv[1:]
try:
    import botocore.session
    from botocore.validate import ParamValidator
except ImportError:
    print("skipped: no botocore here (apt install python3-botocore)")
    sys.exit(77)

OPERATIONS = {
    "training-job.json": "CreateTrainingJob",
    "model.json": "CreateModel",
    "endpoint-config.json": "CreateEndpointConfig",
    "endpoint.json": "CreateEndpoint",
}
service = botocore.session.get_session().get_service_model("sagemaker")


def deviations(value, shape, path):
    """Enumerated values and patterns, which ParamValidator leaves to the service."""
    if shape.type_name == "structure":
        for name, member in value.items():
            yield from deviations(member, shape.members[name], f"{path}.{name}")
    elif shape.type_name == "list":
        for member in value:
            yield from deviations(member, shape.member, path)
    elif shape.type_name == "string":
        if shape.enum and value not in shape.enum:
            yield f"{path}: {value} is none of {shape.enum[:5]}..."
        pattern = shape.metadata.get("pattern")
        if pattern and not re.fullmatch(pattern.replace(r"\p{L}\p{Z}\p{N}", r"\w\s"), value):
            yield f"{path}: {value} is not like {pattern}"


def faults(operation, request):
    shape = service.operation_model(operation).input_shape
    report = ParamValidator().validate(request, shape)
    return [report.generate_report()] if report.has_errors() else list(deviations(request, shape, operation))


with tempfile.TemporaryDirectory() as work:
    subprocess.run([palier, "generate", "sagemaker", "--machine", f"{tests}/templates/data/laptop.json", "--set", "account=123456789012",
                    "--set", "bucket=some-bucket", "-o", work], check=True, stdout=subprocess.DEVNULL)
    requests = {path.name: json.loads(path.read_text()) for path in pathlib.Path(work, "sagemaker").glob("*.json")}

check(f"every request has its operation: {', '.join(sorted(requests))}", requests.keys() == OPERATIONS.keys())
for name, operation in OPERATIONS.items():
    found = faults(operation, requests[name])
    check(f"{operation} takes {name} {found}", not found)
job = requests["training-job.json"]
check("an unknown field would be seen", faults("CreateTrainingJob", job | {"Spot": True}))
check("a wrong instance type would be seen", faults("CreateTrainingJob", job | {"ResourceConfig": job["ResourceConfig"] | {"InstanceType": "ml.g5"}}))
check("the job may wait at least as long as it may run",
      job["StoppingCondition"]["MaxWaitTimeInSeconds"] >= job["StoppingCondition"]["MaxRuntimeInSeconds"])
names = [requests[name][key] for name, key in [("model.json", "ModelName"), ("endpoint-config.json", "EndpointConfigName")]]
check("the endpoint names its configuration, and that its model",
      [requests["endpoint-config.json"]["ProductionVariants"][0]["ModelName"], requests["endpoint.json"]["EndpointConfigName"]] == names)
