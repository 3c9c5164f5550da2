"""Shared by the tests with servers: the program, services files, scratch folders, real data."""

import csv
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import resources
from fault_server import FaultServer

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("UHURU", str(ROOT / "build/release/uhuru"))
SECRETS = ["planted-name", "planted-password"]

needs_data = unittest.skipUnless(resources.DATA.is_dir(), "../shared/data is absent")

# Settings that make a test quick.
QUICK = {"http.requests_per_second": 1000, "http.connect_timeout_s": 2, "http.stall_timeout_s": 1,
         "http.longest_answer_s": 20, "http.retries": 2, "http.first_pause_s": 0.05,
         "http.longest_pause_s": 3, "http.largest_answer_mib": 32, "tap.longest_job_s": 2}


def services_text(changes):
    """The built-in services file with other values: {"section.key": value}."""
    changes, section, lines = dict(changes), "", []
    for line in subprocess.check_output([PROGRAM, "fetch", "services"], text=True).splitlines():
        if header := re.fullmatch(r"\[(.*)\]", line):
            section = header[1].replace('"', "")
        if assignment := re.match(r"(\w+) = ", line):
            key = f"{section}.{assignment[1]}"
            if key in changes:
                line = f"{assignment[1]} = {json.dumps(changes.pop(key))}"
        lines.append(line)
    assert not changes, f"not in the services file: {changes}"
    return "\n".join(lines) + "\n"


def csc(tap):
    """Both releases at this address."""
    return {"csc.releases.2.0.tap": tap, "csc.releases.2.1.tap": tap}


def rows_of(path):
    """Header and rows of a CSV table, as text."""
    with open(path, newline="") as file:
        return list(csv.reader(file))


class ServerTest(unittest.TestCase):
    """Runs the program in a separate folder, with a home that contains planted names and passwords."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="uhuru-servers-")
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.temporary, home = self.folder / "temporary", self.folder / "home"
        self.temporary.mkdir()
        home.mkdir()
        login = f"login {SECRETS[0]} password {SECRETS[1]}"
        (home / ".netrc").write_text(f"machine 127.0.0.1 {login}\nmachine localhost {login}\n"
                                     f"default {login}\n")
        (home / ".netrc").chmod(0o600)
        (home / ".curlrc").write_text(f"user = {':'.join(SECRETS)}\n")
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.lower().endswith("_proxy")}
        self.environment |= {"HOME": str(home), "TMPDIR": str(self.temporary), "TZ": "Asia/Tokyo"}
        self.services = self.write_services({})

    def write_services(self, changes, name="services.toml"):
        """A services file with quick settings, except for these changes."""
        path = self.folder / name
        path.write_text(services_text(QUICK | changes))
        return path

    def run_program(self, *arguments, code=0, limit_s=20, services=None):
        """Runs it; returns its standard output and standard error. It must end in time with this
        exit code, and leave no temporary files."""
        services = ["--services", services or self.services]
        command = [PROGRAM, *map(str, [*arguments, *services])]
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit_s,
                              env=self.environment, cwd=self.folder)
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, code, f"{' '.join(command)}\n{said}")
        self.assertEqual(list(self.temporary.iterdir()), [])
        return said

    def local(self, *arguments):
        """Runs a command that uses no service."""
        subprocess.run([PROGRAM, *map(str, arguments), "--quiet"], check=True, cwd=self.folder)

    def assert_nothing_secret(self, requests):
        """Requests contain nothing that was planted, and no header for credentials."""
        for request in requests:
            self.assertFalse({"authorization", "proxy-authorization", "cookie"}
                             & set(request.headers), request)
            self.assertRegex(request.headers.get("user-agent", ""), r"^uhuru/\d")
            for secret in SECRETS:
                self.assertNotIn(secret, request.path + str(request.headers))
                self.assertNotIn(secret.encode(), request.body)


class FaultTest(ServerTest):
    """With a failing server; nothing secret is ever sent to it."""

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(FaultServer())

    def setUp(self):
        super().setUp()
        self.server.reset()

    def tearDown(self):
        self.assert_nothing_secret(self.server.requests)
        self.assertEqual(self.server.bugs, [])
