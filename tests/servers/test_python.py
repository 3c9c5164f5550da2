"""The Python package with services: the session of docs/python.md, word for word; fetches; errors."""

import ast
import functools
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest
import warnings

import numpy as np

import emulators
import resources
from support import ROOT, FaultTest, needs_data
from test_dachs import URL, DachsTest
from test_xmatch import positions_and_objects

try:
    import uhuru
except ImportError:  # built without the package
    uhuru = None


def session():
    """The code of the documentation's session."""
    text = (ROOT / "docs/python.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    return next(block for block in blocks if "import pickle, pyvo, uhuru" in block)


def run_cells(code, names):
    """Runs the code as a notebook would: what an expression gives is displayed."""
    displays = []
    for statement in ast.parse(code).body:
        if isinstance(statement, ast.Expr):
            value = eval(compile(ast.Expression(statement.value), "session", "eval"), names)
            show = getattr(value, "_repr_html_", None)
            displays.append(show() if show else repr(value))
        else:
            exec(compile(ast.Module([statement], []), "session", "exec"), names)
    return displays


@unittest.skipUnless(uhuru, "the Python package was not built")
class SessionTest(DachsTest):
    def setUp(self):
        super().setUp()
        self.before = os.getcwd()
        os.chdir(self.folder)
        self.addCleanup(os.chdir, self.before)
        self.fetches = {name: getattr(uhuru, name) for name in ("fetch_csc", "fetch_simbad")}
        for name, fetch in self.fetches.items():
            setattr(uhuru, name, functools.partial(fetch, services=self.services))
            self.addCleanup(setattr, uhuru, name, fetch)

    def test_session(self):
        shutil.copy(resources.DATA / "csc2_detections.vot", "csc21.vot")
        names = {}
        displays = run_cells(session(), names)
        self.assertTrue(all(displays))
        self.assertEqual(names["X"].shape, (len(names["det"]), 12))
        self.assertGreater((~names["y"].mask).sum(), 500)
        self.assertIn("QSO", list(names["clf"].classes_))
        self.assertGreater(len(names["sources"]), 1000)
        self.assertGreater(names["q"].evaluation()["accuracy"]["value"], 0.5)
        self.assertTrue(pathlib.Path("result/catalog.sqlite").is_file())
        self.assertFalse(names["s"].running)
        # The same with the program.
        self.local("predict", "--model", "model.json", "csc21.vot", "--out", "classes.vot")
        theirs = uhuru.read("classes.vot")
        known = ~np.isnan(np.asarray(theirs["p_qso"]))
        self.assertTrue((np.asarray(theirs["p_qso"])[known] == names["P"][known, 0]).all())

    def test_detections_are_those_of_the_program(self):
        for release in ("2.0", "2.1"):
            self.local("fetch", "csc", "--release", release, "--services", self.services, "--out",
                       f"{release}.vot")
            ours, theirs = uhuru.fetch_csc(release=release), uhuru.read(f"{release}.vot")
            self.assertEqual(ours.colnames, theirs.colnames)
            self.assertGreater(len(ours), 100)
            for name in ours.colnames:
                one, other = (table[name] for table in (ours, theirs))
                masks = [np.asarray(getattr(column, "mask", False)) for column in (one, other)]
                self.assertTrue((masks[0] == masks[1]).all(), name)
                values = [np.asarray(getattr(column, "unmasked", column)) for column in (one, other)]
                self.assertTrue(((values[0] == values[1]) | masks[0]).all(), name)
        some = ours[0]
        cone = uhuru.fetch_csc(cone=(some["ra"], some["dec"], 0.01 * some["ra"].unit), release="2.1")
        self.assertIn(some["name"], list(cone["name"]))
        self.assertLess(len(cone), len(ours))
        with self.assertRaisesRegex(ValueError, "release"):
            uhuru.fetch_csc(release="9.9")


@unittest.skipUnless(uhuru, "the Python package was not built")
class FetchTest(FaultTest):
    def setUp(self):
        super().setUp()
        warnings.simplefilter("ignore")

    def services_of(self, behaviour, **changes):
        url = self.server.tap(behaviour)
        return self.write_services({"simbad.xmatch": url + "/sync", "simbad.tap": url} | changes)

    def test_objects_are_those_of_a_local_cross_match(self):
        positions, objects = positions_and_objects()
        self.server.counterparts = emulators.Counterparts(objects)
        number = [[float(cell or "nan") for cell in row[1:]] for row in positions]
        here = {"ra": np.array(number)[:, 0], "dec": np.array(number)[:, 1]}
        found = uhuru.fetch_simbad(here, 3, service="xmatch", services=self.services_of("xmatch"))
        everything = {name: np.array(column) for name, column in
                      zip(("main_id", "ra", "dec", "main_type"), zip(*sorted(objects)))}
        everything["ra"], everything["dec"] = (everything[name].astype(float) for name in ("ra", "dec"))
        self.assertLess(len(found), len(objects))
        self.assertEqual(len(found), len({(row["main_id"], row["ra"].value) for row in found}))
        for radius in (1, 3):
            ours, theirs = (uhuru.crossmatch(here, table, radius) for table in (found, everything))
            # Of equally near ones, the order of the objects decides; they are the same distance away.
            one, other = (np.where(table["separation_arcsec"].mask, -1,
                                   table["separation_arcsec"].unmasked.value) for table in (ours, theirs))
            self.assertTrue((one == other).all())
            self.assertGreater((one >= 0).sum(), 1000)

    def test_errors(self):
        here = {"ra": [1.0], "dec": [2.0]}
        for behaviour in ("status,500", "garbage"):
            with self.subTest(behaviour), self.assertRaises(uhuru.ServiceError):
                uhuru.fetch_simbad(here, services=self.services_of(behaviour))
        with self.assertRaisesRegex(ValueError, "radius|arcsec"):
            uhuru.fetch_simbad(here, 500, services=self.services_of("xmatch"))

    def test_ctrl_c_ends_the_wait(self):
        services = self.services_of("stall", **{"http.stall_timeout_s": 60})
        code = textwrap.dedent(f"""
            import signal, uhuru
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.alarm(60)
            print("ready", flush=True)
            try:
                uhuru.fetch_simbad({{"ra": [1.0], "dec": [2.0]}}, services={str(services)!r})
            except KeyboardInterrupt:
                print("stopped", flush=True)
        """)
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
            self.assertEqual(process.stdout.readline(), "ready\n")
            time.sleep(1)
            start = time.monotonic()
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.stdout.readline(), "stopped\n")
            self.assertLess(time.monotonic() - start, 10)  # of the 60 that it would wait


del DachsTest, FaultTest  # not to be run again


if __name__ == "__main__":
    unittest.main()
