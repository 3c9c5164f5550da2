"""uhuru fetch simbad --service xmatch against an emulation of CDS X-Match: the result is that of a
local cross-match."""

import csv
import math
import random
import unittest

import emulators
import votables
from support import FaultTest, rows_of


def positions_and_objects(rows=3000, seed=3):
    """Positions: near objects, at them, elsewhere, at the poles, missing, each repeated."""
    chance = random.Random(seed)
    objects = []
    for number in range(1500):
        ra, dec = chance.uniform(0, 360), math.degrees(math.asin(chance.uniform(-1, 1)))
        if number % 100 == 0:
            ra = chance.choice([0.0, 359.99999])
            dec = chance.choice([-90 + number * 1e-6, 90 - number * 1e-6, dec])
        objects.append((f"NAME Object {number}", repr(ra), repr(dec),
                        chance.choice(["QSO", "Seyfert1", "YSO", "**"])))
        if number % 5 == 0:  # another one, near it
            objects.append((f"[XYZ2000] {number:5}", repr(ra),
                            repr(dec - math.copysign(2e-4, dec)), "Star"))
    positions = []
    for row in range(rows):
        _, ra, dec, _ = chance.choice(objects)
        ra, dec = float(ra), float(dec)
        kind = row % 10
        if kind < 6:
            dec = min(max(dec + chance.gauss(0, 0.5) / 3600, -90), 90)
            ra = (ra + chance.gauss(0, 0.5) / 3600) % 360
        elif kind < 8:
            ra = chance.uniform(0, 360)
        position = [repr(ra), repr(dec)]
        if kind == 9:
            position = ["", repr(dec)] if row % 20 == 9 else positions[row - 1][1:]
        positions.append([str(row), *position])
    return positions, objects


class XmatchTest(FaultTest):
    def setUp(self):
        super().setUp()
        positions, self.objects = positions_and_objects()
        self.server.counterparts = emulators.Counterparts(self.objects)
        self.write_csv("positions.csv", [["row", "ra", "dec"], *positions])
        self.write_csv("objects.csv", [["main_id", "simbad_ra", "simbad_dec", "main_type"],
                                       *sorted(self.objects)])  # of equally near ones, the first
        self.use("xmatch")

    def write_csv(self, name, rows):
        with open(self.folder / name, "w", newline="") as file:
            csv.writer(file).writerows(rows)

    def use(self, behaviour, **changes):
        self.services = self.write_services(
            {"simbad.xmatch": self.server.tap(behaviour) + "/sync"} | changes)

    def fetch(self, *options, **how):
        return self.run_program("fetch", "simbad", "positions.csv", "--service", "xmatch", "--out",
                                "simbad.csv", "--overwrite", *options, **how)

    def assert_like_crossmatch(self, find, radius):
        self.local("crossmatch", "positions.csv", "objects.csv", "--radius", radius, "--find", find,
                   "--right-ra", "simbad_ra", "--right-dec", "simbad_dec", "--out", "local.csv",
                   "--overwrite")

        def records(name):
            header, *rows = rows_of(self.folder / name)
            places = [header.index(column) for column in [
                "row", "ra", "dec", "main_id", "main_type", "simbad_ra", "simbad_dec",
                "separation_arcsec"]]
            return sorted([row[place] for place in places] for row in rows)

        fetched, local = records("simbad.csv"), records("local.csv")
        self.assertEqual(fetched, local)
        matched = sum(row[3] != "" for row in fetched)
        self.assertGreater(matched, len(fetched) / 6)
        self.assertLess(matched, len(fetched))

    def test_like_a_crossmatch(self):
        for find, radius in [("best", 1), ("all", 1), ("best", 0.2), ("all", 5), ("best", 180)]:
            with self.subTest(find=find, radius=radius):
                self.server.requests.clear()
                self.fetch("--find", find, "--radius", radius)
                self.assert_like_crossmatch(find, radius)
                (request,) = self.server.requests
                self.assertEqual(request.fields["SELECTION"], find)
                self.assertLessEqual(float(request.fields["DISTMAXARCSEC"]), 180)  # the CDS limit
                self.assertEqual(set(request.files), {"cat1"})
                self.assertEqual(request.method, "POST")

    def test_blocks(self):
        said = self.fetch("--find", "all", "--block", 400)
        self.assert_like_crossmatch("all", 1)
        self.assertGreater(len(self.server.requests), 4)
        self.assertIn(f"queries {len(self.server.requests)}", said)

    def test_limit_of_rows(self):
        """A block with more rows than the service returns is halved."""
        self.server.counterparts.limit = 500
        self.fetch("--find", "all", "--radius", 2)
        self.assert_like_crossmatch("all", 2)
        self.assertGreater(len(self.server.requests), 4)

    def test_busy_service(self):
        for behaviour in ["xmatch;busy,503,2", "xmatch;reset,1", "xmatch;gzip;chunked",
                          "xmatch;moved,307"]:
            self.use(behaviour)
            self.fetch()
            self.assert_like_crossmatch("best", 1)

    def test_errors(self):
        self.server.counterparts.largest = 1000
        self.assertIn("the file is too large", self.fetch(code=3))
        for behaviour, cause in [("xmatch;html", "Down for maintenance"),
                                 ("xmatch;until-closed-cut", "truncated"),
                                 ("xmatch;status,500", "500"), ("xmatch;empty", "nothing")]:
            with self.subTest(behaviour=behaviour):
                self.server.counterparts.largest = 10**9
                self.use(behaviour)
                self.assertIn(cause, self.fetch("--restart", code=3))
                self.assertFalse((self.folder / "simbad.csv").exists())
        self.server.counterparts.answer = lambda fields, files: votables.votable()
        self.use("xmatch")
        self.assertIn("main_id", self.fetch("--restart", code=3))

    def test_columns_in_capitals(self):
        answer = self.server.counterparts.answer
        self.server.counterparts.answer = lambda *how: answer(*how).replace(
            b'name="main_id"', b'name="MAIN_ID"').replace(b'name="ra"', b'name="RA"')
        self.fetch()
        self.assert_like_crossmatch("best", 1)

    def test_no_counterparts_at_all(self):
        self.server.counterparts = emulators.Counterparts([])
        self.fetch()
        header, *rows = rows_of(self.folder / "simbad.csv")
        self.assertEqual(len(rows), 3000)
        self.assertEqual({row[header.index("main_id")] for row in rows}, {""})

    def test_no_positions_at_all(self):
        for rows in [[], [["1", "", ""]]]:
            self.write_csv("positions.csv", [["row", "ra", "dec"], *rows])
            self.fetch()
            self.assertEqual(len(rows_of(self.folder / "simbad.csv")), 1 + len(rows))
        self.assertEqual(self.server.requests, [])


if __name__ == "__main__":
    unittest.main()
