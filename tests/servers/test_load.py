"""uhuru serve under load, and while it shuts down.

    /usr/bin/python3 -W ignore -m unittest tests/servers/test_load.py
"""

import pathlib
import socket
import statistics
import sys
import tempfile
import threading
import time
import unittest

from serving import Server, simulated_run
from waiting import wait_for

WHOLE_SKY = b"GET /scs?RA=0&DEC=0&SR=180&VERB=3 HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Load(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="uhuru-servers-")
        cls.path = pathlib.Path(cls.folder.name)
        simulated_run(cls.path, 60000)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def setUp(self):
        self.server = Server(self.path / "run", "--threads", "2")
        self.addCleanup(lambda: self.server.process.poll() is not None or self.server.end())

    def ask_for_the_whole_sky(self):
        client = socket.create_connection(("127.0.0.1", self.server.port), timeout=120)
        client.sendall(WHOLE_SKY)
        return client

    def times_of_small_answers(self, count=40):
        times = []
        for i in range(count):
            path = ("/", "/api/source?id=7", "/api/counts", "/scs?RA=1&DEC=1&SR=0.1")[i % 4]
            start = time.monotonic()
            self.assertEqual(self.server.get(path)[0].status, 200)
            times.append(time.monotonic() - start)
        return times

    def test_small_answers_do_not_wait_for_thirty_large_ones(self):
        sizes = []

        def take(client):
            taken = 0
            with client:
                while piece := client.recv(1 << 20):
                    taken += len(piece)
                    if taken > 1 << 20 and piece.endswith(b"</VOTABLE>\n"):
                        break
            sizes.append(taken)

        takers = [threading.Thread(target=take, args=(self.ask_for_the_whole_sky(),))
                  for _ in range(30)]
        for taker in takers:
            taker.start()
        times = self.times_of_small_answers()
        under_way = sum(taker.is_alive() for taker in takers)
        for taker in takers:
            taker.join()
        self.assertGreater(under_way, 10)  # otherwise nothing was tested
        self.assertEqual(len(set(sizes)), 1)
        self.assertLess(statistics.median(times), 0.2)
        self.assertLess(max(times), 2)
        print(f"{under_way} of 30 whole-sky cones, {sizes[0] >> 20} MiB each, in progress: "
              f"small answers take {statistics.median(times) * 1000:.0f} ms, at most "
              f"{max(times) * 1000:.0f} ms", file=sys.stderr)

    def test_who_leaves_is_not_worked_for(self):
        for _ in range(40):
            self.ask_for_the_whole_sky().close()
        start = time.monotonic()
        client = self.ask_for_the_whole_sky()
        client.recv(100)
        waited = time.monotonic() - start
        client.close()
        self.assertLess(max(self.times_of_small_answers(8)), 2)
        self.assertLess(waited, 8)  # if all 41 were computed, two threads would need longer

    def test_ends_soon_whatever_is_under_way(self):
        clients = [self.ask_for_the_whole_sky() for _ in range(20)]
        wait_for(lambda: all(self.server.has_read_all(client) for client in clients))
        start = time.monotonic()
        code, errors = self.server.end()
        self.assertEqual((code, errors), (0, ""))
        self.assertLess(time.monotonic() - start, 3)
        for client in clients:
            client.close()

    def test_an_upload_is_finished_before_the_end(self):
        # Takes a while, but its answer can be sent within a second, also by a machine that is busy.
        table = b"".join((self.path / "d.csv").read_bytes().splitlines(True)[:20001])
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=30) as client:
            client.sendall(b"POST /api/classify?format=csv HTTP/1.1\r\nHost: localhost\r\n"
                           b"Content-Length: %d\r\n\r\n" % len(table) + table)
            wait_for(lambda: self.server.has_read_all(client))
            start = time.monotonic()
            self.server.process.terminate()
            answer = b""
            while piece := client.recv(1 << 20):
                answer += piece
        self.assertEqual(self.server.end(), (0, ""))
        self.assertLess(time.monotonic() - start, 10)
        self.assertEqual(answer.count(b"\n", answer.find(b"\r\n\r\n") + 4), 20001)


if __name__ == "__main__":
    unittest.main()
