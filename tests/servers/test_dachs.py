"""Fetching from DaCHS, an independent TAP service with the tables of resources.py; with pyvo and
stilts as peers. DACHS_URL is its address: see tests/servers/dachs."""

import csv
import io
import math
import os
import subprocess
import unittest
import warnings
import xml.etree.ElementTree as ElementTree

import numpy as np
import pyvo

import resources
from emulators import separation_arcsec
from support import ServerTest, csc, needs_data, rows_of

URL = os.environ.get("DACHS_URL")


def number(cell):
    """A cell for comparisons: its exact value, or the text."""
    try:
        return float(cell)
    except ValueError:
        return cell


def records(path):
    """The rows of a CSV table as dictionaries of values."""
    header, *rows = rows_of(path)
    return [dict(zip(header, map(number, row))) for row in rows]


def from_peer(table):
    """Rows of astropy's table as tuples; missing is an empty text, as in `number`."""
    def plain(cell):
        if cell is np.ma.masked or isinstance(cell, float) and math.isnan(cell):
            return ""
        if isinstance(cell, np.bool_):
            return str(bool(cell)).lower()
        return cell if isinstance(cell, str) else float(cell)
    return sorted((tuple(plain(cell) for cell in row) for row in table), key=str)


@unittest.skipUnless(URL, "no DaCHS: see tests/servers/dachs")
@needs_data
class DachsTest(ServerTest):
    def setUp(self):
        super().setUp()
        warnings.simplefilter("ignore")
        self.services = self.write_services({})
        self.peer = pyvo.dal.TAPService(URL)

    def write_services(self, changes, name="services.toml"):
        return super().write_services(
            csc(URL) | {"simbad.tap": URL, "csc.first_slices": 4, "http.stall_timeout_s": 20,
                        "tap.longest_job_s": 60} | changes, name)

    def fetch_tap(self, query, *options, out="out.csv", **how):
        return self.run_program("fetch", "tap", URL, query, "--out", out, "--overwrite", *options,
                                limit_s=60, **how)

    def write_csv(self, name, rows):
        with open(self.folder / name, "w", newline="") as file:
            csv.writer(file).writerows(rows)

    def jobs(self):
        """The jobs stored by the service."""
        answer = subprocess.check_output(["curl", "--silent", "--fail", f"{URL}/async"])
        return [job.get("id") for job in ElementTree.fromstring(answer)]


class QueryTest(DachsTest):
    def test_values_are_the_same_to_the_last_bit(self):
        simbad = resources.simbad()
        for table in [*resources.catalog("csc21"), *simbad]:
            schema = "" if table in simbad else "csc21."
            by_jobs = table.name in ["observation_source", "basic"]
            expected = sorted((list(map(number, row)) for row in table.rows), key=str)
            for options in [[], ["--async"]] if by_jobs else [[]]:
                self.fetch_tap(f"SELECT * FROM {schema}{table.name}", "--maxrec", 100000, *options)
                header, *rows = rows_of(self.folder / "out.csv")
                self.assertEqual(header, table.names)
                self.assertEqual(sorted((list(map(number, row)) for row in rows), key=str),
                                 expected)

    def test_fields(self):
        self.fetch_tap("SELECT * FROM csc2.observation_source", out="out.vot")
        fields = [e for e in ElementTree.parse(self.folder / "out.vot").iter()
                  if e.tag.endswith("FIELD")]
        columns = resources.catalog("csc2")[4].columns
        for field, column in zip(fields, columns, strict=True):
            self.assertEqual((field.get("name"), field.get("unit", ""), field.get("ucd", "")),
                             (column.name, column.unit, column.ucd))

    def test_pyvo(self):
        query = ("SELECT name, ra, extent_flag, var_index_b, hard_hm, o.obsid"
                 " FROM csc21.master_source AS m JOIN csc21.stack_observation_assoc AS b"
                 " ON m.significance > 20 AND b.region_id = 7 JOIN csc21.observation_source AS o"
                 " ON o.obsid = b.obsid AND o.region_id = b.region_id")
        expected = from_peer(self.peer.run_sync(query).to_table())
        self.assertGreater(len(expected), 100)
        for options in [[], ["--async"]]:
            self.fetch_tap(query, *options)
            rows = [tuple(map(number, row)) for row in rows_of(self.folder / "out.csv")[1:]]
            self.assertEqual(sorted(rows, key=str), expected)

    def test_uploads(self):
        rows = [[i, repr(i * 1.1), "" if i % 3 else repr(1 / (i + 1)), f"name {i}"]
                for i in range(1000)]
        self.write_csv("mine.csv", [["n", "x", "y", "word"], *rows])
        query = "SELECT n, x, y, word, x + n AS s FROM TAP_UPLOAD.mine WHERE n < 900"
        expected = [[float(i), i * 1.1, "" if i % 3 else 1 / (i + 1), f"name {i}", i * 1.1 + i]
                    for i in range(900)]
        for options in [[], ["--async"]]:
            self.fetch_tap(query, "--upload", "mine=mine.csv", *options)
            found = [list(map(number, row)) for row in rows_of(self.folder / "out.csv")[1:]]
            self.assertEqual(sorted(found), expected)
        stilts = subprocess.check_output(
            ["stilts", "tapquery", f"tapurl={URL}", f"adql={query}", "nupload=1",
             "upload1=mine.csv", "upname1=mine", "ufmt1=csv", "ofmt=csv"], cwd=self.folder,
            text=True, stderr=subprocess.PIPE)
        theirs = [list(map(number, row)) for row in list(csv.reader(io.StringIO(stilts)))[1:]]
        self.assertEqual(sorted(theirs), expected)

    def test_errors(self):
        for query, cause in [("SELECT * FROM nosuch", "nosuch"),
                             ("SELECT nosuch FROM basic", "nosuch"),
                             ("SELEC * FROM basic", "parse"),
                             ("SELECT 1/(oid - oid) FROM basic", "(?i)division")]:
            for options in [[], ["--async"]]:
                said = self.fetch_tap(query, *options, code=3)
                self.assertRegex(said, cause)
                self.assertIn(URL.split("/")[2], said)
        self.assertFalse((self.folder / "out.csv").exists())
        said = self.fetch_tap("SELECT * FROM basic", "--upload", "t=mine.csv", code=1)
        self.assertIn("mine.csv", said)

    def test_limits_of_rows(self):
        self.fetch_tap("SELECT * FROM basic", "--maxrec", 100)
        self.assertEqual(len(rows_of(self.folder / "out.csv")), 101)
        # More than the service returns by default.
        query = "SELECT a.oid FROM basic AS a JOIN basic AS b ON a.oid < 4"
        said = self.fetch_tap(query, code=3)
        self.assertRegex(said, "20,000 rows and OVERFLOW")
        self.fetch_tap(query, "--maxrec", 50000)
        self.assertGreater(len(rows_of(self.folder / "out.csv")), 20001)

    def test_too_large_an_upload(self):
        """A synchronous query is limited to 500 kB here; the service's hint is shown."""
        self.write_csv("large.csv", [["x"], *([repr(math.sqrt(i))] for i in range(30000))])
        said = self.fetch_tap("SELECT * FROM TAP_UPLOAD.large", "--upload", "large=large.csv",
                              code=3)
        self.assertRegex(said, "bytes of upload|async")
        self.fetch_tap("SELECT * FROM TAP_UPLOAD.large", "--upload", "large=large.csv", "--async",
                       "--maxrec", 50000)
        self.assertEqual(len(rows_of(self.folder / "out.csv")), 30001)

    def test_jobs_are_deleted(self):
        before = self.jobs()
        self.fetch_tap("SELECT TOP 3 * FROM basic", "--async")
        self.fetch_tap("SELECT nosuch FROM basic", "--async", code=3)
        self.assertEqual(self.jobs(), before)


class ChandraTest(DachsTest):
    def fetch(self, *options, out="csc.csv", **how):
        return self.run_program("fetch", "csc", "--out", out, "--overwrite", *options, limit_s=90,
                                **how)

    def expected(self, release, kept=lambda cells: True, all_rows=False):
        """The detections of a release, in order."""
        rows = resources.release_detections(release) if all_rows else resources.selected(release)
        resources.catalog(release)  # the numbers of the regions
        numbers = {}
        for cells in resources.release_detections(release):
            numbers.setdefault(cells["name"], len(numbers) + 1)
        result = [cells | {"region_id": str(numbers[cells["name"]]),
                           "match_type": resources.match_type(numbers[cells["name"]])}
                  for cells in rows if kept(cells)]
        return sorted(result, key=lambda c: (float(c["ra"]), c["name"], int(c["obsid"]),
                                             int(c["obi"])))

    def assert_is(self, expected, path="csc.csv"):
        """The table has these detections, in this order, in all of its columns."""
        header, *rows = rows_of(self.folder / path)
        self.assertEqual([[number(c) for c in row] for row in rows],
                         [[number(cells[name]) for name in header] for cells in expected])
        self.assertGreater(len(expected), 0)

    def test_releases(self):
        first = {}
        for name, release in [("2.0", "csc2"), ("2.1", "csc21"), ("current", "csc21")]:
            said = self.fetch("--release", name)
            self.assertIn(f"release {'2.1' if name == 'current' else name}", said)
            self.assert_is(self.expected(release))
            first[name] = (self.folder / "csc.csv").read_bytes()
        self.assertEqual(first["current"], first["2.1"])
        self.assertNotEqual(first["2.0"], first["2.1"])
        self.fetch("--release", "1.1", code=2)

    def test_slices_do_not_show(self):
        """With any number of slices, halved or not, and with jobs: the same bytes."""
        results = {}
        for name, changes, options in [
                ("one", {"csc.first_slices": 1}, []),
                ("many", {"csc.first_slices": 8}, []),
                ("halved", {"csc.first_slices": 1, "csc.rows_per_query": 1000}, []),
                ("jobs", {"csc.first_slices": 2}, ["--async"])]:
            services = self.write_services(changes, "slices.toml")  # outputs say its name
            said = self.fetch(*options, services=services, out="csc.vot")
            results[name] = (self.folder / "csc.vot").read_bytes()
            if name == "halved":
                self.assertRegex(said, r"queries \d\d")
        self.assertEqual(len(set(results.values())), 1)

    def test_where_and_columns(self):
        self.fetch("--where", "o.theta < 3 OR m.significance > 100")
        self.assert_is(self.expected(
            "csc21", lambda c: float(c["theta"]) < 3 or float(c["significance"]) > 100))
        self.fetch("--columns", "theta,var_index_b,m.extent_flag,hard_hm")
        self.assertEqual(set(rows_of(self.folder / "csc.csv")[0]),
                         {"name", "obsid", "obi", "ra", "dec", "theta", "var_index_b",
                          "extent_flag", "hard_hm"})
        self.assert_is(self.expected("csc21"))
        self.fetch("--all")
        self.assert_is(self.expected("csc21", all_rows=True))
        self.fetch("--where", "m.ra < 0")
        self.assertEqual(len(rows_of(self.folder / "csc.csv")), 1)

    def test_cones(self):
        some = self.expected("csc21")
        for ra, dec, radius in [(0, 0, 20), (359.9, -30, 15), (180, 89.9, 30), (150, 2, 3),
                                (10, -90, 45), (some[99]["ra"], some[99]["dec"], 0), (5, 5, 180)]:
            ra, dec = float(ra), float(dec)
            with self.subTest(ra=ra, dec=dec, radius=radius):
                self.fetch("--cone", ra, dec, radius)
                self.assert_is(self.expected("csc21", lambda c: separation_arcsec(
                    ra, dec, float(c["ra"]), float(c["dec"])) <= radius * 3600))

    def test_errors(self):
        self.assertIn("nosuch", self.fetch("--columns", "nosuch", code=3))
        self.assertIn("nosuch", self.fetch("--where", "o.nosuch > 3", code=3))
        self.fetch("--cone", 1, 2, 200, code=2)
        self.assertFalse((self.folder / "csc.csv").exists())


class SimbadTest(DachsTest):
    def write_inputs(self, rows, seed=1):
        """Positions: near objects, at them, elsewhere, missing, some repeated; and the objects as a
        table for a local cross-match."""
        rng = np.random.default_rng(seed)
        objects = [o for o in resources.simbad_objects() if o[1]]
        place = [objects[i] for i in rng.integers(0, len(objects), rows)]
        ra, dec = (np.array([float(o[i]) for o in place]) for i in [1, 2])
        kind = rng.integers(0, 4, rows)
        offset = np.where(kind == 0, 0, rng.normal(size=(2, rows)) * 0.6 / 3600)
        dec = np.clip(dec + offset[0], -90, 90)
        ra = (ra + offset[1] / np.cos(np.radians(dec))) % 360
        ra = np.where(kind == 3, rng.uniform(0, 360, rows), ra)
        table = [[i, repr(float(ra[i])), repr(float(dec[i]))] for i in range(rows)]
        for i in range(0, rows, 50):
            table[i][1] = ""
        for i in range(1, rows, 40):
            table[i][1:] = table[i - 1][1:]
        self.write_csv("positions.csv", [["row", "ra", "dec"], *table])
        codes = {label: resources.TYPES.get(label, (label, label)) for *_, label in objects}
        self.write_csv("objects.csv", [
            ["main_id", "simbad_ra", "simbad_dec", "otype", "main_type"],
            *([o[0], o[1], o[2], *codes[o[3]]] for o in objects)])

    def assert_like_crossmatch(self, find, radius, out="simbad.csv"):
        """The fetched counterparts equal those of a local cross-match."""
        self.local("crossmatch", "positions.csv", "objects.csv", "--radius", radius, "--find", find,
                   "--right-ra", "simbad_ra", "--right-dec", "simbad_dec", "--out", "local.csv",
                   "--overwrite")
        names = ["row", "ra", "dec", "main_id", "main_type", "otype", "simbad_ra", "simbad_dec",
                 "separation_arcsec"]
        fetched, local = (sorted(([row[name] for name in names] for row in
                                  records(self.folder / path)), key=str)
                          for path in [out, "local.csv"])
        self.assertEqual(fetched, local)
        matched = sum(row[3] != "" for row in fetched)
        self.assertGreater(matched, len(fetched) / 4)
        self.assertLess(matched, len(fetched))

    def fetch(self, *options, out="simbad.csv", **how):
        return self.run_program("fetch", "simbad", "positions.csv", "--out", out, "--overwrite",
                                *options, limit_s=120, **how)

    def test_fifty_thousand_positions(self):
        self.write_inputs(50000)
        said = self.fetch("--async", "--block", 20000)
        self.assertRegex(said, "queries 3")
        self.assert_like_crossmatch("best", 1)

    def test_blocks_and_radii(self):
        self.write_inputs(6000, seed=2)
        for find, radius, block in [("all", 1, 2000), ("best", 0, 2500), ("all", 30, 3000),
                                    ("best", 0.3, 3000)]:
            with self.subTest(find=find, radius=radius):
                self.fetch("--find", find, "--radius", radius, "--block", block)
                if radius:
                    self.assert_like_crossmatch(find, radius)

    def test_block_with_too_many_rows_is_halved(self):
        self.write_inputs(3000, seed=3)
        services = self.write_services({"simbad.rows_per_query": 500}, "few.toml")
        self.fetch("--find", "all", "--radius", 2, services=services)
        self.assert_like_crossmatch("all", 2)

    def test_detections_of_the_catalog(self):
        """Fetched and matched, against the table of types and separations by name."""
        self.run_program("fetch", "csc", "--out", "csc.vot", limit_s=60)
        self.run_program("fetch", "simbad", "csc.vot", "--out", "simbad.csv", limit_s=60)
        by_name = {row["name"]: row for row in
                   resources.read_csv(resources.DATA / "simbad_types_by_name.csv")}
        label = {code_and_label[1]: old for old, code_and_label in resources.TYPES.items()}
        rows = records(self.folder / "simbad.csv")
        self.assertEqual(len(rows), len(resources.selected("csc21")))
        compared = 0
        for row in rows:
            known = by_name.get(row["name"])
            if row["main_id"] != "[PD24] " + row["name"][6:] or \
                    abs(float(known["ra"]) - row["ra"]) > 1e-9:
                continue  # another object is nearer; or the position differs there
            self.assertEqual(label.get(row["main_type"], row["main_type"]), known["main_type"])
            self.assertAlmostEqual(row["separation_arcsec"], float(known["separation_arcsec"]),
                                   delta=1e-6)
            compared += 1
        self.assertGreater(compared, 300)


class LiveTest(DachsTest):
    TABLES = ["detection_level_classification.csv", "uniquely_classified.csv",
              "ambiguous_classification.csv", "clusters.csv"]

    def write_files(self, release):
        """The same rows as files, from the tables and not from the service."""
        rows = sorted(resources.selected(release), key=lambda c: (
            float(c["ra"]), c["name"], int(c["obsid"]), int(c["obi"])))
        names = ["name", "obsid", "obi", "ra", "dec", "flux_significance_b",
                 *(c.name for c in resources.OF_DETECTION)]
        self.write_csv("detections.csv", [names, *([c[n] for n in names] for c in rows)])
        self.write_csv("labels.csv", [["main_id", "ra", "dec", "main_type"],
                                      *resources.simbad_objects()])

    def assert_same_tables(self, one, other):
        for table in self.TABLES:
            self.assertEqual((self.folder / one / table).read_bytes(),
                             (self.folder / other / table).read_bytes(), table)

    def test_like_a_run_on_files(self):
        for release, name in [("2.0", "csc2"), ("2.1", "csc21")]:
            self.run_program("run", "--live", "--release", release, "--out", f"live{release}",
                             limit_s=90)
            self.write_files(name)
            self.local("run", "--detections", "detections.csv", "--labels", "labels.csv", "--out",
                       f"files{release}")
            self.assert_same_tables(f"live{release}", f"files{release}")
            # And on what it fetched.
            live = self.folder / f"live{release}"
            self.local("run", "--detections", live / "detections.vot", "--labels",
                       live / "counterparts.vot", "--join", "name", "--out", f"again{release}")
            self.assert_same_tables(f"live{release}", f"again{release}")
            self.assertEqual(list(live.glob("*.pieces")), [])

    def test_cone(self):
        self.run_program("run", "--live", "--cone", 180, 10, 60, "--components", 2, "--out",
                         "live", limit_s=90)
        self.local("run", "--detections", "live/detections.vot", "--labels",
                   "live/counterparts.vot", "--join", "name", "--components", 2, "--out", "again")
        self.assert_same_tables("live", "again")


if __name__ == "__main__":
    unittest.main()
