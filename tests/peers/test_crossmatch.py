"""The cross-match against all pairs in extended precision, and against stilts."""

import pathlib
import unittest

import numpy as np
import pandas as pd

from support import scratch, stilts, uhuru

# A right ascension near 360 degrees has a precision of 3e-14 degrees, half a unit in its last
# place: 1e-10 arcsec. Radians, unit vectors and their difference add a few roundings of at most
# that size.
BOUND_ARCSEC = 1e-9


def sky(rng, rows, radius_arcsec, missing=0.03):
    """Positions that are difficult for a cross-match: the poles, RA 0 and 360, close pairs, equal
    positions, the equator, missing ones."""
    def offset(scale):
        return rng.normal(size=rows) * scale * radius_arcsec / 3600

    kind = rng.integers(0, 6, rows)
    shared = np.random.default_rng(99)  # the same places in each sky
    places = max(40, rows // 20)
    place_ra = shared.uniform(0, 360, places)
    place_dec = np.degrees(np.arcsin(shared.uniform(-1, 1, places)))
    place = rng.integers(0, places, rows)
    dec = np.select(
        [kind == 0, kind == 1, kind == 2, kind == 3, kind == 4],
        [90 - abs(offset(1)), -90 + abs(offset(1)), np.round(offset(30) * 3600) / 3600,
         place_dec[place] + offset(0.5), place_dec[place]],
        np.degrees(np.arcsin(rng.uniform(-1, 1, rows))))
    dec = np.clip(dec, -90, 90)
    near_ra = place_ra[place] + offset(0.5) / np.cos(np.radians(place_dec[place]))
    ra = np.select(
        [kind <= 1, kind == 2, kind == 3, kind == 4],
        [rng.uniform(0, 360, rows), offset(1), near_ra, place_ra[place]],
        rng.uniform(0, 360, rows)) % 360
    dec[:4], ra[:4] = [90, -90, 0, 0], [0, 180, 360, 0]
    table = pd.DataFrame({"row": np.arange(rows), "ra": ra, "dec": dec})
    table.loc[rng.random(rows) < missing, "ra"] = np.nan
    table.loc[rng.random(rows) < missing, "dec"] = np.nan
    return table


def separation_arcsec(ra1, dec1, ra2, dec2):
    """Vincenty's formula, exact at all distances, in the 64 bits of the x87; NaN if a position is
    missing."""
    degree = np.longdouble(np.pi) / 180 + np.longdouble("1.2246467991473532e-16") / 180
    ra1, dec1, ra2, dec2 = (np.asarray(x, np.longdouble) * degree for x in (ra1, dec1, ra2, dec2))
    sin, cos = np.sin, np.cos
    across = np.hypot(cos(dec2) * sin(ra2 - ra1),
                      cos(dec1) * sin(dec2) - sin(dec1) * cos(dec2) * cos(ra2 - ra1))
    along = sin(dec1) * sin(dec2) + cos(dec1) * cos(dec2) * cos(ra2 - ra1)
    return np.arctan2(across, along) / degree * 3600


def all_pairs(separation, radius_arcsec):
    """(left, right) of all pairs within the radius, by left row, separation and right row."""
    left, right = np.nonzero(separation <= radius_arcsec)
    order = np.lexsort([right, separation[left, right], left])
    return left[order], right[order]


class CrossmatchTest(unittest.TestCase):
    def setUp(self):
        self.scratch = scratch()
        self.folder = pathlib.Path(self.scratch.name)
        self.addCleanup(self.scratch.cleanup)

    def write(self, left, right):
        left.to_csv(self.folder / "left.csv", index=False)
        right.to_csv(self.folder / "right.csv", index=False)

    def match(self, radius_arcsec, find):
        out = self.folder / "matched.csv"
        uhuru("crossmatch", self.folder / "left.csv", self.folder / "right.csv", "--radius",
              radius_arcsec, "--find", find, "--out", out, "--overwrite", "--quiet")
        return pd.read_csv(out, float_precision="round_trip")

    def assert_is_oracle(self, radius_arcsec, rows, seed):
        rng = np.random.default_rng(seed)
        left, right = sky(rng, rows, radius_arcsec), sky(rng, rows, radius_arcsec)
        right.loc[rows // 2:, ["ra", "dec"]] = right.loc[:rows - rows // 2 - 1,
                                                         ["ra", "dec"]].to_numpy()  # ties
        self.write(left, right)
        exact = separation_arcsec(left[["ra"]], left[["dec"]], right["ra"], right["dec"])
        near_border = np.abs(exact - radius_arcsec) < BOUND_ARCSEC
        self.assertFalse(near_border.any() and radius_arcsec < 648000, "undecidable: change seed")
        expected_left, expected_right = all_pairs(exact, radius_arcsec)
        self.assertGreater(len(expected_left), 0)

        found = self.match(radius_arcsec, "all")
        self.assertTrue((np.diff(found["row"]) >= 0).all())  # the order of the left rows
        self.assertEqual(set(found["row"]), set(range(rows)))  # all of which are present
        pairs = found.dropna(subset=["row_2"]).astype({"row_2": int})
        alone = found[found["row_2"].isna()]
        self.assertTrue(alone["separation_arcsec"].isna().all())
        self.assertFalse(alone["row"].duplicated().any())
        self.assertFalse(set(alone["row"]) & set(pairs["row"]))
        self.assertEqual(sorted(zip(pairs["row"], pairs["row_2"])),
                         sorted(zip(expected_left, expected_right)))
        distance = pairs["separation_arcsec"].to_numpy()
        error = np.abs(distance - exact[pairs["row"], pairs["row_2"]])
        self.assertLess(error.max(), BOUND_ARCSEC)
        # Within a left row by separation, then right row.
        same = pairs["row"].to_numpy()[1:] == pairs["row"].to_numpy()[:-1]
        step = np.diff(distance)[same]
        self.assertTrue((step >= 0).all())
        self.assertTrue((np.diff(pairs["row_2"])[same][step == 0] > 0).all())
        # The columns of the right side are those of the right row.
        for name in ["ra", "dec"]:
            np.testing.assert_array_equal(pairs[f"{name}_2"], right[name][pairs["row_2"]])

        # The best match is the first of all.
        best = self.match(radius_arcsec, "best")
        pd.testing.assert_frame_equal(best, found.drop_duplicates("row").reset_index(drop=True))
        # The oracle agrees: no right row is closer, and of equal positions it is the first.
        first = best.dropna(subset=["row_2"]).astype({"row_2": int})
        closest = np.nanmin(exact[first["row"]], axis=1)
        chosen = exact[first["row"], first["row_2"]]
        self.assertLess((chosen - closest).max(), BOUND_ARCSEC)
        self.assertTrue((first["row_2"] < rows - rows // 2).all())

    def test_all_pairs(self):
        for radius_arcsec, rows, seed in [(1, 1200, 1), (1, 1200, 2), (0.01, 1200, 3),
                                          (60, 1200, 4), (3600, 800, 5), (36000, 400, 6),
                                          (330000, 200, 7), (648000, 200, 8)]:
            with self.subTest(radius_arcsec=radius_arcsec, seed=seed):
                self.assert_is_oracle(radius_arcsec, rows, seed)

    def test_radius_zero_matches_equal_positions(self):
        rng = np.random.default_rng(11)
        left = sky(rng, 300, 1)
        self.write(left, left)
        found = self.match(0, "best")
        placed = left.dropna()
        matched = found.dropna(subset=["row_2"])
        self.assertEqual(list(matched["row"]), list(placed["row"]))
        self.assertTrue((matched["separation_arcsec"] == 0).all())

    def test_stilts(self):
        """stilts 3.4 misses some pairs on both sides of RA 0, at the poles and at declination 0.
        All pairs that it finds must be found, and in addition only such pairs."""
        for radius_arcsec, rows, seed in [(1, 6000, 21), (30, 3000, 22), (7200, 700, 23)]:
            with self.subTest(radius_arcsec=radius_arcsec):
                rng = np.random.default_rng(seed)
                self.write(sky(rng, rows, radius_arcsec), sky(rng, rows, radius_arcsec))
                theirs = self.match_by_stilts(radius_arcsec, "all").dropna(subset=["row_2"])
                ours = self.match(radius_arcsec, "all").dropna(subset=["row_2"])
                pairs = ours.merge(theirs, how="outer", on=["row", "row_2"], indicator=True)
                self.assertEqual((pairs["_merge"] == "right_only").sum(), 0)
                both = pairs[pairs["_merge"] == "both"]
                self.assertGreater(len(both), 0.999 * len(pairs))
                # Both are rounded.
                np.testing.assert_allclose(both["separation_arcsec"], both["Separation"], rtol=0,
                                           atol=2 * BOUND_ARCSEC)
                ours = ours.set_index(["row", "row_2"])
                self.assert_overlooked(ours.loc[ours.index.difference(
                    pd.MultiIndex.from_frame(theirs[["row", "row_2"]]))], radius_arcsec)

                theirs = self.match_by_stilts(radius_arcsec, "best1").set_index("row").sort_index()
                ours = self.match(radius_arcsec, "best").set_index("row")
                self.assertEqual(list(ours.index), list(theirs.index))
                # Of equally near right rows stilts may take any: the separation must agree.
                further = theirs["Separation"].isna() & ours["separation_arcsec"].notna()
                difference = ours["separation_arcsec"] - theirs["Separation"]
                further |= difference < -2 * BOUND_ARCSEC
                self.assert_overlooked(ours[further], radius_arcsec)
                rest = ours.index[~further]
                np.testing.assert_allclose(ours["separation_arcsec"][rest],
                                           theirs["Separation"][rest], rtol=0,
                                           atol=2 * BOUND_ARCSEC)

    def match_by_stilts(self, radius_arcsec, find):
        out = self.folder / "stilts.csv"
        stilts("tmatch2", "matcher=sky", f"params={radius_arcsec}", "join=all1", f"find={find}",
               "ifmt1=csv", "ifmt2=csv", f"in1={self.folder / 'left.csv'}",
               f"in2={self.folder / 'right.csv'}", "values1=ra dec", "values2=ra dec",
               "fixcols=all", "suffix1=", "suffix2=_2", "progress=none", "ofmt=csv", f"out={out}")
        return pd.read_csv(out, float_precision="round_trip")

    def assert_overlooked(self, pairs, radius_arcsec):
        """Pairs within the radius, across RA 0."""
        self.assertTrue((abs(pairs["ra"] - pairs["ra_2"]) > 180).all())
        exact = separation_arcsec(pairs["ra"], pairs["dec"], pairs["ra_2"], pairs["dec_2"])
        self.assertTrue((exact <= radius_arcsec).all())


if __name__ == "__main__":
    unittest.main()
