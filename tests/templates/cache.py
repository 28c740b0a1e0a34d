#!/usr/bin/env python3
"""cache.py PALIER TESTS: starts the generated gateway and its Redis in front of a stand-in for a model server that never says the same
twice, and sees which requests reach it. Exits with 77 where there is no HAProxy or no Redis."""
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

palier, tests = sys.argv[1:]
if not all(map(shutil.which, ["haproxy", "redis-server", "redis-cli"])):
    print("skipped: no HAProxy or no Redis here (apt install haproxy redis-server)")
    sys.exit(77)
sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.dont_write_bytecode = True
from checks import check  # noqa: E402
from model_servers import Handler, StandIn, free_port, is_open, wait_for  # noqa: E402


class Model(Handler):
    """Each answer has a number of its own; the prompt chooses its form."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if '"max_tokens":1,' in body:
            return self.answer(200, {})  # the gateway's check
        stand_in = self.server.stand_in
        stand_in.served += 1
        answer = {"choices": [{"text": f"answer {stand_in.served} " + "x" * (1_100_000 * ("long" in body) + 900_000 * ("large" in body))}]}
        if "refuse" in body:
            self.answer(400, answer)
        elif "strange" in body:
            self.answer(200, {"error": answer})
        elif "pieces" in body:
            self.pieces(json.dumps(answer).encode())
        elif "cut" in body:
            self.cut(json.dumps(answer).encode())
        else:
            self.answer(200, answer)

    def pieces(self, text):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in (text[:9], text[9:], b""):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()

    def cut(self, text):
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text[:9])
        self.wfile.flush()
        self.close_connection = True


def ask(body, path="/v1/completions", **headers):
    """(what X-Cache says, text of the answer or None where it was cut off)"""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", path, body if isinstance(body, str) else json.dumps(body), {name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    try:
        text = response.read()
    except (http.client.HTTPException, OSError):
        text = None
    connection.close()
    return response.getheader("X-Cache"), text


def asks_twice(one, other=None, more=None, **options):
    """True where both requests reach the model. A slow Redis can make a hit a miss, never the other way round."""
    before = model.served
    said = [ask(one, **options)[0], ask(one if other is None else other, **(options if more is None else more))[0]]
    return model.served == before + 2 and "hit" not in said


def is_kept(one, other=None, **options):
    """Asks until the second request is a hit, which must give what the model said before, and not reach it."""
    given = [ask(one, **options)[1]]

    def hit():
        before = model.served
        said, text = ask(one if other is None else other, **options)
        if said == "hit" and (text not in given or model.served != before):
            sys.exit(f"FAILED: a hit is what the model said: {text!r:.200}")
        given.append(text)
        return said == "hit"

    wait_for(f"a hit of {one!r:.100}", hit)
    return True


def fixed(prompt, **more):
    return {"model": "chat", "prompt": prompt, "temperature": 0} | more


def redis_says(*command):
    return subprocess.run(["redis-cli", "-s", "redis.sock", *command], capture_output=True, text=True).stdout.strip()


def start_redis():
    process = subprocess.Popen(["redis-server", "ws/gateway/redis.conf", "--unixsocket", "redis.sock"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for("Redis", lambda: redis_says("ping") == "PONG")
    return process


work = tempfile.TemporaryDirectory()
os.chdir(work.name)
model, port = StandIn("chat", handler=Model), free_port()
settings = [f"servers=chat=127.0.0.1:{model.port}", f"port={port}", "max_request=30s", "cache=16MiB", "cache_ttl=1h"]
subprocess.run([palier, "generate", "model-gateway", "--machine", f"{tests}/templates/data/laptop.json", "-o", "ws"]
               + [word for setting in settings for word in ("--set", setting)], check=True, stdout=subprocess.DEVNULL)
redis = start_redis()
haproxy = subprocess.Popen(["haproxy", "-db", "-f", "ws/gateway/haproxy.cfg"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ, CACHE_SOCKET="redis.sock"))
try:
    wait_for("the gateway", lambda: is_open(port) and (ask({"model": "chat"})[1] or b"").startswith(b'{"choices'))
    check("what was asked before does not reach the model", is_kept(fixed("secret 1")))
    check("nor what says the same in another order, with other spaces", is_kept(
        '{"model":"chat","temperature":0,"messages":[{"role":"user","content":"a \\" ] } b"},{}],"x":[],"y":null}',
        ' {"y" : null, "x" : [ ],\n"messages":[\t{"content":"a \\" ] } b", "role":"user"}, { } ],"temperature":0 ,"model":"chat"}\r\n', path="/v1/chat/completions"))
    check("a seed is as good as temperature 0", is_kept({"model": "chat", "prompt": "b", "seed": 7, "stream": False}))
    check("pieces make one answer", is_kept(fixed("pieces")))

    different = {"prompt": (fixed("c"), fixed("C")), "model": ('{"temperature":0}', '{"temperature":0,"model":"chat"}'), "parameter": (fixed("d"), fixed("d", top_k=1)),
                 "large number": (fixed("e", x=9007199254740992), fixed("e", x=9007199254740993)), "empty list or map": (fixed("f", x=[]), fixed("f", x={})),
                 "nothing or null": (fixed("g"), fixed("g", x=None)), "text or number": (fixed("h", x="1"), fixed("h", x=1)), "order of a list": (fixed("i", x=[1, 2]), fixed("i", x=[2, 1])),
                 "depth": (fixed("j", x=[[1], 2]), fixed("j", x=[[1, 2]])), "spaces in a text": (fixed("k k"), fixed("k  k"))}
    for what, (one, other) in different.items():
        check(f"another {what}: the model is asked", asks_twice(one, other))
    check("another key: the model is asked", asks_twice(fixed("l"), Authorization="Bearer a", more={"Authorization": "Bearer b"}))
    check("another key in the other header: the model is asked", asks_twice(fixed("m"), X_Api_Key="a", more={"X_Api_Key": "b"}))
    check("another path: the model is asked", asks_twice(fixed("n"), path="/v1/completions", more={"path": "/v1/chat/completions"}))

    always = {"a temperature": {"model": "chat", "temperature": 0.7}, "no temperature": {"model": "chat"}, "a seed that means any": {"model": "chat", "seed": -1},
              "llama.cpp's seed that means any": {"model": "chat", "seed": 4294967295}, "a seed that is no number": {"model": "chat", "seed": "7"}, "a stream": fixed("o", stream=True),
              "a stream by another name": '{"model":"chat","temperature":0,"str\\u0065am":true}', "a name that is there twice": '{"model":"chat","temperature":0,"temperature":1}',
              "what is cut off": '{"model":"chat","temperature":0,"prompt":"p', "what goes on": '{"model":"chat","temperature":0} {}', "a list": '[{"model":"chat","temperature":0}]',
              "a missing value": '{"model":"chat","temperature":0,"x":}', "a missing colon": '{"model":"chat","temperature":0,"x"1}', "nothing": "", "a hundred lists in each other": fixed("q", x=eval("[" * 90 + "]" * 90)),
              "100,000 brackets": '{"model":"chat","temperature":0,"x":' + "[" * 100_000}
    for what, body in always.items():
        check(f"{what}: the model is always asked", asks_twice(body))
    for what in ("refuse", "strange", "long", "cut"):
        check(f"an answer that is no good ({what}) is not kept", asks_twice(fixed(what)))
    check("a client may forbid it", asks_twice(fixed("r"), Cache_Control="no-cache"))
    check("another path is not cached", asks_twice(fixed("s"), path="/v1/embeddings"))
    check("a prompt of 800 KB is kept", is_kept(fixed('"\n' * 200_000)))

    keys = redis_says("keys", "*").split()
    check(f"{len(keys)} keys are hashes that end", len(keys) > 20 and all(re.fullmatch("[0-9A-F]{64}", key) for key in keys) and 3000 < int(redis_says("ttl", keys[0])) <= 3600)
    check("it drops what was not used, and listens on no port", redis_says("config", "get", "maxmemory-policy").split()[1] == "allkeys-lru" and redis_says("config", "get", "port").split()[1] == "0")
    for i in range(40):
        ask(fixed(f"large {i}"))
    memory = dict(line.split(":", 1) for line in redis_says("info").split() if ":" in line)
    check(f"more than fits: the oldest go ({memory['evicted_keys']} keys)", int(memory["evicted_keys"]) > 0 and int(memory["used_memory"]) < 20 * 2**20)
    is_kept(fixed("fill"))
    times = []
    for _ in range(200):
        begin = time.perf_counter()
        ask(fixed("fill"))
        times.append(time.perf_counter() - begin)
    print(f"a hit took {statistics.median(times) * 1000:.2f} ms (median of {len(times)})")

    model.stop()
    wait_for("a hit while no server is there", lambda: ask(fixed("fill"))[0] == "hit")
    model = StandIn("chat", model.port, Model)
    wait_for("the model's return", lambda: (ask({"model": "chat"})[1] or b"").startswith(b'{"choices'))
    redis.send_signal(signal.SIGSTOP)
    check("Redis hangs: the model is asked", asks_twice(fixed("secret 2")) and asks_twice(fixed("fill")))
    redis.send_signal(signal.SIGCONT)
    redis.kill()
    redis.wait()
    check("Redis is dead: the model is asked", asks_twice(fixed("secret 2")))
    redis = start_redis()
    check("Redis is back, knows nothing from before, and is used again", ask(fixed("fill"))[0] == "miss" and is_kept(fixed("secret 1")))
finally:
    haproxy.terminate()
    redis.kill()
    haproxy.wait()
    redis.wait()
    os.chdir("/")
