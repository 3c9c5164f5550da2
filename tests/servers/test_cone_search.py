"""uhuru serve against Virtual Observatory software: pyvo, stilts, astropy; and against malicious
clients.

    /usr/bin/python3 -W ignore -m unittest tests/servers/test_cone_search.py
"""

import io
import pathlib
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse
import xml.etree.ElementTree

import numpy as np
import pyvo
from astropy import units
from astropy.coordinates import SkyCoord
from astropy.io import votable
from astropy.table import Table

from serving import PROGRAM, Server, simulated_run, stilts, uhuru


class ConeSearch(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="uhuru-servers-")
        folder = cls.path = pathlib.Path(cls.folder.name)
        simulated_run(folder, 20000)
        cls.server = Server(folder / "run", "--vo-only")
        database = sqlite3.connect(f"file:{folder}/run/catalog.sqlite?mode=ro", uri=True)
        cls.sources = database.execute("SELECT name, ra, dec, class_name FROM sources").fetchall()
        database.close()
        cls.sky = SkyCoord([s[1] for s in cls.sources], [s[2] for s in cls.sources], unit="deg")

    @classmethod
    def tearDownClass(cls):
        code, errors = cls.server.end()
        cls.folder.cleanup()
        assert code == 0 and errors == "", (code, errors)

    def ask(self, **parameters):
        answer, body = self.server.get("/scs?" + urllib.parse.urlencode(parameters))
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.getheader("Content-Type"), "text/xml;content=x-votable")
        self.assertEqual(answer.getheader("X-Content-Type-Options"), "nosniff")
        return body

    def lint(self, document):
        path = self.path / "lint.vot"
        path.write_bytes(document)
        self.assertEqual(stilts("votlint", f"votable={path}"), "")

    def test_every_column_says_what_it_is(self):
        """A UCD from the IVOA's list, a description, a unit if the column is physical; in the
        answers and in the tables of the file."""
        database = sqlite3.connect(f"file:{self.path}/run/catalog.sqlite?mode=ro", uri=True)
        columns = database.execute(
            "SELECT name, unit, ucd, description FROM columns").fetchall()
        database.close()
        fields = votable.parse_single_table(
            io.BytesIO(self.ask(RA=10, DEC=10, SR=0.1, VERB=3))).fields
        protocol = {"ID_MAIN", "POS_EQ_RA_MAIN", "POS_EQ_DEC_MAIN"}
        self.assertEqual({f.ucd for f in fields} & protocol, protocol)
        columns += [(f.name, str(f.unit or ""), f.ucd, f.description) for f in fields
                    if f.ucd not in protocol]
        self.assertGreater(len(columns), 100)
        for name, unit, ucd, description in columns:
            with self.subTest(name):
                votable.ucd.parse_ucd(ucd, check_controlled_vocabulary=True)
                self.assertGreater(len(description), 8)
                self.assertEqual(unit or "", {"ra": "deg", "dec": "deg", "bb_kt": "keV",
                                              "separation": "arcsec"}.get(name, ""))

    def test_pyvo_finds_what_a_loop_over_all_finds(self):
        service = pyvo.dal.SCSService(self.server.url + "/scs?")
        random = np.random.default_rng(1)
        centers = [(83.82, -5.39, 0.2), (0, 0, 30), (359.99, 10, 20), (10, 89.9, 20),
                   (200, -90, 15), (123, 45, 180), (53.12, -27.8, 0.05)]
        centers += [(random.uniform(0, 360), random.uniform(-90, 90), random.uniform(0, 20))
                    for _ in range(10)]
        for ra, dec, radius in centers:
            found = service.search(pos=SkyCoord(ra, dec, unit="deg"), radius=radius * units.deg,
                                   verbosity=2)
            separation = SkyCoord(ra, dec, unit="deg").separation(self.sky).deg
            # astropy's angles differ in the last digits.
            sure = {s[0] for s, d in zip(self.sources, separation) if d < radius - 1e-9}
            perhaps = {s[0] for s, d in zip(self.sources, separation) if d < radius + 1e-9}
            names = set(found["name"])
            self.assertLessEqual(sure, names)
            self.assertLessEqual(names, perhaps)
            self.assertEqual(len(names), len(found))
            if len(found):
                self.assertTrue(np.all(np.diff(found["separation"]) >= 0))
                self.assertEqual(found[0].id, found["name"][0])
                self.assertAlmostEqual(found[0].pos.ra.deg, found["ra"][0])

    def test_stilts_asks_by_cone_and_for_many_positions(self):
        ra, dec = self.sources[100][1:3]
        out = self.path / "cone.csv"
        stilts("cone", f"serviceurl={self.server.url}/scs?", f"lon={ra}", f"lat={dec}",
               "radius=0.5", f"out={out}", "ofmt=csv")
        expected = np.sum(SkyCoord(ra, dec, unit="deg").separation(self.sky).deg <= 0.5)
        self.assertEqual(len(Table.read(out, format="csv")), expected)
        some = self.path / "some.csv"
        chosen = self.sources[::150]
        Table(rows=[s[:3] for s in chosen], names=["n", "ra", "dec"]).write(some)
        stilts("coneskymatch", f"serviceurl={self.server.url}/scs?", f"in={some}", "ifmt=csv",
               "ra=ra", "dec=dec", "sr=0.0001", "find=best", f"out={out}", "ofmt=csv")
        matched = Table.read(out, format="csv")
        self.assertEqual(list(matched["n"]), [s[0] for s in chosen])
        self.assertEqual(list(matched["n"]), list(matched["name"]))

    def test_votlint_finds_nothing(self):
        ra, dec = self.sources[5][1:3]
        for verbosity in (1, 2, 3):
            self.lint(self.ask(RA=ra, DEC=dec, SR=0.5, VERB=verbosity))
        self.lint(self.ask(RA=ra, DEC=dec, SR=0))
        self.lint(self.ask(RA=ra, DEC=dec, SR=180, MAXREC=3))
        self.lint(self.ask(RA="<b>", DEC=dec, SR=0))
        self.lint(self.ask())
        self.lint(self.server.get("/catalog.vot")[1])

    def test_the_protocol_columns_are_there_once(self):
        for verbosity in (1, 2, 3):
            document = self.ask(RA=0, DEC=0, SR=180, VERB=verbosity, MAXREC=2)
            table = votable.parse(io.BytesIO(document)).get_first_table()
            self.assertEqual(len(table.array), 2)
            by_ucd = {}
            for field in table.fields:
                by_ucd.setdefault(field.ucd, []).append(field)
                self.assertTrue(field.description, field.name)
            for ucd, datatype in (("ID_MAIN", "char"), ("POS_EQ_RA_MAIN", "double"),
                                  ("POS_EQ_DEC_MAIN", "double")):
                self.assertEqual([f.datatype for f in by_ucd[ucd]], [datatype])

    def test_what_is_wrong_stands_in_the_answer(self):
        for query in ({}, {"RA": 1, "DEC": 1}, {"RA": "3h", "DEC": 1, "SR": 1},
                      {"RA": 1, "DEC": 91, "SR": 1}, {"RA": 1, "DEC": 1, "SR": -1},
                      {"RA": "nan", "DEC": 1, "SR": 1}, {"RA": "\0", "DEC": 1, "SR": 1}):
            root = xml.etree.ElementTree.fromstring(self.ask(**query))
            infos = [e for e in root.iter() if e.tag.endswith("INFO") and e.get("name") == "Error"]
            self.assertEqual(len(infos), 1)
        service = pyvo.dal.SCSService(self.server.url + "/scs?")
        with self.assertRaises(pyvo.dal.DALQueryError):
            query = service.create_query(pos=(1, 1), radius=1)
            query["DEC"] = "x"
            query.execute()

    def test_the_whole_catalog(self):
        answer, fits = self.server.get("/catalog.fits")
        self.assertEqual(answer.getheader("Content-Type"), "application/fits")
        table = Table.read(io.BytesIO(fits), format="fits")
        self.assertEqual([s.strip() for s in table["name"]], [s[0] for s in self.sources])
        self.assertEqual(list(table["ra"]), [s[1] for s in self.sources])
        self.assertEqual(str(table["ra"].unit), "deg")
        answer, document = self.server.get("/catalog.vot")
        rows = votable.parse(io.BytesIO(document)).get_first_table().array
        self.assertEqual(list(rows["name"]), [s[0] for s in self.sources])
        answer, body = self.server.get("/catalog.fits", method="HEAD")
        self.assertEqual((answer.getheader("Content-Length"), body), (str(len(fits)), b""))

    def test_says_what_is_there(self):
        answer, body = self.server.get("/")
        self.assertEqual(answer.getheader("Content-Type"), "text/html; charset=utf-8")
        self.assertIn("default-src 'none'", answer.getheader("Content-Security-Policy"))
        example = self.server.said.split("example      ")[1].split()[0]
        self.assertIn(example.split("?")[1].replace("&", "&amp;").encode(), body)
        found = votable.parse(io.BytesIO(self.server.get(example[len(self.server.url):])[1]))
        self.assertGreater(len(found.get_first_table().array), 0)
        host = f"localhost:{self.server.port}"  # the service is where the client reached it
        body = self.server.get("/capabilities", headers={"Host": host})[1].decode()
        self.assertIn(f"http://{host}/scs?", body)
        for document in ("/capabilities", "/availability"):
            answer, body = self.server.get(document)
            self.assertEqual(answer.getheader("Content-Type"), "text/xml")
            xml.etree.ElementTree.fromstring(body)
        kinds = [c.standardid for c in pyvo.io.vosi.parse_capabilities(
            io.BytesIO(self.server.get("/capabilities")[1]))]
        self.assertIn("ivo://ivoa.net/std/ConeSearch", kinds)
        self.assertEqual(self.server.get("/no<script>such")[0].status, 404)

    def test_other_names_of_this_machine_are_not_served(self):
        for status, hosts in ((403, ("evil.example", "127.evil.example", "127.0.0.1.evil.example:8201",
                                     "localhost.evil.example", "128.0.0.1", "[::2]:80", "[::1",
                                     "[::1]evil.example", "[127.0.0.1].evil.example")),
                              (200, (f"localhost:{self.server.port}", "LOCALHOST", "127.0.0.1:1",
                                     "127.1.2.3", "[::1]:80", "[::1]", "::1",
                                     "[::ffff:7f00:1]:80"))):
            for host in hosts:
                with self.subTest(host):
                    self.assertEqual(self.server.get("/", headers={"Host": host})[0].status, status)

    def test_answers_do_not_depend_on_encodings_asked_for(self):
        path = "/scs?RA=0&DEC=0&SR=180&MAXREC=50"
        plain = self.server.get(path)[1]
        answer, packed = self.server.get(path, headers={"Accept-Encoding": "gzip, br"})
        self.assertEqual((answer.getheader("Content-Encoding"), packed), (None, plain))

    def test_malformed_requests_leave_it_alive(self):
        for data in (b"\r\n\r\n", b"\0" * 100, b"GET\r\n\r\n", b"GET /scs HTTP/3\r\n\r\n",
                     b"GET /scs?" + b"&" * 8000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
                     b"GET /scs?" + b"%" * 5000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
                     b"GET /" + b"x" * 100000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
                     b"GET /scs?RA=%00%ff&DEC=%80&SR=\xff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                     b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"A: b\r\n" * 100000 + b"\r\n",
                     b"GET / HTTP/1.1\r\nHost: localhost\r\nA: " + b"b" * 1000000 + b"\r\n\r\n",
                     b"POST /scs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n" + b"x" * 100000,
                     b"DELETE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"):
            received = self.server.raw(data)
            if b" /scs?" in data:  # an error in the answer, or none at all
                self.assertNotIn(b"<TABLE", received)
            else:
                self.assertNotIn(b" 200 OK", received[:20], data[:40])
            self.assertEqual(self.server.get("/availability")[0].status, 200)

    def test_200_connections_at_once(self):
        path = "/scs?RA=83.8&DEC=-5.4&SR=1&VERB=1"
        expected = self.server.get(path)[1]
        results = []

        def client():
            results.append(self.server.get(path)[1] == expected)

        threads = [threading.Thread(target=client) for _ in range(200)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(results, [True] * 200)

    def test_slow_clients_do_not_hold_others_up(self):
        slow = [socket.create_connection(("127.0.0.1", self.server.port)) for _ in range(100)]
        for client in slow:
            client.sendall(b"GET /scs?RA=1")
        start = time.monotonic()
        self.assertEqual(self.server.get("/availability")[0].status, 200)
        self.assertLess(time.monotonic() - start, 2)
        # After ten seconds they are gone.
        slow[0].settimeout(30)
        self.assertEqual(slow[0].recv(100), b"")
        for client in slow:
            client.close()


class Program(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="uhuru-servers-")
        self.path = pathlib.Path(self.folder.name)
        self.addCleanup(self.folder.cleanup)

    def make_run(self, change=None):
        uhuru("simulate", "--rows", 3000, "--out", self.path / "d.csv", "--labels-out",
              self.path / "l.csv")
        if change:
            table = Table.read(self.path / "d.csv", format="csv")
            change(table)
            table.write(self.path / "d.vot", format="votable")
        uhuru("run", "--detections", self.path / ("d.vot" if change else "d.csv"), "--labels",
              self.path / "l.csv", "--out", self.path / "run", "--quiet")
        return self.path / "run"

    def test_hostile_names_are_text(self):
        prefix = "<script>alert(1)</script>\"'&]]>" + "x" * 3000
        other = "Ĝamma ☢ 𝛼"

        def change(table):
            names = [other + n if i % 2 else prefix + n for i, n in enumerate(table["name"])]
            table["name"] = np.array(names, dtype=object)

        server = Server(self.make_run(change), "--vo-only")
        try:
            answer, body = server.get("/scs?RA=0&DEC=0&SR=180&MAXREC=200&VERB=3")
            self.assertNotIn(b"<script", body)
            rows = votable.parse(io.BytesIO(body)).get_first_table().array
            starts = {n[: len(prefix)] == prefix or n[: len(other)] == other
                      for n in rows["name"]}
            self.assertEqual(starts, {True})
            for path in ("/", "/catalog.vot", "/capabilities"):
                self.assertNotIn(b"<script", server.get(path)[1])
            (self.path / "lint.vot").write_bytes(body)
            self.assertEqual(stilts("votlint", f"votable={self.path}/lint.vot"), "")
        finally:
            self.assertEqual(server.end(), (0, ""))

    def test_ends_with_either_signal_and_refuses_a_taken_port(self):
        run = self.make_run()
        for with_signal in (signal.SIGINT, signal.SIGTERM):
            server = Server(run / "catalog.sqlite")
            taken = subprocess.run([PROGRAM, "serve", str(run), "--port", str(server.port)],
                                   capture_output=True, text=True, timeout=20)
            self.assertEqual(taken.returncode, 2)
            self.assertIn("Address already in use", taken.stderr)
            self.assertEqual(server.end(with_signal), (0, ""))

    def test_answers_before_the_end_are_whole(self):
        server = Server(self.make_run())
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(b"GET /catalog.vot HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            self.assertEqual(client.recv(4), b"HTTP")
            self.assertEqual(server.end(), (0, ""))
        left = list(pathlib.Path("/tmp").glob("uhuru-??????/catalog.vot"))
        self.assertEqual(left, [])

    def test_serves_the_catalog_that_it_opened(self):
        run = self.make_run()
        catalog = run / "catalog.sqlite"
        server = Server(run)
        try:
            paths = ("/api/download?format=csv", "/api/source?id=1", "/capabilities",
                     "/scs?RA=0&DEC=0&SR=180&MAXREC=50")
            before = [server.get(path)[1] for path in paths]
            rows = before[0].count(b"\n")
            uhuru("simulate", "--rows", 500, "--seed", 7, "--out", self.path / "d2.csv",
                  "--labels-out", self.path / "l2.csv")
            uhuru("run", "--detections", self.path / "d2.csv", "--labels", self.path / "l2.csv",
                  "--out", self.path / "other", "--quiet")
            (self.path / "other/catalog.sqlite").rename(catalog)
            self.assertEqual([server.get(path)[1] for path in paths], before)
            table = votable.parse_single_table(io.BytesIO(server.get("/catalog.vot")[1]))
            self.assertEqual(len(table.array), rows - 1)
            catalog.unlink()
            self.assertEqual([server.get(path)[1] for path in paths], before)
            self.assertEqual(len(Table.read(io.BytesIO(server.get("/catalog.fits")[1]))), rows - 1)
        finally:
            self.assertEqual(server.end(), (0, ""))

    def test_a_catalog_of_an_older_run_can_be_made(self):
        run = self.make_run()
        made = (run / "catalog.sqlite").read_bytes()
        refused = subprocess.run([PROGRAM, "serve", str(self.path)], capture_output=True, text=True)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("there are no results in the folder", refused.stderr)
        uhuru("catalog", run, "--overwrite")
        self.assertEqual((run / "catalog.sqlite").read_bytes(), made)


if __name__ == "__main__":
    unittest.main()
