"""A TAP service that works, or fails in any of the ways in which services fail.

    with FaultServer() as server:
        server.tap("busy,503,2")      # the address of a service that is busy twice, then answers
        server.requests               # the requests it received

The first part of an address specifies the behaviour of the service, as items separated by `;`:
NAME,ARGUMENT...@ENDPOINT. Endpoints are sync, create (POST to async), phase (POST), job, result,
error and delete; without one an item applies to sync and result. Everything else is a
well-behaved TAP service: see faults.py for the ways to fail, tap_jobs.py for jobs, emulators.py
for what it serves in addition to the small table of votables.py (`csc`, `xmatch`).

From a shell: fault_server.py prints its address and serves until stopped."""

import http.server
import pathlib
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse

import emulators
import faults
import tap_jobs
import votables
from messages import Answer, Request, endpoint_of, parse_fields, text_answer


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60  # of a persistent connection

    def handle_request(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = Request(time.monotonic(), self.client_address, self.command, self.path,
                          {name.lower(): value for name, value in self.headers.items()}, body)
        parts = urllib.parse.urlsplit(self.path).path.strip("/").split("/")
        request.behaviour, request.rest = urllib.parse.unquote(parts[0]), parts[1:]
        request.endpoint = endpoint_of(self.command, request.rest)
        parse_fields(request)
        with self.server.owner.lock:
            self.server.owner.requests.append(request)
        items = list(self.items(request))
        for name, arguments in items:
            if name in faults.BEFORE and faults.BEFORE[name](self, request, *arguments):
                return
        answer = self.answer(request)
        for name, arguments in items:
            if name in faults.AFTER:
                answer = faults.AFTER[name](self, answer, *arguments)
                if answer is None:
                    return
        self.send(answer)

    do_GET = do_POST = do_DELETE = do_HEAD = do_PUT = handle_request

    def items(self, request):
        """The items of the behaviour that apply to this request."""
        for item in request.behaviour.split(";"):
            item, _, endpoint = item.partition("@")
            name, *arguments = item.split(",")
            if name not in faults.BEFORE | faults.AFTER:
                continue
            if request.endpoint in ([endpoint] if endpoint else ["sync", "result"]):
                yield name, arguments

    def answer(self, request):
        owner = self.server.owner
        if request.endpoint == "sync":
            return self.table(request)
        if request.rest[:1] == ["async"]:
            return tap_jobs.answer(owner, request, self.table)
        return text_answer("There is nothing here.", 404)

    def table(self, request):
        """The result of a query."""
        owner = self.server.owner
        named = request.items()
        if "csc" in named:
            return Answer(body=owner.catalog.answer(request.fields))
        if "xmatch" in named:
            return Answer(body=owner.counterparts.answer(request.fields, request.files))
        if not request.fields.get("QUERY") and request.method == "POST":
            return Answer(400, votables.error("parameter QUERY is missing"))
        encoding = named.get("format", "tabledata")
        after = {"overflow": votables.status("OVERFLOW"),
                 "late-error": votables.status("ERROR", "the disk is full")}
        return Answer(body=votables.votable(
            encoding=encoding, after="".join(after.get(name, "") for name in named)))

    def send(self, answer):
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", len(answer.body))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_message(self, *_):
        pass


class HttpServer(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        """Disconnecting clients are part of the tests; anything else is a bug of the server."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)
            self.owner.bugs.append(sys.exc_info()[1])


class FaultServer:
    def __init__(self, port=0, certificate=None):
        """Speaks TLS if given a folder for the key and its self-signed certificate."""
        self.lock = threading.RLock()
        self.stopping = threading.Event()
        self.catalog, self.counterparts = emulators.Catalog(), emulators.Counterparts()
        self.reset()
        self.http = HttpServer(("127.0.0.1", port), Handler)
        self.http.owner = self
        self.scheme = "http"
        if certificate:
            self.scheme = "https"
            self.http.socket = tls_socket(self.http.socket, pathlib.Path(certificate))

    def reset(self):
        """Forgets earlier requests."""
        self.requests, self.jobs, self.bugs, self.counts = [], {}, [], {}
        self.elsewhere = None  # target of redirect-to

    @property
    def port(self):
        return self.http.server_address[1]

    def tap(self, behaviour="well", host="127.0.0.1"):
        """The address of a TAP service with this behaviour."""
        return f"{self.scheme}://{host}:{self.port}/{behaviour}"

    def count(self, what):
        """How often this was requested before."""
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + 1
            return self.counts[what] - 1

    def __enter__(self):
        threading.Thread(target=self.http.serve_forever, args=[0.05], daemon=True).start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.http.shutdown()
        self.http.server_close()


def tls_socket(plain, folder):
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    # The handshake is left to the thread of its connection.
    return context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)


def closed_port():
    """A port on which nothing listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


if __name__ == "__main__":
    with FaultServer(int(sys.argv[1]) if len(sys.argv) > 1 else 0) as running:
        print(running.tap(), flush=True)
        try:
            running.stopping.wait()
        except KeyboardInterrupt:
            pass
