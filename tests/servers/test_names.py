"""uhuru serve --outside-hosts: names that a fake Sesame knows, and what it may do instead."""

import http.server
import json
import pathlib
import tempfile
import threading
import time
import unittest
import urllib.parse

from serving import Server, simulated_run, uhuru

KNOWN = """<?xml version="1.0" encoding="UTF-8" ?>
<Sesame xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<Target option="SNV"><name>{name}</name>
<Resolver name="S=Simbad (via url)"><otype>AGN</otype><jpos>00:42:44.33 +41:16:07.5</jpos>
<jradeg>10.684708</jradeg><jdedeg>41.268750</jdedeg><oname>M  31</oname></Resolver>
</Target></Sesame>"""
UNKNOWN = """<?xml version="1.0" encoding="UTF-8" ?>
<Sesame><Target option="SNV"><name>x</name><INFO>*** Nothing found ***</INFO></Target></Sesame>"""


class Sesame(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = urllib.parse.unquote(urllib.parse.urlsplit(self.path).query)
        self.server.asked.append(name)
        status, text = 200, KNOWN.replace("{name}", "M31")
        if name == "nobody":
            text = UNKNOWN
        elif name == "busy":
            status, text = 503, "come back later"
        elif name == "page":
            text = "<html><body>Sesame is being maintained</body></html>"
        elif name == "slow":
            self.server.go_on.wait(30)
        try:
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())
        except ConnectionError:
            pass

    def log_message(self, *_):
        pass


class Names(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="uhuru-servers-")
        folder = pathlib.Path(cls.folder.name)
        simulated_run(folder, 2000)
        cls.sesame = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sesame)
        cls.sesame.asked, cls.sesame.go_on = [], threading.Event()
        threading.Thread(target=cls.sesame.serve_forever, daemon=True).start()
        services = uhuru("fetch", "services").replace(
            "https://cds.unistra.fr/cgi-bin/nph-sesame/-ox/SNV?",
            f"http://127.0.0.1:{cls.sesame.server_port}/-ox/SNV?")
        services = services.replace("stall_timeout_s = 300", "stall_timeout_s = 1")
        services = services.replace("first_pause_s = 1 ", "first_pause_s = 0.01 ")
        (folder / "s.toml").write_text(services)
        cls.path = folder
        cls.server = Server(folder / "run", "--outside-hosts", "--services", folder / "s.toml")

    @classmethod
    def tearDownClass(cls):
        cls.sesame.go_on.set()
        code, errors = cls.server.end()
        cls.sesame.shutdown()
        cls.sesame.server_close()
        cls.folder.cleanup()
        assert code == 0 and errors == "", (code, errors)

    def ask(self, name, status=200, headers=None):
        answer, body = self.server.get("/api/resolve?name=" + urllib.parse.quote(name),
                                       headers=headers)
        self.assertEqual(answer.status, status, body)
        return json.loads(body)

    def test_a_name_has_a_position(self):
        self.assertTrue(json.loads(self.server.get("/api/catalog")[1])["outside"])
        expected = {"name": "M  31", "type": "AGN", "resolver": "Simbad",
                    "position": {"ra": 10.684708, "dec": 41.26875}}
        self.assertEqual(self.ask("M 31&x=<1>"), expected)
        self.assertEqual(self.sesame.asked.count("M 31&x=<1>"), 1)
        self.assertEqual(self.ask(" m 31&x=<1> "), expected)
        self.assertEqual(self.sesame.asked.count("M 31&x=<1>"), 1, "it is remembered")
        self.assertNotIn("m 31&x=<1>", self.sesame.asked)

    def test_what_is_not_answered_is_said_plainly(self):
        for name, status, words in (("nobody", 404, "no object has this name"),
                                    ("busy", 502, "busy"), ("page", 502, "invalid answer"),
                                    ("", 400, "invalid parameter")):
            with self.subTest(name):
                error = self.ask(name, status)["error"]
                self.assertIn(words, json.dumps(error))
        begin = time.monotonic()
        self.ask("slow", 502)
        self.assertLess(time.monotonic() - begin, 25)

    def test_pages_of_other_sites_make_it_ask_nobody(self):
        answer, _ = self.server.get("/api/resolve?name=elsewhere",
                                    headers={"Sec-Fetch-Site": "cross-site"})
        self.assertEqual(answer.status, 403)
        self.assertNotIn("elsewhere", self.sesame.asked)

    def test_without_the_option_nobody_is_asked(self):
        server = Server(self.path / "run", "--services", self.path / "s.toml")
        try:
            self.assertFalse(json.loads(server.get("/api/catalog")[1])["outside"])
            answer, body = server.get("/api/resolve?name=quiet")
            self.assertEqual(answer.status, 404)
            self.assertIn("--outside-hosts", json.loads(body)["error"]["expected"])
            server.get("/api/search?q=quiet")
            self.assertNotIn("quiet", self.sesame.asked)
        finally:
            server.end()


if __name__ == "__main__":
    unittest.main()
