"""What the files without a validator may say: for each command line of `palier generate` the files and their shapes (see fields.py).
Each table names where its keys were read; what is not needed here is left out of it, and added with its source when it is."""
import re


def like(pattern):
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


# github.com/devcontainers/spec, schemas/devContainer.base.schema.json (2026-03-20)
DEV_CONTAINER = {
    "name": str,
    "build": {"dockerfile": str, "context": str},
    "remoteUser": str,
    "init": bool,
    "hostRequirements": {"cpus": int, "memory": like(r"\d+([tgmk]b)?"), "storage": like(r"\d+([tgmk]b)?"), "gpu": {True, False, "optional"}},
    "runArgs": [like(r"--(shm-size=\d+g|gpus|cpus=[\d.]+|memory=\d+g|device=/dev/\w+|group-add=\S+)|all")],
    "forwardPorts": [int],
    "customizations": {"vscode": {"extensions": [like(r"[\w-]+\.[\w-]+")], "settings": {"*": str}}},
}

# pixi.prefix.dev, reference of the manifest (0.72 and 0.81, read 2026-11-21)
PIXI = {
    "workspace": {"name": str, "channels": [str], "platforms": [{"linux-64", "linux-aarch64"}]},
    "dependencies": lambda packages: all(isinstance(version, str) for version in packages.values()),
    "pypi-dependencies": {"torch": {"version": str, "index": str}, "torchvision": {"version": str, "index": str}},
    "tasks": lambda tasks: all(isinstance(command, str) for command in tasks.values()),
}

# python-poetry.org, "The pyproject.toml file" (2.2), and packaging.python.org, "Writing your pyproject.toml"
REQUIREMENT = like(r"[a-z][a-z0-9-]*([<>=]=?\d+(\.\d+)*,?)+")
POETRY = {
    "project": {"name": like(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"), "version": like(r"\d+\.\d+\.\d+"), "requires-python": like(r">=3\.\d+,<3\.\d+"), "dependencies": [REQUIREMENT]},
    "tool": {"poetry": {
        "package-mode": bool,
        "source": [{"name": {"pytorch"}, "url": like(r"https://download\.pytorch\.org/whl/\w+(\.\d+)?"), "priority": {"primary", "supplemental", "explicit"}}],
        "dependencies": {"*": {"source": {"pytorch"}}},
        "group": {"*": {"dependencies": lambda packages: all(REQUIREMENT(name + version) for name, version in packages.items())}},
    }},
}

# pre-commit.com, "Adding pre-commit plugins to your project"
PRE_COMMIT = {"repos": [{"repo": like(r"https://github\.com/[\w-]+/[\w-]+"), "rev": like(r"v?\d+\.\d+\.\d+"), "hooks": [{"id": str, "args": [str]}]}]}

PYTHON = {"python/.pre-commit-config.yaml": PRE_COMMIT, "python/.devcontainer/devcontainer.json": DEV_CONTAINER, "python/pixi.toml": PIXI, "python/pyproject.toml": POETRY}

# github.com/MicrosoftDocs/WSL, WSL/wsl-config.md (2026-07-30). Windows passes over a key that it does not know.
SIZE = like(r"\d+(MB|GB)")
BOOLEAN = {"true", "false"}
WSLCONFIG = {
    "wsl2": {"memory": SIZE, "processors": like(r"[1-9]\d*"), "swap": SIZE, "localhostForwarding": BOOLEAN, "guiApplications": BOOLEAN,
             "nestedVirtualization": BOOLEAN, "networkingMode": {"none", "nat", "mirrored", "virtioproxy"}, "dnsTunneling": BOOLEAN,
             "firewall": BOOLEAN, "autoProxy": BOOLEAN, "defaultVhdSize": SIZE, "vmIdleTimeout": like(r"\d+")},
    "experimental": {"autoMemoryReclaim": {"disabled", "gradual", "dropCache"}, "sparseVhd": BOOLEAN, "hostAddressLoopback": BOOLEAN},
}
WSL_CONF = {
    "automount": {"enabled": BOOLEAN, "mountFsTab": BOOLEAN, "root": str,
                  "options": like(r"((metadata|[ug]id=\d+|[ufd]mask=[0-7]{3}|case=(off|dir|force))(,|$))+")},
    "network": {"generateHosts": BOOLEAN, "generateResolvConf": BOOLEAN, "hostname": str},
    "interop": {"enabled": BOOLEAN, "appendWindowsPath": BOOLEAN},
    "user": {"default": str},
    "boot": {"systemd": BOOLEAN, "command": str, "protectBinfmt": BOOLEAN},
    "gpu": {"enabled": BOOLEAN},
    "time": {"useWindowsTimezone": BOOLEAN},
}
WSL = {"wsl/wslconfig": WSLCONFIG, "wsl/wsl.conf": WSL_CONF}

# Names of power modes as in public nvpmodel files (templates/library/data/jetson.libsonnet); what setup.sh reads.
JETSON = {
    "jetson/settings.env": {
        "POWER_MODES": like(r"((MODE_)?(7|10|15|20|25|30|40|50|70|90|120)W|MAXN(_SUPER)?)( (MODE_)?((7|10|15|20|25|30|40|50|70|90|120)W|MAXN(_SUPER)?))*"),
        "LOCK_CLOCKS": {"yes", "no"},
        "SWAP_MIB": like(r"\d+"),
    }
}

# github.com/canonical/subiquity, autoinstall-schema.json (2026-08-20), whose own schema lets unknown keys pass at the top.
AUTOINSTALL = {
    "vm/autoinstall.yaml": {
        "autoinstall": {
            "version": {1},
            "locale": str,
            "keyboard": {"layout": str, "variant": str, "toggle": str},
            "storage": {"layout": {"name": {"lvm", "direct", "zfs"}, "match": {"size": {"largest", "smallest"}}}},
            "interactive-sections": [str],
            "ssh": {"install-server": bool, "authorized-keys": [str], "allow-pw": bool},
            "drivers": {"install": bool},
            "packages": [str],
            "updates": {"security", "all"},
            "user-data": {"hostname": str, "disable_root": bool, "ssh_pwauth": bool, "users": [dict]},
            "shutdown": {"reboot", "poweroff"},
        }
    }
}

# skypilot-org/skypilot, sky/utils/schemas.py and docs/source/reference/yaml-spec.rst (read 2026-11-21). The JSON schema that is
# published for it lets wrong keys pass.
SKY_RESOURCES = {
    "accelerators": lambda gpus: all(name in {"T4", "L4", "A10G", "A100", "L40S", "A100-80GB", "H100", "H200"} and 1 <= count <= 8 for name, count in gpus.items()),
    "cpus": like(r"\d+\+?"),
    "memory": like(r"\d+\+?"),
    "disk_size": int,
    "use_spot": bool,
    "job_recovery": {"strategy": {"FAILOVER", "EAGER_NEXT_REGION"}, "max_restarts_on_errors": int},
    "autostop": {"idle_minutes": int, "down": bool, "wait_for": {"jobs_and_ssh", "jobs", "none"}},
}
SKY_TASK = {
    "name": str,
    "workdir": str,
    "num_nodes": int,
    "resources": SKY_RESOURCES,
    "file_mounts": lambda mounts: all(mount["mode"] in {"MOUNT", "COPY", "MOUNT_CACHED"} and set(mount) == {"source", "mode"} for mount in mounts.values()),
    "envs": lambda variables: all(isinstance(value, str) for value in variables.values()),
    "secrets": lambda secrets: all(value == "" for value in secrets.values()),
    "setup": str,
    "run": str,
}
SKY = {"skypilot/train.yaml": SKY_TASK, "skypilot/serve.yaml": SKY_TASK}

# dstackai/dstack, mkdocs/docs/concepts and src/dstack/_internal/core/models (2026-08-21)
RANGE = like(r"\d+(GB)?\.\.(\d+(GB)?)?")
DURATION = like(r"\d+[smhdw]")
DSTACK_RESOURCES = {"cpu": RANGE, "memory": RANGE, "gpu": like(r"\d+GB\.\.:\d"), "disk": RANGE, "shm_size": like(r"\d+GB")}
DSTACK_RUN = {
    "type": {"task", "service"},
    "name": like(r"[a-z][a-z0-9-]{1,40}"),
    "python": {"3.10", "3.11", "3.12", "3.13"},
    "nodes": int,
    "files": [str],
    "working_dir": like(r"/.*"),
    "env": [str],
    "commands": [str],
    "port": int,
    "model": str,
    "probes": [{"type": {"http"}, "url": str, "interval": DURATION}],
    "volumes": [lambda volume: like(r"[a-z][a-z0-9-]*:/\w+")(volume) or set(volume) <= {"instance_path", "path", "optional"}],
    "spot_policy": {"spot", "on-demand", "auto"},
    "retry": {"on_events": [{"no-capacity", "interruption", "error"}], "duration": DURATION},
    "max_duration": DURATION,
    "max_price": int,
    "utilization_policy": {"min_gpu_utilization": int, "time_window": DURATION},
    "resources": DSTACK_RESOURCES,
}
DSTACK_FLEET = {"type": {"fleet"}, "name": str, "nodes": like(r"\d+\.\.\d+"), "placement": {"any", "cluster"}, "idle_duration": DURATION, "resources": {"gpu": DSTACK_RESOURCES["gpu"]}}
DSTACK = {"dstack/fleet.dstack.yml": DSTACK_FLEET, "dstack/train.dstack.yml": DSTACK_RUN, "dstack/serve.dstack.yml": DSTACK_RUN}

# databricks/cli, bundle/schema/jsonschema.json (2026-08-21), which its licence leaves to the users of Databricks' services.
VARIABLE = like(r"\$\{(var|bundle)\.\w+\}.*")
DATABRICKS_BUNDLE = {
    "bundle": {"name": str},
    "include": [str],
    "variables": {"*": {"description": str, "default": str}},
    "targets": {"*": {"mode": {"development", "production"}, "default": bool, "workspace": {"root_path": like(r"/Workspace/.*")}}},
}
DATABRICKS_JOB = {"resources": {"jobs": {"*": {
    "name": str,
    "max_concurrent_runs": int,
    "timeout_seconds": int,
    "tags": {"*": str},
    "schedule": {"quartz_cron_expression": like(r"\S+( \S+){5,6}"), "timezone_id": str, "pause_status": {"PAUSED", "UNPAUSED"}},
    "environments": [{"environment_key": str, "spec": {"environment_version": like(r"\d+"), "dependencies": [str]}}],
    "tasks": [{"task_key": str, "environment_key": str, "max_retries": int,
               "spark_python_task": {"python_file": like(r"\.\./.*\.py"), "parameters": [VARIABLE]}}],
}}}}
DATABRICKS_ENDPOINT = {"resources": {"model_serving_endpoints": {"*": {"name": str, "tags": [{"key": str, "value": str}], "config": {
    "served_entities": [{"name": str, "entity_name": VARIABLE, "entity_version": like(r"\d+"), "workload_size": {"Small", "Medium", "Large"},
                         "scale_to_zero_enabled": bool}],
    "traffic_config": {"routes": [{"served_entity_name": str, "traffic_percentage": int}]},
}}}}}
DATABRICKS = {"databricks/databricks.yml": DATABRICKS_BUNDLE, "databricks/resources/train.yml": DATABRICKS_JOB, "databricks/resources/serving.yml.later": DATABRICKS_ENDPOINT}

# Azure/azure-sdk-for-python, sdk/ml/azure-ai-ml/azure/ai/ml/_schema: job/command_job.py, _endpoint/online, _deployment/online; values:
# MicrosoftDocs, reference-yaml-job-command, -endpoint-online, -deployment-managed-online (read 2026-11-22)
def azure(schema, keys):
    return {"$schema": {f"https://azuremlschemas.azureedge.net/latest/{schema}.schema.json"}, "name": like(r"[a-z][a-z0-9-]{1,30}[a-z0-9]"), "tags": {"*": str}, **keys}


AZURE = {
    "azure-ml/job.yml": azure("commandJob", {
        "type": {"command"},
        "display_name": str,
        "experiment_name": str,
        "code": str,
        "command": str,
        "environment": {"image": str, "conda_file": str},
        "resources": {"instance_type": like(r"Standard_\w+"), "instance_count": int},
        "queue_settings": {"job_tier": {"spot", "basic", "standard", "premium"}},
        "inputs": {"*": {"type": {"uri_folder", "uri_file", "mltable"}, "path": like(r"azureml://datastores/\w+/paths/.+")}},
        "outputs": {"*": {"type": {"uri_folder", "mlflow_model", "custom_model"}}},
        "limits": {"timeout": int},
    }),
    "azure-ml/endpoint.yml": azure("managedOnlineEndpoint", {"auth_mode": {"key", "aml_token", "aad_token"}}),
    "azure-ml/deployment.yml": azure("managedOnlineDeployment", {
        "endpoint_name": str,
        "model": like(r"azureml:[\w-]+@latest"),
        "instance_type": like(r"Standard_\w+"),
        "instance_count": int,
        "request_settings": {"request_timeout_ms": lambda ms: 0 < ms <= 180000, "max_concurrent_requests_per_instance": int},
    }),
    # conda's own reference of environment.yml
    "azure-ml/conda.yml": {"name": str, "channels": [str], "dependencies": [lambda package: isinstance(package, str) or set(package) == {"pip"}]},
}

# grafana/loki v3.7.6, docs/sources/shared/configuration.md (2026-08-05)
def loki(server, common, store, more={}):
    return {
        "auth_enabled": bool,
        "server": {"http_listen_port": int, "grpc_listen_port": int, "log_level": {"debug", "info", "warn", "error"}, **server},
        "common": {"instance_addr": str, "path_prefix": str, "replication_factor": int, **common},
        "schema_config": {"configs": [{"from": lambda day: str(day) == "2024-01-01", "store": {"tsdb"}, "object_store": {store}, "schema": {"v13"},
                                       "index": {"prefix": str, "period": {"24h"}}}]},
        "compactor": {"working_directory": str, "retention_enabled": bool, "delete_request_store": {store}},
        "limits_config": {"retention_period": like(r"\d+h"), "ingestion_rate_mb": int, "ingestion_burst_size_mb": int, "max_line_size": str, "max_line_size_truncate": bool},
        "analytics": {"reporting_enabled": bool},
        **more,
    }


def ring(store):
    return {"kvstore": {"store": {store}}}


LOCAL = {"http_listen_address": {"127.0.0.1"}, "grpc_listen_address": {"127.0.0.1"}}
FILES = {"filesystem": {"chunks_directory": str, "rules_directory": str}}
BUCKET = {"s3": {"bucketnames": str, "region": str, "endpoint": like(r"[a-z0-9.-]+:\d+"), "s3forcepathstyle": bool}}
LOKI = loki(LOCAL, {"ring": ring("inmemory"), "storage": FILES}, "filesystem")
LOKI_ONE = loki({}, {"ring": ring("inmemory"), "storage": FILES}, "filesystem")
LOKI_THREE = loki({}, {"ring": ring("memberlist"), "storage": BUCKET}, "s3", {"memberlist": {"join_members": [like(r"[a-z.-]+:7946")]}})

# feast-dev/feast v0.66.0, sdk/python/feast/repo_config.py, infra/registry/sql.py, infra/utils/postgres, infra/online_stores (2026-08-21)
ENVIRONMENT = like(r"\$\{\w+\}")
FEAST = {"project": like(r"[A-Za-z0-9]\w*"), "provider": {"local"}, "entity_key_serialization_version": {3}}
FEAST_FILE = {**FEAST, "registry": str, "offline_store": {"type": {"dask"}}, "online_store": {"type": {"sqlite"}, "path": str}}
FEAST_POSTGRES = {
    **FEAST,
    "registry": {"registry_type": {"sql"}, "path": like(r"postgresql\+psycopg://.*"), "cache_ttl_seconds": int},
    "offline_store": {"type": {"postgres"}, "host": ENVIRONMENT, "port": int, "database": str, "user": str, "password": ENVIRONMENT, "sslmode": ENVIRONMENT},
    "online_store": {"type": {"redis"}, "connection_string": str, "key_ttl_seconds": int},
}

# Grafana's provisioning, from its documentation
GRAFANA = {
    "observability/grafana/datasources.yaml": {"apiVersion": {1}, "datasources": [{"name": str, "uid": str, "type": {"prometheus", "loki"}, "access": {"proxy"}, "url": like(r"http://127\.0\.0\.1:\d+"), "isDefault": bool}]},
    "observability/grafana/dashboards.yaml": {"apiVersion": {1}, "providers": [{"name": str, "type": {"file"}, "allowUiUpdates": bool, "options": {"path": str}}]},
}

TABLES = [
    (["local-python", "--machine", "DATA/gpu24.json"], PYTHON),
    (["local-python", "--sysroot", "MACHINES/wsl2"], PYTHON),
    (["local-python", "--sysroot", "MACHINES/jetson-orin-nano"], PYTHON),
    (["wsl", "--sysroot", "MACHINES/wsl2"], WSL),
    (["wsl", "--sysroot", "MACHINES/wsl2", "--set", "windows_memory=64GiB", "--set", "processors=8", "--set", "user=me"], WSL),
    (["jetson", "--sysroot", "MACHINES/jetson-orin-nano"], JETSON),
    (["jetson", "--sysroot", "MACHINES/jetson-orin-nano-super-15w", "--set", "power_mode=MAXN_SUPER", "--set", "swap=0"], JETSON),
    (["skypilot", "dstack", "--sysroot", "MACHINES/empty"], {**SKY, **DSTACK}),
    (["skypilot", "dstack", "--machine", "DATA/gpu24.json", "--set", "nodes=4", "--set", "gpus=8", "--set", "bucket=s3://my-bucket/x", "--set", "volume=kept",
      "--set", "spot=no"], {**SKY, **DSTACK}),
    (["observability", "--machine", "DATA/laptop.json", "--set", "engine=vllm"], {"observability/loki.yaml": LOKI, **GRAFANA}),
    (["kubernetes-observability", "--machine", "DATA/laptop.json"], {"kubernetes-observability/logs/config/loki.yaml": LOKI_ONE}),
    (["kubernetes-observability", "--machine", "DATA/gpu24.json", "--set", "logs_per_day=50GB", "--set", "bucket=kept", "--set", "endpoint=s3.example.com:443"],
     {"kubernetes-observability/logs/config/loki.yaml": LOKI_THREE}),
    (["feast", "--machine", "DATA/laptop.json", "--set", "name=my-shop"], {"feast/repo/feature_store.yaml": FEAST_POSTGRES}),
    (["feast", "--machine", "DATA/laptop.json", "--set", "store=file"], {"feast/repo/feature_store.yaml": FEAST_FILE}),
    (["databricks", "azure-ml", "--machine", "DATA/laptop.json"], {**DATABRICKS, **AZURE}),
    (["databricks", "azure-ml", "--machine", "DATA/laptop.json", "--set", "name=my-model", "--set", "max_runtime=2h", "--set", "catalog=team"], {**DATABRICKS, **AZURE}),
    (["virtual-machine", "--machine", "DATA/laptop.json"], AUTOINSTALL),
    (["local-python", "--sysroot", "MACHINES/ryzen-igpu-beside-7900xtx"], PYTHON),
]
