#!/usr/bin/env python3
"""refusals_slurm.py PALIER TESTS: what `palier check` says that Slurm refuses, Slurm refuses: each defect of defects.json in a
configuration is shown to slurmctld and slurmd, each in a batch script to sbatch. What check calls odd, they take. It has a munge of
its own, ends only what it started, and exits with 77 where a program is missing or it may not run them."""
import json
import os
import pathlib
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from checks import check  # noqa: E402

tests = pathlib.Path(sys.argv[2])
os.environ["PATH"] += ":/usr/sbin"
PROGRAMS = ("sbatch", "scontrol", "slurmctld", "slurmd", "munged")
if not all(map(shutil.which, PROGRAMS)) or os.geteuid() != 0:
    print("skipped: it takes Slurm, munge (apt install slurm-wlm munge) and root, who may start jobs as their users")
    sys.exit(77)

GOOD = {file.name: file.read_text() for file in (tests / "templates/check/good/slurm").iterdir()}
CONFIGURATION = ("slurm.conf", "gres.conf", "cgroup.conf")
# What one host in place of four machines needs. A defect in one of these lines stays as it is.
HERE = {"ProctrackType=proctrack/cgroup\n": "ProctrackType=proctrack/linuxproc\n",
        "TaskPlugin=task/affinity,task/cgroup\n": "TaskPlugin=task/none\n",
        "JobAcctGatherType=jobacct_gather/cgroup\n": "JobAcctGatherType=jobacct_gather/none\n",
        "SlurmUser=slurm\n": "SlurmUser=root\n"}
host = socket.gethostname().split(".")[0]


def said(*command):
    return subprocess.run(command, capture_output=True, text=True, cwd=work).stdout


def is_up(process, ready):
    """Waits until it is ready or has ended."""
    end = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < end:
        if ready():
            return True
        time.sleep(0.05)
    return False


def start(*command):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    started.append(process)
    return process


def stop(processes):
    for process in processes:
        process.terminate()
        process.wait()
        started.remove(process)


def free_ports(count):
    """The first of so many in a row that nobody has, below those that clients of other tests are given."""
    while True:
        first = random.randrange(20000, 32000)
        try:
            for port in range(first, first + count):
                with socket.socket() as one:
                    one.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first


def write(files):
    port = free_ports(10)
    for name in CONFIGURATION:
        text = files[name].replace("/dev/nvidia", f"{work}/nvidia").replace("SlurmctldHost=palier-1\n", f"SlurmctldHost={host}(127.0.0.1)\n")
        text = text.replace("/var/lib/slurm/slurmd", f"{work}/%n").replace("/var/lib/slurm", str(work)).replace("/var/log/slurm", str(work))
        for there, here in HERE.items():
            text = text.replace(there, here)
        (work / name).write_text(text)
    nodes = int(re.search(r"^NodeName=palier-\[1-(\d)", files["slurm.conf"], re.M).group(1))
    text = re.sub(r"^NodeName=\S+", rf"\g<0> NodeHostname={host} NodeAddr=127.0.0.1 Port=[{port + 1}-{port + nodes}]", (work / "slurm.conf").read_text(), flags=re.M)
    (work / "slurm.conf").write_text(f"AuthInfo=socket={work}/munge.sock\nSlurmctldPort={port}\nSlurmctldPidFile={work}/controller.pid\n"
                                     f"SlurmdPidFile={work}/%n.pid\nSlurmdParameters=config_overrides\n{text}")


def state(node):
    return said("sinfo", "--noheader", "--Node", "--nodes", node, "--format", "%T").split("\n")[0]


def cluster(files, nodes):
    """The daemons of a cluster; None where one of them does not start."""
    write(files)
    shutil.rmtree(work / "slurmctld", ignore_errors=True)
    (work / "slurmctld").mkdir()
    daemons = [start("slurmctld", "-D", "-i", "-c")]
    up = is_up(daemons[0], lambda: " is UP" in said("scontrol", "ping"))
    for node in nodes if up else []:
        (work / node).mkdir(exist_ok=True)
        daemons.append(start("slurmd", "-D", "-N", node))
        up = up and is_up(daemons[-1], lambda: not state(node).endswith("*") and not state(node).startswith("unk"))
    if up:
        return daemons
    stop(daemons)
    return None


def takes_script(text):
    (work / "job").write_text(text)
    return subprocess.run(["sbatch", "--test-only", "job"], cwd=work, capture_output=True, check=False).returncode == 0


def defects(*rules):
    for row in json.loads((tests / "templates/check/defects.json").read_text()):
        folder, _, name = row["file"].rpartition("/")
        if row["rule"] in rules and folder == "slurm" and name in GOOD and "also" not in row:
            yield row, name, row.get("place", row["file"]).rpartition("/")[2], {**GOOD, name: GOOD[name].replace(row["before"], row["after"], 1)}


def main():
    every = [f"palier-{number}" for number in range(1, 5)]
    good = cluster(GOOD, every)
    if good is None or not takes_script(GOOD["train.sbatch"]):
        print("skipped: Slurm does not start here")
        return 77
    check("the good scripts are taken", takes_script(GOOD["sweep.sbatch"]))
    for row, name, place, files in defects("sbatch-option", "sbatch-value", "job-above-cluster"):
        if name not in CONFIGURATION:
            check(f"refused: {row['after']}", not takes_script(files[place]))
    stop(good)
    for row, name, place, files in defects("slurm-refused", "slurm-odd", "job-above-cluster"):
        if name not in CONFIGURATION:
            continue
        daemons = cluster(files, every[:1])
        if row["rule"] == "job-above-cluster":
            check(f"refused with {row['after'] or 'no ' + row['before']}", daemons and not takes_script(files[place]))
        else:
            check(f"{row['rule']}: {row['after'] or 'no ' + row['before']}", (daemons is None) == (row["rule"] == "slurm-refused"))
        stop(daemons or [])
    return 0


started = []
with tempfile.TemporaryDirectory() as folder:
    work = pathlib.Path(folder)
    work.chmod(0o755)
    os.environ["SLURM_CONF"] = str(work / "slurm.conf")
    (work / "munge.key").write_bytes(os.urandom(128))
    (work / "munge.key").chmod(0o400)
    try:
        for number in range(8):
            os.mknod(work / f"nvidia{number}", 0o20666, os.makedev(1, 3))
        files = [f"--{name}-file={work}/munge.{name}" for name in ("key", "pid", "log", "seed")]
        munge = start("munged", "--foreground", "--force", f"--socket={work}/munge.sock", *files)
        check("munged starts", is_up(munge, (work / "munge.sock").exists))
        status = main()
    except PermissionError:
        print("skipped: no device files can be made here")
        status = 77
    finally:
        stop(list(started))
sys.exit(status)
