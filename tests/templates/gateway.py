#!/usr/bin/env python3
"""gateway.py PALIER TESTS: starts HAProxy from the generated configuration in front of stand-ins for model servers, kills
one under load, and counts what clients saw. Exits with 77 where there is no HAProxy."""
import concurrent.futures
import http.client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading

palier, tests = sys.argv[1:]
if not shutil.which("haproxy"):
    sys.exit(77)
sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.dont_write_bytecode = True
from checks import check  # noqa: E402
from model_servers import StandIn, free_port, is_open, wait_for  # noqa: E402


def ask(model, prompt="hello"):
    """(status, document); the model stands after the prompt, as writers that sort keys put it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/v1/completions", json.dumps({"a_prompt": prompt, "model": model}))
    response = connection.getresponse()
    text = response.read()
    return response.status, json.loads(text) if text.startswith(b"{") else {}


def command(text):
    with socket.socket(socket.AF_UNIX) as admin:
        admin.connect("admin.sock")
        admin.sendall(text.encode() + b"\n")
        return admin.recv(65536).decode()


work = tempfile.TemporaryDirectory()
os.chdir(work.name)
chat = [StandIn("chat-1"), StandIn("chat-2")]
code, cloud, port = StandIn("code"), StandIn("cloud"), free_port()
servers = ",".join([f"chat=127.0.0.1:{s.port}" for s in chat] + [f"code=127.0.0.1:{code.port}"])
settings = [f"servers={servers}", f"port={port}", f"cloud=http://127.0.0.1:{cloud.port}", "max_request=30s"]
subprocess.run([palier, "generate", "model-gateway", "--machine", f"{tests}/templates/data/laptop.json", "-o", "ws"]
               + [word for setting in settings for word in ("--set", setting)], check=True, stdout=subprocess.DEVNULL)
haproxy = subprocess.Popen(["haproxy", "-db", "-f", "ws/gateway/haproxy.cfg"], stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, env=dict(os.environ, CLOUD_API_KEY="from-the-environment"))
try:
    wait_for("the gateway", lambda: is_open(port) and ask("chat")[0] == 200)
    check("each model has its own servers", ask("chat")[1]["by"] in ("chat-1", "chat-2") and ask("code")[1]["by"] == "code")
    check("a prompt of 100 KB finds its model", all(ask("code", "x" * 100_000)[1].get("by") == "code" for _ in range(20)))
    check("what is too large is refused", ask("code", "x" * 1_200_000)[0] == 413)
    check("a model that is not here is said", ask("other")[0] == 404)

    seen = []
    stop = threading.Event()

    def load(_):
        while not stop.is_set():
            try:
                seen.append(ask("chat")[0])
            except (OSError, http.client.HTTPException) as error:
                seen.append(repr(error))

    with concurrent.futures.ThreadPoolExecutor(8) as clients:
        running = [clients.submit(load, i) for i in range(8)]
        wait_for("load", lambda: len(seen) > 100)
        chat[1].stop()
        before = len(seen)
        wait_for("load after the kill", lambda: len(seen) > before + 300)
        chat[1] = StandIn("chat-2", chat[1].port)
        wait_for("the server's return", lambda: chat[1].served > 0)
        chat[0].broken = True
        before = len(seen)
        wait_for("load with a server that only fails", lambda: len(seen) > before + 300)
        chat[0].broken = False
        stop.set()
    bad = [status for status in seen if status != 200]
    check(f"{len(seen)} requests while one server was killed and one failed: none lost ({bad[:3]})", not bad)

    wait_for("both servers", lambda: command("show stat").count(",UP,") >= 5)
    stream = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    stream.request("POST", "/v1/completions", json.dumps({"model": "code", "stream": True}))
    answer = stream.getresponse()
    first = answer.read(8)
    command("set server model_2/s3 state drain")
    check("a drain lets an answer end", len(first + answer.read()) == 20 * 8)
    command("set server model_2/s3 state ready")

    code.stop()
    wait_for("the cloud", lambda: ask("code")[1].get("by") == "cloud")
    check("the cloud gets its key from the environment", ask("code")[1]["key"] == "Bearer from-the-environment")
    code = StandIn("code", code.port)
    wait_for("the way back from the cloud", lambda: ask("code")[1].get("by") == "code")
    print("ok: the cloud is taken when none is left, and left when one returns")
finally:
    haproxy.terminate()
    haproxy.wait()
    os.chdir("/")
