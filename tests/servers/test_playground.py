"""The API of the playground against its documentation, other programs, and malicious clients.

    /usr/bin/python3 -W ignore -m unittest tests/servers/test_playground.py
"""

import concurrent.futures
import gzip
import hashlib
import http.client
import io
import json
import math
import os
import pathlib
import re
import socket
import tempfile
import threading
import time
import unittest
import urllib.parse

from astropy.io import votable
from astropy.table import Table

from serving import Server, simulated_run, stilts, uhuru


class Playground(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="uhuru-servers-")
        folder = cls.path = pathlib.Path(cls.folder.name)
        simulated_run(folder, 6000)
        cls.sum = cls.catalog_sum()
        cls.server = Server(folder / "run", "--threads", "2")

    @classmethod
    def tearDownClass(cls):
        code, errors = cls.server.end()
        unchanged = cls.catalog_sum() == cls.sum
        cls.folder.cleanup()
        assert code == 0 and errors == "" and unchanged, (code, errors, unchanged)

    @classmethod
    def catalog_sum(cls):
        return hashlib.sha256((cls.path / "run/catalog.sqlite").read_bytes()).hexdigest()

    def ask(self, path, status=200, **parameters):
        query = urllib.parse.urlencode(parameters, doseq=True)
        answer, body = self.server.get(path + ("?" + query if query else ""))
        self.assertEqual(answer.status, status, (path, body[:300]))
        self.assertEqual(answer.getheader("X-Content-Type-Options"), "nosniff")
        self.assertIsNone(answer.getheader("Access-Control-Allow-Origin"))
        return body

    def json(self, path, status=200, **parameters):
        return json.loads(self.ask(path, status, **parameters))

    def post(self, body, query="", headers=None, timeout=60, path="/api/classify"):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=timeout)
        try:
            try:
                connection.request("POST", path + query, body, headers or {})
            except (BrokenPipeError, ConnectionResetError):
                pass  # it was answered before it was complete
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def resident(self):
        status = pathlib.Path(f"/proc/{self.server.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) / 1024

    def test_every_path_of_the_document_answers(self):
        document = self.json("/api/openapi.json")
        needed = {"column": "hard_hs", "ra": 83.8, "dec": -5.4, "radius": 1}
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                with self.subTest(path):
                    if method == "post":
                        self.assertEqual(self.post(b"", path=path)[0], 400)
                        continue
                    names = [document["components"]["parameters"][p["$ref"].split("/")[-1]]["name"]
                             if "$ref" in p else p["name"] for p in operation.get("parameters", [])]
                    given = {n: v for n, v in needed.items() if n in names}
                    if path in ("/api/source", "/api/explanation", "/api/percentiles", "/api/place"):
                        given = {"id": 1}
                    # The published method explains nothing, there are no errors; no other host is asked.
                    absent = path in ("/api/explanation", "/api/limits", "/api/resolve")
                    body = self.ask(path, 404 if absent else 200, **given)
                    types = operation["responses"]["200"]["content"]
                    if "application/json" in types:
                        json.loads(body)

    def test_forms_ask_as_addresses_do(self):
        form = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
        where = "hard_hs > 0.1 and class in ('QSO', 'YSO')"
        for path, parameters in (("/api/selection", {}), ("/api/counts", {"by": "class"}),
                                 ("/api/histogram", {"column": "hard_hs"}),
                                 ("/api/sources", {"limit": 3}),
                                 ("/api/download", {"format": "csv"})):
            whole = urllib.parse.urlencode(parameters | {"where": where})
            asked = self.ask(path, where=where, **parameters)
            self.assertEqual(self.post(whole, headers=form, path=path), (200, asked))
            # The address may have some of them.
            query = "?" + urllib.parse.urlencode(parameters)
            body = urllib.parse.urlencode({"where": where})
            self.assertEqual(self.post(body, query, form, path=path), (200, asked))
        # Longer than any address, and than what is kept in memory.
        names = ", ".join(f"'nobody {i}'" for i in range(20000))
        body = urllib.parse.urlencode({"where": f"named({names}) or class = 'QSO'"})
        self.assertEqual(json.loads(self.post(body, headers=form, path="/api/counts")[1])["total"],
                         self.json("/api/counts", **{"class": "QSO"})["total"])
        self.assertEqual(self.post("where=1", path="/api/counts")[0], 400)
        self.assertEqual(self.post(b"x" * (4 << 20), headers=form, path="/api/counts")[0], 413)
        for origin, status in (("https://elsewhere.example", 403),
                               (f"http://127.0.0.1:{self.server.port}", 200)):
            self.assertEqual(self.post("where=1", headers=form | {"Origin": origin},
                                       path="/api/counts")[0], status, origin)

    def test_explanations_end_at_the_probabilities(self):
        folder = self.path
        uhuru("run", "--detections", folder / "d.csv", "--labels", folder / "l.csv", "--method",
              "bayes", "--prior", "detections", "--out", folder / "bayes", "--quiet")
        server = Server(folder / "bayes")
        try:
            ask = lambda path: json.loads(server.get(path)[1])
            self.assertTrue(ask("/api/catalog")["explains"])
            classified = ask("/api/sources?standing=classified&limit=5&sort=detections&order=desc")
            names = [row[0] for row in classified["rows"]]
            for name in names:
                name = urllib.parse.quote(name)
                found = ask(f"/api/explanation?name={name}")
                values = ask(f"/api/source?name={name}")["values"]
                for c, one in enumerate(found["classes"]):
                    if found["total"][c] is None:
                        self.assertIsNone(values[one])
                        continue
                    parts = [found["prior"][c], found["together"][c]] + [
                        feature["log_odds"][c] for feature in found["features"]]
                    self.assertAlmostEqual(sum(parts), found["total"][c], delta=1e-6)
                    p = values[one]
                    self.assertAlmostEqual(math.log(p / (1 - p)), found["total"][c], delta=1e-6)
        finally:
            server.end()

    def test_votables_are_such(self):
        for path, parameters in (("/api/sources", {"class": "YSO", "limit": 100}),
                                 ("/api/cone", {"ra": 83.8, "dec": -5.4, "radius": 90}),
                                 ("/api/sources", {"name": "nobody"}),
                                 ("/api/download", {"group": ["YSO", "XB"]})):
            with self.subTest(path):
                body = self.ask(path, format="votable", **parameters)
                file = self.path / "lint.vot"
                file.write_bytes(body)
                self.assertEqual(stilts("votlint", f"votable={file}"), "")
                rows = len(votable.parse_single_table(io.BytesIO(body)).array)
                if path == "/api/download":
                    self.assertEqual(rows, self.json("/api/counts", **parameters)["total"])

    def test_downloads_hold_what_is_selected(self):
        parameters = {"class": ["QSO", "YSO"], "min.detections": 2, "sort": "dec", "order": "desc"}
        total = self.json("/api/sources", limit=1, **parameters)["total"]
        self.assertGreater(total, 10)
        for form, reader in (("csv", "csv"), ("fits", "fits"), ("votable", "votable"),
                             ("ecsv", "ascii.ecsv")):
            answer, body = self.server.get("/api/download?" + urllib.parse.urlencode(
                parameters | {"format": form}, doseq=True))
            self.assertRegex(answer.getheader("Content-Disposition"),
                             rf'^attachment; filename="run_QSO_YSO_{total}_sources\.\w+"$')
            table = Table.read(io.BytesIO(body), format=reader)
            meta = {name.lower(): value for name, value in table.meta.items()}
            if form in ("fits", "ecsv"):
                self.assertEqual(meta["radesys"], "ICRS")
                self.assertEqual(meta["recipe"], "csc2")
                self.assertEqual(meta["rows"], total)
                self.assertEqual(meta["filters"], "class=QSO&class=YSO&min.detections=2")
            self.assertEqual(len(table), total)
            dec = list(table["dec"])
            self.assertEqual(dec, sorted(dec, reverse=True))

    def test_what_is_wrong_is_said_as_json(self):
        for path, status, where in (("/api/sources?limit=1e9", 400, "limit"),
                                    ("/api/sources?sort=nothing", 400, "'nothing'"),
                                    ("/api/sources?clas=QSO", 400, "clas"),
                                    ("/api/histogram", 400, "''"),
                                    ("/api/counts?cone=1,2", 400, "cone"),
                                    ("/api/source?name=%3Cscript%3E", 404, "'<script>'"),
                                    ("/api/nothing", 404, "/api/nothing")):
            with self.subTest(path):
                answer, body = self.server.get(path)
                self.assertEqual(answer.status, status)
                self.assertEqual(answer.getheader("Content-Type"), "application/json")
                self.assertEqual(json.loads(body)["error"]["where"], where)

    def test_pages_may_do_nothing_but_what_is_theirs(self):
        for page in ("/", "/properties", "/table", "/classify", "/about", "/source/A%20B%2FC",
                     "/source/%3Cscript%3E"):
            answer, body = self.server.get(page)
            self.assertEqual(answer.status, 200)
            policy = dict(part.split(" ", 1) for part in
                          answer.getheader("Content-Security-Policy").split("; "))
            self.assertEqual(policy["default-src"], "'none'")
            self.assertEqual(policy["script-src"], "'self'")
            self.assertEqual(policy["style-src"], "'self'")
            self.assertEqual(policy["connect-src"], "'self'")
            self.assertNotRegex(body.decode(), r"<script(?![^>]*\bsrc=)|<style|\son\w+=")
            self.assertNotIn(b"C</", body)
        for path in ("/nothing", "/assets/../index.html", "/assets/%2e%2e/index.html",
                     "/../../etc/passwd", "/source", "/run/catalog.sqlite"):
            with self.subTest(path):
                self.assertEqual(self.server.get(path)[0].status, 404)

    def test_only_its_own_pages_send_tables(self):
        table = (self.path / "d.csv").read_bytes()
        own = f"127.0.0.1:{self.server.port}"
        for origin, status in ((f"http://{own}", 200), ("http://elsewhere.example", 403),
                               ("null", 403), ("http://127.0.0.1:1", 403)):
            self.assertEqual(self.post(table, headers={"Origin": origin})[0], status, origin)

    def test_classes_are_those_of_predict(self):
        out = self.path / "classes.csv"
        uhuru("predict", self.path / "d.csv", "--model", self.path / "run/model.json", "--out", out,
              "--quiet")
        expected = Table.read(out, format="csv")
        table = (self.path / "d.csv").read_bytes()
        status, body = self.post(table, "?format=csv")
        self.assertEqual((status, body), (200, out.read_bytes()))
        status, body = self.post(gzip.compress(table))
        self.assertEqual(status, 200, body[:300])
        result = json.loads(body)
        self.assertEqual(result["read"], len(expected))
        self.assertEqual({c["value"]: c["count"] for c in result["counts"] if c["count"]},
                         {str(c): int(sum(expected["class_name"] == c))
                          for c in set(expected["class_name"])})
        published = json.loads(self.post(table, "?model=csc2-published")[1])
        self.assertNotEqual(published["counts"], result["counts"])

    def test_tables_that_are_none(self):
        bomb = gzip.compress(b"hard_hm,hard_hs\n" + b"1,2\n" * (60 << 20), 9)
        laughs = (b"<?xml version='1.0'?><!DOCTYPE v [<!ENTITY a '" + b"a" * 1000 + b"'>" + b"".join(
            b"<!ENTITY %c '%s'>" % (98 + i, b"&%c;" % (97 + i) * 50) for i in range(8)) +
            b"]><VOTABLE><RESOURCE><TABLE><DESCRIPTION>&i;</DESCRIPTION></TABLE></RESOURCE></VOTABLE>")
        outside = (b"<?xml version='1.0'?><!DOCTYPE v [<!ENTITY p SYSTEM 'file:///etc/passwd'>]>"
                   b"<VOTABLE><RESOURCE><TABLE><DESCRIPTION>&p;</DESCRIPTION></TABLE></RESOURCE></VOTABLE>")
        random = os.urandom(1 << 20)
        for body in (b"", b"\x89PNG\r\n\x1a\n" + random, b"<html><script>1</script></html>", random,
                     b"SIMPLE  =                    T" + b" " * 20000, b"a,b\n1,2\n", b"hard_hm\n1\n2,3\n",
                     laughs, outside, gzip.compress(random)[:-9]):
            status, answer = self.post(body)
            self.assertEqual(status, 400, body[:40])
            self.assertNotIn(b"root:", answer)
            self.assertGreater(len(json.loads(answer)["error"]["message"]), 5)
        status, answer = self.post(bomb, timeout=120)  # 240 MB, 60 million rows
        self.assertEqual(status, 400, answer[:300])
        self.assertLess(self.resident(), 600)
        self.assertEqual(self.post(b"x" * ((64 << 20) + 1))[0], 413)

    def test_fifty_uploads_at_once(self):
        table = (self.path / "d.csv").read_bytes()
        large = table + table.split(b"\n", 1)[1] * 9  # some 20 MB
        status, expected = self.post(large, "?format=csv", timeout=200)
        self.assertEqual(status, 200)
        slowest = 0
        done = threading.Event()

        def look():
            nonlocal slowest
            while not done.is_set():
                start = time.monotonic()
                self.assertEqual(self.server.get("/api/source?id=7")[0].status, 200)
                slowest = max(slowest, time.monotonic() - start)
                time.sleep(0.02)

        looking = threading.Thread(target=look)
        looking.start()
        # One that breaks off, and one that stalls.
        for rest in (True, False):
            half = socket.create_connection(("127.0.0.1", self.server.port))
            half.sendall(b"POST /api/classify HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: "
                         b"5000000\r\n\r\n" + table[:100000])
            if rest:
                half.close()
            else:
                self.addCleanup(half.close)
        with concurrent.futures.ThreadPoolExecutor(50) as clients:
            answers = list(clients.map(lambda _: self.post(large, "?format=csv", timeout=200),
                                       range(50)))
        done.set()
        looking.join()
        statuses = [status for status, _ in answers]
        self.assertLessEqual(set(statuses), {200, 503})
        self.assertGreaterEqual(statuses.count(200), 10)
        self.assertTrue(all(body == expected for status, body in answers if status == 200))
        self.assertLess(slowest, 2)
        self.assertLess(self.resident(), 600)
        kept = [place for place in pathlib.Path("/tmp").glob(f"uhuru-{socket.gethostname()}-*/*.csv")
                if place.name.startswith(("classes.", "sources."))]
        self.assertEqual(kept, [])


if __name__ == "__main__":
    unittest.main()
