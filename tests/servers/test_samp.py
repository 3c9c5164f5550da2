"""uhuru send against the hub of jsamp and clients of astropy, and against invalid hubs."""

import contextlib
import gzip
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

import numpy as np
from astropy.samp import SAMPIntegratedClient, conf
from astropy.table import Table

from waiting import LIMIT_S, wait_for

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("UHURU", str(ROOT / "build/release/uhuru"))
JSAMP = ["java", "-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar",
         "/usr/share/java/jsamp.jar"]
conf.use_internet = False


@contextlib.contextmanager
def jsamp_hub(home, *options):
    """A private hub; the value of SAMP_HUB that refers to it, and its process."""
    environment = {**os.environ, "JAVA_TOOL_OPTIONS": f"-Duser.home={home} "
                   "-Djsamp.localhost=127.0.0.1"}
    environment.pop("SAMP_HUB", None)
    log = home / "hub.log"
    with open(log, "w") as out:
        hub = subprocess.Popen([*JSAMP, "hub", "-mode", "no-gui", "-profiles", "std", *options],
                               env=environment, stdout=out, stderr=out)
    try:
        announced = re.compile("SAMP_HUB=(.*)")
        lockfile = home / ".samp"
        wait_for(lambda: hub.poll() is not None or announced.search(log.read_text()) or
                 (lockfile.exists() and "profile.start" in lockfile.read_text()))
        found = announced.search(log.read_text())
        yield found[1] if found else f"std-lockurl:{lockfile.as_uri()}", hub
    finally:
        hub.kill()
        hub.wait()


class Receiver:
    """A client that loads each table sent to it, or gives another answer."""

    def __init__(self, name, messages=("table.load.votable", "table.load.fits"), answer=None):
        self.client = SAMPIntegratedClient(name=name)
        self.client.connect()
        self.answer = answer
        self.received = []
        for message in messages:
            self.client.bind_receive_call(message, self.receive)

    def receive(self, key, sender, message_id, message, parameters, extra):
        table = None
        answer = self.answer
        if answer is None:
            table = Table.read(parameters["url"], format=message.rsplit(".", 1)[1])
            answer = {"samp.status": "samp.ok", "samp.result": {}}
        self.received.append((message, parameters, table))
        if answer:
            self.client.reply(message_id, answer)

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        with contextlib.suppress(Exception):  # the hub may be gone
            self.client.disconnect()


def send(*arguments, hub, temporary="/tmp", code=0, given=None, **environment):
    """Runs uhuru send; returns its output on both channels."""
    done = subprocess.run(
        [PROGRAM, "send", *map(str, arguments)], capture_output=True, timeout=LIMIT_S, input=given,
        env={"PATH": os.environ["PATH"], "SAMP_HUB": hub, "TMPDIR": str(temporary), **environment})
    said = (done.stdout + done.stderr).decode()
    if done.returncode != code:
        raise AssertionError(f"send {arguments}: exit code {done.returncode}, not {code}\n{said}")
    return said


class SampTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(
            tempfile.TemporaryDirectory(prefix="uhuru-servers-")))
        cls.hub, _ = cls.enterClassContext(jsamp_hub(cls.folder))
        os.environ["SAMP_HUB"] = cls.hub  # for astropy
        cls.copies = cls.folder / "copies"
        cls.copies.mkdir()
        cls.csv = cls.folder / "sources.csv"
        subprocess.run([PROGRAM, "simulate", "--rows", "200", "--out", cls.csv, "--quiet"],
                       check=True)
        cls.table = Table.read(cls.csv)

    def tearDown(self):
        self.assertEqual(list(self.copies.iterdir()), [])

    def send(self, *arguments, **more):
        return send(*arguments, hub=self.hub, temporary=self.copies, **more)

    def convert(self, name):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        subprocess.run([PROGRAM, "convert", self.csv, "--out", path, "--quiet", "--overwrite"],
                       check=True)
        return path

    def assert_same(self, table):
        self.assertEqual(table.colnames, self.table.colnames)
        self.assertEqual(len(table), len(self.table))
        for name in table.colnames:
            left, right = table[name], self.table[name]
            if left.dtype.kind in "fi":
                np.testing.assert_array_equal(np.ma.filled(left.astype(float), np.nan),
                                              np.ma.filled(right.astype(float), np.nan), name)
            else:
                self.assertEqual([str(x).strip() for x in np.ma.filled(left, "")],
                                 [str(x) for x in np.ma.filled(right, "")], name)

    def test_tables_arrive(self):
        with Receiver("TOPCAT") as topcat:
            plain = self.convert("t.vot")
            odd = self.convert("with blank, ümlaut & 100%#/a b%20ü;#.vot")
            fits = self.convert("t.fits")
            packed = self.folder / "p.vot.gz"
            packed.write_bytes(gzip.compress(plain.read_bytes()))
            cases = [(plain, "votable", plain.as_uri()), (odd, "votable", None),
                     (fits, "fits", fits.as_uri()), (packed, "votable", None),
                     (self.csv, "votable", None), (f"{plain}#1", "votable", None)]
            for path, kind, url in cases:
                with self.subTest(path=path):
                    said = self.send(path, "--to", "topcat")
                    self.assertEqual(said,
                                     f"TOPCAT has loaded {pathlib.Path(path).name}\n")
                    message, parameters, table = topcat.received[-1]
                    self.assertEqual(message, "table.load." + kind)
                    self.assert_same(table)
                    if url:
                        self.assertEqual(parameters["url"], url)
            self.send("-", given=self.csv.read_bytes())
            self.assert_same(topcat.received[-1][2])
            self.assertEqual(topcat.received[-1][1]["name"], "standard input")
            self.send(plain, fits)
            self.assertEqual(len(topcat.received), len(cases) + 3)
            self.assertEqual(len({p["table-id"] for _, p, _ in topcat.received}), len(cases) + 1)
            # uhuru has left the hub.
            names = [topcat.client.get_metadata(c).get("samp.name")
                     for c in topcat.client.get_registered_clients()]
            self.assertNotIn("uhuru", names)

    def test_all_that_take_tables(self):
        fits = self.convert("t.fits")
        with Receiver("Aladin") as aladin, Receiver("SAOImageDS9") as ds9, \
                Receiver("other", ["image.load.fits"]) as other, \
                Receiver("wildcard", ["table.*"], {"samp.status": "samp.ok", "samp.result": {}}):
            listed = self.send("--list")
            self.assertRegex(listed, r"Aladin +c\d+ +VOTable, FITS\n")
            self.assertRegex(listed, r"wildcard +c\d+ +VOTable, FITS\n")
            self.assertRegex(listed, r"other +c\d+ +-\n")
            said = self.send(fits)
            for name in ["Aladin", "SAOImageDS9", "wildcard"]:
                self.assertIn(f"{name} has loaded t.fits\n", said)
            self.assertEqual(aladin.received[0][0], "table.load.fits")
            self.assertEqual(ds9.received[0][0], "table.load.votable")  # as a catalog
            self.assert_same(ds9.received[0][2])
            self.assertEqual(other.received, [])
            self.send(fits, "--to", aladin.client.get_public_id())
            self.assertEqual((len(aladin.received), len(ds9.received)), (2, 1))

    def test_wrong_names(self):
        self.assertIn("no application connected to the SAMP hub accepts tables",
                      self.send(self.csv, code=3))
        with Receiver("TOPCAT"), Receiver("viewer", ["image.load.fits"]):
            self.assertIn("did you mean TOPCAT?", self.send(self.csv, "--to", "tobcat", code=2))
            self.assertIn("does not accept tables", self.send(self.csv, "--to", "viewer", code=2))
            with Receiver("topcat"):
                self.assertRegex(self.send(self.csv, "--to", "TopCat", code=2), r"c\d+, c\d+")
            self.assertIn("sources.csv", self.send(self.folder, code=1))
            self.assertIn("no/such", self.send("no/such.vot", code=1))

    def test_errors_of_clients(self):
        def report(status):
            return {"samp.status": status, "samp.result": {},
                    "samp.error": {"samp.errortxt": "no RA column"}}
        with Receiver("good") as good, Receiver("bad", answer=report("samp.error")), \
                Receiver("wary", answer=report("samp.warning")), \
                Receiver("silent", answer={}) as silent:
            begin = time.monotonic()
            said = self.send(self.csv, "--timeout", "2", code=3)
            self.assertLess(time.monotonic() - begin, 20)
            self.assertIn("good has loaded sources.csv\n", said)
            self.assertIn("bad could not load the table", said)
            self.assertIn("no RA column", said)
            self.assertIn("note: wary warns: no RA column\n", said)
            self.assertIn("silent did not confirm", said)
            self.assertIn("within 2 s", said)
            self.assertEqual((len(good.received), len(silent.received)), (1, 1))

    def test_interrupt(self):
        with Receiver("silent", answer={}) as silent:
            process = subprocess.Popen([PROGRAM, "send", self.csv], stderr=subprocess.PIPE,
                                       env={**os.environ, "TMPDIR": str(self.copies)})
            wait_for(lambda: silent.received)
            process.send_signal(signal.SIGINT)
            said = process.communicate(timeout=LIMIT_S)[1].decode()
            self.assertEqual(process.returncode, 3)
            self.assertIn("stopped", said)
            self.assertEqual(len(silent.client.get_registered_clients()), 1)  # the hub

    def test_past_the_proxy(self):
        self.assertIn("Hub", self.send("--list", http_proxy="http://127.0.0.1:9"))


class OtherHubsTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="uhuru-servers-")))

    def test_no_hub_and_a_dead_one(self):
        said = send("--list", hub="", code=3, HOME=str(self.folder))
        self.assertIn("no SAMP hub is running", said)
        self.assertIn(str(self.folder / ".samp"), said)
        with jsamp_hub(self.folder) as (_, hub):
            self.assertIn("Hub", send("--list", hub="", HOME=str(self.folder)))
            hub.kill()  # leaves its lockfile
            hub.wait()
            said = send("--list", hub="", code=3, HOME=str(self.folder))
            self.assertIn("does not answer", said)
            self.assertIn("restart TOPCAT or Aladin", said)

    def test_lockfile_over_http(self):
        with jsamp_hub(self.folder, "-std:httplock") as (url, _):
            self.assertTrue(url.startswith("std-lockurl:http://"))
            self.assertIn("Hub", send("--list", hub=url))

    def lockfile(self, serve):
        """The lockfile of a hub whose connections are handled by `serve`."""
        server = self.enterContext(socket.create_server(("127.0.0.1", 0)))

        def run():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection, contextlib.suppress(OSError):
                        connection.recv(1 << 16)
                        serve(connection)
        threading.Thread(target=run, daemon=True).start()
        path = self.folder / "lock"
        path.write_text("samp.secret=s\n"
                        f"samp.hub.xmlrpc.url=http://127.0.0.1:{server.getsockname()[1]}/\n")
        return f"std-lockurl:{path.as_uri()}"

    def test_hostile_hubs(self):
        def page(body, head="HTTP/1.1 200 OK\r\n"):
            return head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body

        def endless(connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                connection.sendall(b"<value>" * 10000)

        def drip(connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                connection.sendall(b" ")
                time.sleep(0.2)
        deep = b"<methodResponse><params><param>" + b"<value><array><data>" * 10000
        cases = {
            "garbage": (lambda c: c.sendall(os.urandom(1000)), "."),
            "closes": (lambda c: None, "does not answer"),
            "page": (lambda c: c.sendall(page(b"<html><body>hello</body></html>")),
                     "not XML-RPC"),
            "error": (lambda c: c.sendall(page(b"gone", "HTTP/1.1 404 Not Found\r\n")),
                      "404"),
            "moves": (lambda c: c.sendall(page(b"", "HTTP/1.1 307 Moved\r\n"
                                                    "Location: http://127.0.0.1:9/\r\n")), "307"),
            "deep": (lambda c: c.sendall(page(deep)), "nested too deeply"),
            "bomb": (lambda c: c.sendall(page(gzip.compress(b" " * (50 << 20)),
                                              "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n")),
                     "answer is too large"),
            "endless": (endless, "answer is too large"),
            "drip": (drip, "timed out"),
            "stalls": (lambda c: time.sleep(LIMIT_S), "timed out"),
        }
        for name, (serve, words) in cases.items():
            with self.subTest(name):
                begin = time.monotonic()
                self.assertRegex(send("--list", hub=self.lockfile(serve), code=3), words)
                self.assertLess(time.monotonic() - begin, 15)

    def test_hostile_lockfiles(self):
        path = self.folder / "lock"
        hub = f"std-lockurl:{path.as_uri()}"
        for content in [b"", os.urandom(1000), b"samp.secret=s\n", b"=" * (1 << 20),
                        b"samp.secret=s\nsamp.hub.xmlrpc.url=file:///etc/passwd\n"]:
            path.write_bytes(content)
            self.assertIn("not a SAMP lockfile", send("--list", hub=hub, code=3))
        path.unlink()
        os.mkfifo(path)
        self.assertIn("cannot read", send("--list", hub=hub, code=3))
        self.assertIn("SAMP_HUB", send("--list", hub="jsamp-class:x.Y", code=2))


if __name__ == "__main__":
    unittest.main()
