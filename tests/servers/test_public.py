"""uhuru serve behind nginx, with a prefix and https, and open to pages of other origins.

    /usr/bin/python3 -W ignore -m unittest tests/servers/test_public.py
"""

import http.client
import io
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest

import pyvo
from astropy.coordinates import SkyCoord
from astropy.io import votable

from fault_server import closed_port
from serving import Server, simulated_run

NGINX = """
user root;  # if this is root, workers must find the folder
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_max_body_size 64m;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{https} ssl;
    ssl_certificate {folder}/cert.pem;
    ssl_certificate_key {folder}/key.pem;
    # Once as usual, with the prefix removed and Host replaced, and once with both passed on.
    location /xray/ {{ proxy_pass http://127.0.0.1:{port}/; }}
    location /whole/ {{
      rewrite ^/whole/(.*)$ /xray/$1 break;
      proxy_pass http://127.0.0.1:{port};
      proxy_set_header Host $http_host;
    }}
  }}
}}
"""


class BehindNginx(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="uhuru-servers-")
        folder = cls.path = pathlib.Path(cls.folder.name)
        simulated_run(folder, 3000)
        cls.https = closed_port()
        cls.url = f"https://localhost:{cls.https}/xray"
        cls.server = Server(folder / "run", "--public-url", cls.url + "/")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                        "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
                       check=True, capture_output=True)
        (folder / "nginx.conf").write_text(
            NGINX.format(folder=folder, https=cls.https, port=cls.server.port))
        # Debian installs nginx where only root's PATH finds it.
        environment = os.environ | {"PATH": os.environ["PATH"] + ":/usr/sbin"}
        cls.nginx = subprocess.Popen(["nginx", "-p", folder, "-c", folder / "nginx.conf"],
                                     env=environment, stderr=subprocess.PIPE)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", cls.https)) == 0:
                    break
            time.sleep(0.02)

    @classmethod
    def tearDownClass(cls):
        cls.nginx.terminate()
        cls.nginx.communicate()
        assert cls.server.end() == (0, "")
        cls.folder.cleanup()

    def ask(self, path, method="GET", body=None, headers=None, place="/xray"):
        context = ssl.create_default_context(cafile=self.path / "cert.pem")
        connection = http.client.HTTPSConnection("localhost", self.https, context=context,
                                                 timeout=30)
        connection.request(method, place + path, body, headers or {})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer, content

    def test_addresses_are_the_public_ones(self):
        self.assertIn(f"{self.url}/ in a browser", self.server.said)
        self.assertIn(f"{self.url}/scs?RA=", self.server.said)
        for place in ("/xray", "/whole"):
            answer, body = self.ask("/capabilities", place=place)
            self.assertEqual(answer.status, 200)
            capabilities = pyvo.io.vosi.parse_capabilities(io.BytesIO(body))
            addresses = [str(url.content) for capability in capabilities
                         for interface in capability.interfaces for url in interface.accessurls]
            self.assertEqual(sorted(addresses), [f"{self.url}/availability",
                                                 f"{self.url}/capabilities", f"{self.url}/scs?"])
            self.assertEqual(self.ask("/availability", place=place)[0].status, 200)

    def test_pages_know_the_prefix(self):
        for page in ("/", "/properties", "/source/A%20B%2FC", "/images"):
            answer, body = self.ask(page)
            self.assertEqual(answer.status, 200, page)
            self.assertIn(b'<base href="/xray/">', body)
            self.assertNotRegex(body, rb'(src|href)="/(?!xray/)')
            self.assertIn("base-uri 'self'", answer.getheader("Content-Security-Policy"))
        self.assertEqual(self.ask("/assets/playground.js")[0].status, 200)
        self.assertEqual(self.ask("/nothing")[0].status, 404)

    def test_tables_come_from_its_own_pages(self):
        table = (self.path / "d.csv").read_bytes()
        own = self.url.removesuffix("/xray")
        for origin, status in ((own, 200), ("https://localhost", 403),
                               ("https://elsewhere.example", 403), ("null", 403)):
            for place in ("/xray", "/whole"):
                answer, body = self.ask("/api/classify", "POST", table, {"Origin": origin}, place)
                self.assertEqual(answer.status, status, (origin, place, body[:200]))
        self.assertEqual(json.loads(self.ask("/api/classify", "POST", table)[1])["read"], 3000)

    def test_downloads_and_cones(self):
        answer, body = self.ask("/api/download?format=votable&class=YSO")
        self.assertIn("sources.vot", answer.getheader("Content-Disposition"))
        rows = len(votable.parse_single_table(io.BytesIO(body)).array)
        self.assertEqual(rows, json.loads(self.ask("/api/counts?class=YSO")[1])["total"])
        whole = self.ask("/catalog.vot")[1]
        self.assertEqual(whole, self.ask("/catalog.vot", place="/whole")[1])
        for host in ("localhost", "example.org", "[::1"):  # under any host name
            self.assertEqual(self.server.get("/scs?RA=1&DEC=1&SR=1", headers={"Host": host})[0].status,
                             200)
        session = pyvo.utils.http.create_session()
        session.trust_env = False
        session.verify = str(self.path / "cert.pem")
        found = pyvo.dal.SCSService(self.url + "/scs?", session=session).search(
            pos=SkyCoord(0, 0, unit="deg"), radius=180)
        self.assertEqual(len(found), len(votable.parse_single_table(io.BytesIO(whole)).array))


class Open(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="uhuru-servers-")
        cls.path = pathlib.Path(cls.folder.name)
        simulated_run(cls.path, 3000)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def serve(self, *options):
        server = Server(self.path / "run", *options)
        self.addCleanup(lambda: self.assertEqual(server.end(), (0, "")))
        return server

    def origins(self, server, path, method="GET", **headers):
        answer, _ = server.get(path, method, {"Origin": "https://elsewhere.example"} | headers)
        return (answer.status, answer.getheader("Access-Control-Allow-Origin"),
                answer.getheader("Cross-Origin-Resource-Policy"))

    def test_pages_of_other_origins_read_what_is_public(self):
        server = self.serve("--public")
        for path in ("/scs?RA=1&DEC=1&SR=1", "/api/counts", "/api/selection", "/api/openapi.json",
                     "/api/download?format=csv", "/catalog.vot", "/catalog.fits", "/capabilities",
                     "/availability"):
            self.assertEqual(self.origins(server, path), (200, "*", "cross-origin"), path)
        # Errors are readable, too.
        self.assertEqual(self.origins(server, "/api/nothing"), (404, "*", "cross-origin"))
        for path in ("/", "/assets/playground.js", "/source/x"):
            self.assertEqual(self.origins(server, path), (200, None, "same-origin"), path)
        answer, _ = server.get("/api/counts", "OPTIONS",
                               {"Origin": "https://elsewhere.example",
                                "Access-Control-Request-Method": "GET",
                                "Access-Control-Request-Private-Network": "true"})
        self.assertEqual(answer.status, 204)
        self.assertEqual(answer.getheader("Access-Control-Allow-Methods"), "GET, HEAD")
        self.assertEqual(answer.getheader("Access-Control-Allow-Private-Network"), "true")
        # But they may not upload tables or reach the server under another name.
        self.assertEqual(self.origins(server, "/api/classify", "POST")[0], 403)
        self.assertEqual(server.get("/api/counts", headers={"Host": "evil.example"})[0].status, 403)

    def test_nothing_is_public_otherwise(self):
        server = self.serve()
        for path in ("/scs?RA=1&DEC=1&SR=1", "/api/counts", "/catalog.vot", "/"):
            self.assertEqual(self.origins(server, path), (200, None, "same-origin"), path)
        answer, _ = server.get("/api/counts", "OPTIONS", {"Origin": "https://elsewhere.example"})
        self.assertIsNone(answer.getheader("Access-Control-Allow-Origin"))

    def test_a_public_url_must_be_one(self):
        for url in ("example.org", "ftp://example.org/", "https://example.org/?x"):
            with self.assertRaisesRegex(AssertionError, "exit code 2|invalid public URL"):
                Server(self.path / "run", "--public-url", url)


class Failing(unittest.TestCase):
    """The server cannot write its temporary files, or is given a folder for them."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="uhuru-servers-")
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)
        simulated_run(self.path, 3000)
        self.temporary = self.path / "temporary"
        self.temporary.mkdir()

    def serve(self, *arguments):
        os.environ["TMPDIR"], before = str(self.temporary), os.environ.get("TMPDIR")
        try:
            return Server(*arguments)
        finally:
            del os.environ["TMPDIR"]
            if before:
                os.environ["TMPDIR"] = before

    def test_is_not_the_fault_of_the_request(self):
        server = self.serve(self.path / "run")
        try:
            # Files may not grow beyond 30 kB.
            subprocess.run(["prlimit", f"--pid={server.process.pid}", "--fsize=30000"], check=True)
            table = (self.path / "d.csv").read_bytes()
            small = table[:table.rindex(b"\n", 0, 60000) + 1]  # held in memory
            for path, method, body in (("/api/download", "GET", None), ("/catalog.vot", "GET", None),
                                       ("/catalog.fits", "GET", None),
                                       ("/api/download?format=fits", "GET", None),
                                       ("/scs?RA=0&DEC=0&SR=180&VERB=3", "GET", None),
                                       ("/scs?RA=0&DEC=0&SR=180&RESPONSEFORMAT=csv", "GET", None),
                                       ("/api/classify", "POST", table),
                                       ("/api/classify?format=csv", "POST", small)):
                with self.subTest(path):
                    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
                    connection.request(method, path, body)
                    answer = connection.getresponse()
                    content = answer.read().decode()
                    connection.close()
                    self.assertEqual(answer.status, 500, content)
                    self.assertNotIn(str(self.temporary), content)
            self.assertEqual(server.get("/api/counts")[0].status, 200)
            self.assertEqual(list(self.temporary.iterdir()), [])
        finally:
            self.assertEqual(server.end(), (0, ""))

    def test_a_folder_for_temporary_files_is_heeded(self):
        server = self.serve("--threads", "1")
        try:
            self.assertIn("/run", str(next(self.temporary.glob("uhuru-*/run"))))
        finally:
            self.assertEqual(server.end(), (0, ""))
        self.assertEqual(list(self.temporary.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
