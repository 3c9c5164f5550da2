"""uhuru serve with ten thousand connections, slow ones and protocol violations.

    /usr/bin/python3 -W ignore -m unittest tests/servers/test_http.py
"""

import pathlib
import resource
import selectors
import socket
import sys
import tempfile
import time
import unittest

from serving import Server, simulated_run
from waiting import wait_for

CONNECTIONS = 10000
CONE = "/scs?RA=83.8&DEC=-5.4&SR=1&VERB=1"


def head_and_body(answer):
    head, _, body = answer.partition(b"\r\n\r\n")
    return head, body


def request(path, *headers, method="GET"):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode()


class Http(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="uhuru-servers-")
        folder = pathlib.Path(cls.folder.name)
        simulated_run(folder, 3000)
        cls.server = Server(folder / "run")

    @classmethod
    def tearDownClass(cls):
        code, errors = cls.server.end()
        cls.folder.cleanup()
        assert code == 0 and errors == "", (code, errors)

    def connect(self):
        client = socket.create_connection(("127.0.0.1", self.server.port), timeout=30)
        self.addCleanup(client.close)
        return client

    def status(self, data):
        """The status of the first answer to these bytes, after which the connection must end."""
        answer = self.server.raw(data, timeout=5)
        self.assertTrue(answer.startswith(b"HTTP/1.1 "), (data[:60], answer[:60]))
        return int(answer[9:12])

    def assert_quick(self, count=50):
        """Requires each request to be answered within two seconds; returns the longest time."""
        slowest = 0
        for _ in range(count):
            start = time.monotonic()
            self.assertEqual(self.server.get(CONE)[0].status, 200)
            slowest = max(slowest, time.monotonic() - start)
        self.assertLess(slowest, 2)
        return slowest

    def memory_mib(self):
        for line in pathlib.Path(f"/proc/{self.server.process.pid}/status").open():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
        return 0

    def open_descriptors(self):
        return len(list(pathlib.Path(f"/proc/{self.server.process.pid}/fd").iterdir()))

    def test_ten_thousand_connections(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        count = min(CONNECTIONS, hard - 500)
        if count < CONNECTIONS:
            print(f"only {count} connections: the hard limit on descriptors is {hard}",
                  file=sys.stderr)
        self.server.get("/catalog.vot")  # created before any client is slow
        clients = []
        for i in range(count):
            client = socket.socket()
            self.addCleanup(client.close)
            if i % 10 == 0:  # reads almost nothing of a large answer
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(("127.0.0.1", self.server.port))
            if i % 10 == 0:
                client.sendall(request("/catalog.vot"))
            elif i % 2 == 0:
                client.sendall(b"GET /scs?RA=1&DEC=1&SR=1 HTTP/1.1\r\nHost: local")
            clients.append(client)
        # The server accepts connections shortly after they are made.
        wait_for(lambda: self.open_descriptors() > count)
        slowest = self.assert_quick()
        # Some clients go on reading, a byte at a time; idle connections and half heads are closed.
        waiting = selectors.DefaultSelector()
        self.addCleanup(waiting.close)
        for i, client in enumerate(clients):
            if i % 10 != 0:
                waiting.register(client, selectors.EVENT_READ)

        def all_others_ended():
            nonlocal slowest
            for i in range(0, count, 100):
                clients[i].recv(1)
            slowest = max(slowest, self.assert_quick(5))
            return len(waiting.select(0.5)) == len(waiting.get_map())
        wait_for(all_others_ended)
        self.assertLess(self.memory_mib(), 300)
        self.assertEqual(clients[1].recv(100), b"")
        print(f"{count} connections: slowest quick answer {slowest * 1000:.0f} ms, "
              f"{self.memory_mib():.0f} MiB", file=sys.stderr)

    def test_malformed_requests_are_400_and_end_the_connection(self):
        get = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
        post = b"POST /scs HTTP/1.1\r\nHost: localhost\r\n"
        for data in (b"\r\n\r\n", b"GET\r\n\r\n", b"GET /\r\n\r\n", b"GET / HTTP/1.1\n\n",
                     b"GET  / HTTP/1.1\r\n\r\n", b"GET / HTTP/3.0\r\n\r\n", b"\0\0\0\0\r\n\r\n",
                     b"GET /\0 HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
                     get + b"Host: a\0\r\n\r\n", get + b"Host\r\n\r\n", get + b": a\r\n\r\n",
                     get + b"Host : a\r\n\r\n", get + b" Host: a\r\n\r\n",
                     get + b"A: b\r\n c\r\n\r\n", get + b"A: b\rC: d\r\n\r\n",
                     get + b"A: b\nC: d\r\n\r\n", get + b"Host: localhost\r\n\r\n",
                     post + b"Content-Length: x\r\n\r\n", post + b"Content-Length: -1\r\n\r\n",
                     post + b"Content-Length:\r\n\r\n",
                     post + b"Content-Length: %d\r\n\r\n" % 10**30, get + b"host: a\r\n\r\n"):
            self.assertEqual(self.status(data), 400, data)
        self.assert_quick(1)

    def test_no_request_hides_in_another(self):
        hidden = request("/availability", "Connection: close")
        length = f"Content-Length: {len(hidden)}"
        for headers in ((length, "Content-Length: 0"), ("Content-Length: 0", length),
                        (length, length), (length, "Transfer-Encoding: chunked"),
                        ("Transfer-Encoding: chunked", length), ("Content-Length : 0", length),
                        (f"Content-Length: {len(hidden)}, 0",), (length,),
                        ("Transfer-Encoding: chunked",), ("Transfer-Encoding: xchunked",)):
            for method in ("GET", "POST"):
                answer = self.server.raw(request("/scs", *headers, method=method) + hidden, 5)
                self.assertIn(answer[9:12], (b"400", b"411", b"413"), headers)
                self.assertEqual(answer.count(b"HTTP/1.1 "), 1, headers)

    def test_large_heads(self):
        self.assertEqual(self.status(b"GET /" + b"x" * 100000 + b" HTTP/1.1\r\n\r\n"), 414)
        self.assertEqual(self.status(b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 100000 + b"\r\n"), 431)
        self.assertEqual(self.status(b"GET / HTTP/1.1\r\nA: " + b"b" * 1000000 + b"\r\n\r\n"), 431)
        self.assertEqual(
            self.server.raw(request("/", "Connection: close", *["A: " + "b" * 1000] * 30))[9:12],
            b"200")

    def test_bodies_are_refused_before_they_come(self):
        for size in (1, 10**6, 10**15):
            client = self.connect()
            client.sendall(request("/scs", f"Content-Length: {size}", method="POST"))
            self.assertEqual(client.recv(100)[9:12], b"413")
        self.assertEqual(self.server.raw(request("/scs", "Content-Length: 0", "Connection: close",
                                                 method="POST"))[9:12], b"405")

    def test_requests_in_a_row_are_answered_in_order(self):
        paths = [f"/scs?RA={80 + i}&DEC=-5&SR=2&VERB=1" if i % 3 else "/catalog.vot"
                 for i in range(40)]
        expected = [self.server.get(path)[1] for path in paths]
        client = self.connect()
        data = b"".join(map(request, paths[:-1])) + request(paths[-1], "Connection: close")
        client.sendall(data)
        with client.makefile("rb") as answers:
            for body in expected:
                length = 0
                while (line := answers.readline()) != b"\r\n":
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split()[1])
                self.assertEqual(answers.read(length), body)
            self.assertEqual(answers.read(), b"")

    def test_head_and_no_ranges(self):
        for path in (CONE, "/catalog.vot", "/catalog.fits"):
            whole = self.server.get(path)[1]
            answer, body = self.server.get(path, method="HEAD")
            self.assertEqual((answer.status, body), (200, b""))
            self.assertEqual(int(answer.getheader("Content-Length")), len(whole))
            for asked in ("0-99", "-77", "0-99999999", "99999999999-", "0-1,3-4", "x", "1" * 4000):
                answer, body = self.server.get(path, headers={"Range": f"bytes={asked}"})
                self.assertEqual((answer.status, body), (200, whole), (path, asked))

    def test_long_paths(self):
        """Also if threads have small stacks."""
        self.assertEqual(self.server.get("/source/" + 8000 * "a")[0].status, 200)
        self.assertEqual(self.server.get("/source/" + 9000 * "a")[0].status, 414)

    def test_methods(self):
        for method, path, status, allowed in (
                ("DELETE", "/scs", 405, "GET, HEAD, OPTIONS"),
                ("POST", "/scs", 405, "GET, HEAD, OPTIONS"),
                ("GET", "/api/classify", 405, "POST, OPTIONS"),
                ("OPTIONS", "/api/classify", 204, "POST, OPTIONS"),
                ("OPTIONS", "/", 204, "GET, HEAD, OPTIONS"), ("PUT", "/nowhere", 404, None),
                ("BREW", "/", 501, None), ("get", "/", 501, None)):
            with self.subTest(method + path):
                answer, _ = self.server.get(path, method=method)
                self.assertEqual((answer.status, answer.getheader("Allow")), (status, allowed))

    def test_targets_may_be_whole_addresses(self):
        own = f"http://localhost:{self.server.port}"
        for target, host, status in ((own + "/availability", "localhost", b"200"),
                                     (own + "/availability", "evil.example", b"200"),
                                     ("http://evil.example/availability", "localhost", b"403"),
                                     ("https://localhost/availability", "localhost", b"400")):
            answer = self.server.raw(f"GET {target} HTTP/1.1\r\nHost: {host}\r\n"
                                     "Connection: close\r\n\r\n".encode())
            self.assertEqual(answer[9:12], status, target)

    def test_pages_that_a_client_has_are_not_sent_again(self):
        for path in ("/", "/about", "/assets/playground.js"):
            answer, body = self.server.get(path)
            tag = answer.getheader("ETag")
            for known, status in ((tag, 304), (f'"x", W/{tag}', 304), ("*", 304), ('"x"', 200)):
                answer, again = self.server.get(path, headers={"If-None-Match": known})
                self.assertEqual((answer.status, again), (status, b"" if status == 304 else body))
                self.assertEqual(answer.getheader("ETag"), tag)

    def test_a_slow_reader_gets_all(self):
        whole = self.server.get("/catalog.vot")[1]
        client = socket.socket()
        self.addCleanup(client.close)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", self.server.port))
        client.sendall(request("/catalog.vot", "Connection: close"))
        received = b""
        while piece := client.recv(16384):
            received += piece
            time.sleep(0.002)
        self.assertEqual(head_and_body(received)[1], whole)

    def test_clients_that_go_away(self):
        for i in range(300):
            client = socket.create_connection(("127.0.0.1", self.server.port))
            client.sendall(request("/catalog.vot" if i % 2 else CONE)[: None if i % 3 else 20])
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            client.close()
        self.assert_quick(5)


if __name__ == "__main__":
    unittest.main()
