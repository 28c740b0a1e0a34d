#!/usr/bin/env python3
"""devcontainers.py PALIER TESTS: has the dev containers' own command line read what is generated for machines with and without GPUs,
down to the image that it begins with, and sees that it would find what is wrong. A stand-in for Docker knows every image. Exits with
77 where the command line is not."""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from checks import check  # noqa: E402
from node import MODULES, needs, node  # noqa: E402

palier, tests = sys.argv[1:]
needs("@devcontainers/cli")

DOCKER = """#!/bin/sh
echo "$*" >>"$0.log"
[ "$1" != inspect ] || echo '[{"Id": "sha256:0", "Architecture": "amd64", "Os": "linux", "Config": {"User": "root", "Env": [], "Labels": null}}]'
"""
MACHINES = {
    "no GPU": ["--sysroot", f"{tests}/machines/empty"],
    "an NVIDIA GPU": ["--machine", f"{tests}/templates/data/gpu24.json"],
    "NVIDIA under WSL": ["--sysroot", f"{tests}/machines/wsl2"],
    "an AMD GPU": ["--sysroot", f"{tests}/machines/ryzen-igpu-beside-7900xtx"],
    "a Jetson": ["--sysroot", f"{tests}/machines/jetson-orin-nano"],
}


def read(folder, docker):
    """What the command line makes of a folder, {} where it refuses, and what it asked Docker."""
    log = pathlib.Path(f"{docker}.log")
    log.write_text("")
    answer = node(MODULES / "@devcontainers/cli/devcontainer.js", "read-configuration", "--workspace-folder", folder, "--docker-path", docker,
                  "--mount-workspace-git-root", "false", "--include-merged-configuration")
    return json.loads(answer.stdout)["mergedConfiguration"] if answer.returncode == 0 else {}, log.read_text()


def understood(settings, asked, dockerfile):
    """What is missing in `settings` that a container of ours must have."""
    image = [line.split()[1] for line in dockerfile.read_text().splitlines() if line.startswith("FROM ")][-1]
    return [what for what, holds in {
        "its image": image in asked,
        "its user": settings.get("remoteUser") == "user",
        "its memory, in bytes": settings.get("hostRequirements", {}).get("memory", "").isdigit(),
        "its arguments, without variables": not any("${" in argument for argument in settings.get("runArgs", ["${"])),
        "an init process": settings.get("init") is True,
        "its extensions": settings.get("customizations", {}).get("vscode", [{}])[0].get("extensions"),
    }.items() if not holds]


def gpus(settings):
    arguments = " ".join(settings["runArgs"])
    return {"required": settings["hostRequirements"].get("gpu"), "--gpus": "--gpus all" in arguments, "devices": "--device=/dev/kfd --device=/dev/dri" in arguments}


with tempfile.TemporaryDirectory() as work:
    docker = pathlib.Path(work, "docker")
    docker.write_text(DOCKER)
    docker.chmod(0o755)
    found = {}
    for name, arguments in MACHINES.items():
        folder = pathlib.Path(work, name, "python")
        subprocess.run([palier, "generate", "local-python", *arguments, "-o", folder.parent], check=True, stdout=subprocess.DEVNULL)
        found[name], asked = read(folder, docker)
        missing = understood(found[name], asked, folder / "Dockerfile")
        check(f"the dev container for {name} is understood {missing}", not missing)

    check("an NVIDIA GPU is required", gpus(found["an NVIDIA GPU"])["required"] is True)
    check("under WSL it is passed on, and not required", gpus(found["NVIDIA under WSL"]) == {"required": None, "--gpus": True, "devices": False})
    check("an AMD GPU's devices are passed on", gpus(found["an AMD GPU"]) == {"required": None, "--gpus": False, "devices": True})
    check("without a GPU none is asked for", gpus(found["no GPU"]) == {"required": None, "--gpus": False, "devices": False})

    folder = pathlib.Path(work, "an AMD GPU", "python")
    file = folder / ".devcontainer/devcontainer.json"
    good = file.read_text()
    for right, wrong in [('"build"', '"biuld"'), ('"remoteUser"', '"remoteUsr"'), ('gb"', 'gigs"'), ('"init"', '"inti"'), ("../Dockerfile", "Dockerfile"),
                         ("localEnv:", "localEnvironment:"), ("{", "[")]:
        file.write_text(good.replace(right, wrong))
        check(f"{wrong} for {right} would be seen", right in good and understood(*read(folder, docker), folder / "Dockerfile"))
