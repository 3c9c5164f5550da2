"""A catalog published by DaCHS from what uhuru export dachs writes: with pyvo and stilts, compared
with the catalog itself. See tests/servers/dachs."""

import html.parser
import json
import math
import os
import pathlib
import re
import sqlite3
import subprocess
import tempfile
import unittest
import warnings

import numpy as np
import pymoc
import pyvo
from astropy.coordinates import SkyCoord
from astropy.table import Table

from serving import Server, simulated_run, stilts, uhuru

URL = os.environ.get("DACHS_URL")
COMMAND = os.environ.get("DACHS_COMMAND")
ROOT = pathlib.Path(os.environ.get("DACHS_ROOT", ""))
SCHEMA = "xray_classes"


def dachs(*arguments):
    done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"dachs {arguments}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def plain(cell):
    """A cell of any table for comparisons; missing is None."""
    if cell is None or cell is np.ma.masked or isinstance(cell, float) and math.isnan(cell):
        return None
    if isinstance(cell, (str, np.str_)):
        return str(cell) or None
    return cell.item() if isinstance(cell, np.generic) else cell


def rows_of(table):
    """Rows of astropy's table as tuples, in the order of their texts."""
    return sorted((tuple(plain(cell) for cell in row) for row in table), key=str)


def complaints():
    """What taplint finds, wherever it does."""
    said = stilts("taplint", f"tapurl={URL}", "report=EWF", "maxrepeat=10000",
                  "stages=TMV TME TMS TMC CAP MDQ EXA")
    return set(re.findall(r"(?m)^([EWF])-\w+-(\w+)-\d+ (?:\(l\.\d+, c\.\d+\): )?(.*)$", said))


class Queries(html.parser.HTMLParser):
    """The queries in a document of examples."""

    def __init__(self):
        super().__init__()
        self.texts, self.inside = [], False

    def handle_starttag(self, tag, attributes):
        if dict(attributes).get("property") == "query":
            self.inside = True
            self.texts.append("")

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.texts[-1] += data


@unittest.skipUnless(COMMAND, "no DaCHS of ours: see tests/servers/dachs")
class ExportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        warnings.simplefilter("ignore")
        cls.folder = tempfile.TemporaryDirectory(prefix="uhuru-servers-")
        run = simulated_run(pathlib.Path(cls.folder.name), 3000)
        cls.before = complaints()
        uhuru("export", "dachs", run, "--schema", SCHEMA, "--title", "Simulated \\classes{x}",
              "--creator", "Last, F.; Next, G.", "--out", ROOT / "inputs" / SCHEMA)
        dachs("imp", f"{SCHEMA}/q")
        (ROOT / "etc/userconfig.rd").write_text(
            '<resource schema="dc"><STREAM id="tapexamples">'
            f'<FEED source="{SCHEMA}/q#tapexamples"/></STREAM></resource>')
        dachs("serve", "expire", "//tap")
        cls.tap = pyvo.dal.TAPService(URL)
        cls.catalog = sqlite3.connect(f"file:{run}/catalog.sqlite?mode=ro", uri=True)
        name, ra, dec = (cls.catalog.execute(f"SELECT {c} FROM sources ORDER BY id").fetchall()
                         for c in ["name", "ra", "dec"])
        cls.names = np.array([row[0] for row in name])
        cls.sky = SkyCoord([row[0] for row in ra], [row[0] for row in dec], unit="deg")

    @classmethod
    def tearDownClass(cls):
        cls.catalog.close()
        cls.folder.cleanup()

    def ask(self, query, **options):
        return self.tap.run_sync(query, maxrec=100000, **options).to_table()

    def test_rows_are_those_of_the_catalog(self):
        for table in ["sources", "detections"]:
            columns = [row[0] for row in self.catalog.execute(
                "SELECT column_name FROM columns WHERE table_name = ? ORDER BY position", [table])]
            quoted = ", ".join(f'"{column}"' for column in columns)
            expected = sorted(self.catalog.execute(f"SELECT {quoted} FROM {table}"), key=str)
            found = rows_of(self.ask(f"SELECT * FROM {SCHEMA}.{table}"))
            self.assertEqual(len(found), len(expected))
            self.assertGreater(len(found), 1000)
            self.assertEqual(found, expected)
            self.assertTrue(any(None in row for row in found))

    def test_columns_say_what_they_are(self):
        for table in ["sources", "detections"]:
            expected = self.catalog.execute(
                "SELECT unit, ucd, description FROM columns WHERE table_name = ? ORDER BY position",
                [table]).fetchall()
            found = self.ask("SELECT column_name, unit, ucd, description, indexed FROM"
                             f" tap_schema.columns WHERE table_name = '{SCHEMA}.{table}'"
                             " ORDER BY column_index")
            self.assertEqual(len(found), len(expected))
            for row, (unit, ucd, description) in zip(found, expected):
                self.assertEqual((plain(row["unit"]), plain(row["ucd"])), (unit, ucd))
                self.assertTrue(row["description"].startswith(description), row)
            indexed = set(found["column_name"][found["indexed"] == 1])
            self.assertLessEqual({"name", "ra", "dec"}, indexed)
        keys = self.ask("SELECT from_table, target_table FROM tap_schema.keys"
                        f" WHERE from_table = '{SCHEMA}.detections'")
        self.assertEqual(rows_of(keys), [(f"{SCHEMA}.detections", f"{SCHEMA}.sources")])

    def test_cones(self):
        service = pyvo.dal.SCSService(URL.removesuffix("/tap") + f"/{SCHEMA}/q/cone/scs.xml?")
        for place, radius in [(self.sky[5], 0.01), (self.sky[99], 3), (SkyCoord(0, 90, unit="deg"), 9),
                              (SkyCoord(0, 0, unit="deg"), 20)]:
            ra, dec = float(place.ra.deg), float(place.dec.deg)
            expected = sorted(self.names[self.sky.separation(place).deg <= radius])
            found = self.ask(f"SELECT name FROM {SCHEMA}.sources WHERE 1 = CONTAINS("
                             f"POINT('ICRS', ra, dec), CIRCLE('ICRS', {ra!r}, {dec!r}, {radius}))")
            self.assertEqual(sorted(found["name"]), expected)
            answer = service.search((ra, dec), radius, verbosity=3).to_table()
            self.assertEqual(sorted(answer["name"]), expected)
            self.assertGreater(len(expected), 0)
            self.assertTrue(all(answer["_r"] <= radius))

    def test_uploads_are_joined(self):
        mine = Table({"n": np.arange(50), "lon": self.sky.ra.deg[:50] + 0.0001,
                      "lat": self.sky.dec.deg[:50]})
        found = self.ask(
            f"SELECT m.n, s.name FROM tap_upload.mine AS m JOIN {SCHEMA}.sources AS s ON 1 ="
            " CONTAINS(POINT('ICRS', s.ra, s.dec), CIRCLE('ICRS', m.lon, m.lat, 0.002))",
            uploads={"mine": mine})
        near, source, *_ = self.sky.search_around_sky(
            SkyCoord(mine["lon"], mine["lat"], unit="deg"), 0.002 * self.sky.ra.unit)
        self.assertEqual(rows_of(found), sorted(
            ((int(i), str(self.names[j])) for i, j in zip(near, source)), key=str))
        self.assertGreaterEqual(len(found), 50)

    def test_stilts_matches_by_cones(self):
        path = pathlib.Path(self.folder.name) / "mine.csv"
        Table({"lon": self.sky.ra.deg[:5], "lat": self.sky.dec.deg[:5],
               "mine": self.names[:5]}).write(path, format="csv", overwrite=True)
        service = URL.removesuffix("/tap") + f"/{SCHEMA}/q/cone/scs.xml?"
        found = path.with_name("found.csv")
        stilts("coneskymatch", f"in={path}", "ifmt=csv", "ra=lon", "dec=lat", "sr=0.0001",
               "find=best", f"serviceurl={service}", "ofmt=csv", f"out={found}")
        table = Table.read(found, format="csv")
        self.assertEqual(list(table["mine"]), list(table["name"]))
        self.assertEqual(len(table), 5)

    def test_examples_can_be_asked(self):
        parser = Queries()
        parser.feed(subprocess.check_output(["curl", "--silent", "--fail", f"{URL}/examples"],
                                            text=True))
        self.assertEqual(len(parser.texts), 3)
        for query in parser.texts:
            self.assertIn(SCHEMA, query)
            self.assertGreater(len(self.ask(query)), 0, query)

    def test_taplint_finds_nothing_new(self):
        self.assertGreater(len(self.before), 3)
        self.assertEqual(complaints() - self.before, set())

    def test_titles_are_no_macros(self):
        document = subprocess.check_output(
            ["curl", "--silent", "--fail", f"{URL.removesuffix('/tap')}/{SCHEMA}/q/cone/info"],
            text=True)
        self.assertIn("Simulated \\classes{x}", document)
        self.assertIn("Next, G.", document)


class CoverageTest(unittest.TestCase):
    def test_map_is_read_by_others(self):
        with tempfile.TemporaryDirectory(prefix="uhuru-servers-") as folder:
            run = simulated_run(pathlib.Path(folder), 2000)
            maps = []
            for ending, kind in [("fits", "fits"), ("txt", "ascii"), ("json", "json")]:
                path = pathlib.Path(folder) / f"map.{ending}"
                uhuru("export", "moc", run, "--out", path, "--order", 7)
                maps.append(pymoc.MOC(filename=str(path), filetype=kind).flattened(7))
            self.assertEqual(maps[0], maps[1])
            self.assertEqual(maps[0], maps[2])
            server = Server(run)
            served = json.loads(server.get("/api/moc?order=7")[1])
            self.assertEqual(server.end(), (0, ""))
            flat = {pixel * 4 ** (7 - int(order)) + part for order, pixels in served.items()
                    for pixel in pixels for part in range(4 ** (7 - int(order)))}
            self.assertEqual(maps[0], flat)
            self.assertGreater(len(flat), 100)


if __name__ == "__main__":
    unittest.main()
