#!/usr/bin/env python3
"""managed.py PALIER TESTS: holds the requests for SageMaker and AWS Budgets to botocore's models of their APIs, which know every
field, and sees that they know a wrong one. Exits with 77 where there is no botocore."""
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
    "budget.json": "CreateBudget",
    "endpoint-config-ab.json": "CreateEndpointConfig",
    "model-package.json": "CreateModelPackage",
    "training-job.json": "CreateTrainingJob",
    "model.json": "CreateModel",
    "endpoint-config.json": "CreateEndpointConfig",
    "endpoint.json": "CreateEndpoint",
}
# Kinds of characters as the patterns name them, as far as Python has them.
PUNCTUATION = r"!-/:-@\[-`{-~"
UNICODE = {"L": r"\w", "M": r"\w", "N": r"\d", "Z": r"\s", "P": PUNCTUATION, "S": PUNCTUATION}
session = botocore.session.get_session()


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
        # Java has flags in the middle, Python none there; the names here are of small letters anyway.
        if pattern and not re.fullmatch(re.sub(r"\\p\{([LMNPSZ])\}", lambda kind: UNICODE[kind[1]], pattern.replace("(?i)", "")), value):
            yield f"{path}: {value} is not like {pattern}"


def faults(operation, request):
    service = session.get_service_model("budgets" if operation == "CreateBudget" else "sagemaker")
    shape = service.operation_model(operation).input_shape
    report = ParamValidator().validate(request, shape)
    return [report.generate_report()] if report.has_errors() else list(deviations(request, shape, operation))


with tempfile.TemporaryDirectory() as work:
    subprocess.run([palier, "generate", "sagemaker", "--machine", f"{tests}/templates/data/laptop.json", "--set", "account=123456789012",
                    "--set", "bucket=some-bucket", "--set", "mail=me@example.com", "--set", "b_share=25", "-o", work], check=True, stdout=subprocess.DEVNULL)
    requests = {path.name: json.loads(path.read_text()) for path in pathlib.Path(work, "sagemaker").glob("*.json")}

check(f"every request has its operation: {', '.join(sorted(requests))}", requests.keys() == OPERATIONS.keys())
for name, operation in OPERATIONS.items():
    found = faults(operation, requests[name])
    check(f"{operation} takes {name} {found}", not found)
job = requests["training-job.json"]
check("an unknown field would be seen", faults("CreateTrainingJob", job | {"Spot": True}))
check("a wrong instance type would be seen", faults("CreateTrainingJob", job | {"ResourceConfig": job["ResourceConfig"] | {"InstanceType": "ml.g5"}}))
budget = requests["budget.json"]
check("a wrong filter of costs would be seen", faults("CreateBudget", budget | {"Budget": budget["Budget"] | {"CostFilters": {"TagKeyValue": "user:project"}}}))
check("the budget counts what carries the tag that all the others carry",
      all(budget["Budget"]["CostFilters"]["TagKeyValue"] == [f"user:{tag['Key']}${tag['Value']}"] for request in requests.values() for tag in request.get("Tags", [])))
variants = requests["endpoint-config-ab.json"]["ProductionVariants"]
check("an A/B test has two models, and shares that make a hundred",
      len({variant["ModelName"] for variant in variants}) == 2 and [variant["InitialVariantWeight"] for variant in variants] == [75, 25])
check("what is serverless has one variant, and no network isolation",
      len(requests["endpoint-config.json"]["ProductionVariants"]) == 1 and "EnableNetworkIsolation" not in requests["model.json"])
check("the job may wait at least as long as it may run",
      job["StoppingCondition"]["MaxWaitTimeInSeconds"] >= job["StoppingCondition"]["MaxRuntimeInSeconds"])
names = [requests[name][key] for name, key in [("model.json", "ModelName"), ("endpoint-config.json", "EndpointConfigName")]]
check("the endpoint names its configuration, and that its model",
      [requests["endpoint-config.json"]["ProductionVariants"][0]["ModelName"], requests["endpoint.json"]["EndpointConfigName"]] == names)
