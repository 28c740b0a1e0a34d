"""Stand-ins for model servers on loopback, and what the tests of the gateway in front of them share."""
import http.server
import json
import socket
import sys
import threading
import time


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer leaves in one piece: what has begun when its server dies, no gateway can save

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        stand_in = self.server.stand_in
        if stand_in.broken:
            return self.answer(500, {})
        request = json.loads(body)
        if request.get("stream"):
            return self.stream()
        time.sleep(0.01)
        stand_in.served += request.get("max_tokens") != 1
        self.answer(200, {"by": stand_in.name, "key": self.headers.get("Authorization", "")})

    def stream(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for i in range(20):
            self.wfile.write(b"8\r\ndata %02d\n\r\n" % i)
            self.wfile.flush()
            time.sleep(0.1)
        self.wfile.write(b"0\r\n\r\n")

    def answer(self, status, document):
        text = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def process_request(self, request, address):
        self.stand_in.connections.append(request)
        super().process_request(request, address)

    def handle_error(self, *_):
        pass  # connections that were cut on purpose


class StandIn:
    """A model server; stop() cuts its connections as a killed process would."""

    def __init__(self, name, port=0, handler=Handler):
        self.name, self.served, self.broken, self.connections = name, 0, False, []
        self.server = Server(("127.0.0.1", port), handler)
        self.server.stand_in = self
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(what, condition, seconds=30):
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            sys.exit(f"FAILED: {what} did not come about")
        time.sleep(0.1)
