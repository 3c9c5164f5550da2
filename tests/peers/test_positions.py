"""Positions as text, against astropy's SkyCoord."""

import unittest

import astropy.units as u
import numpy as np
import pandas as pd
from astropy.coordinates import SkyCoord

from support import probe

EPS_DEG = 1e-11


def random_positions(seed, rows):
    """All over the sphere, and some near its poles and around right ascension 0."""
    rng = np.random.default_rng(seed)
    ra = rng.uniform(0, 360, rows)
    dec = np.degrees(np.arcsin(rng.uniform(-1, 1, rows)))
    near = 10.0 ** rng.uniform(-8, -1, rows)
    edge = rng.integers(0, 6, rows)
    ra = np.select([edge == 0, edge == 1], [near, 360 - near], ra)
    dec = np.select([edge == 2, edge == 3, edge == 4], [90 - near, near - 90, -near], dec)
    return SkyCoord(ra, dec, unit="deg")


def sky_coord(text, unit):
    return SkyCoord(text.replace(",", " ")) if unit is None else SkyCoord(text.replace(",", " "), unit=unit)


def texts(positions, rng):
    """Each position as written by astropy in one of its styles, and the unit to read it with."""
    for position in positions:
        style = rng.integers(0, 6)
        precision = int(rng.integers(0, 8))
        if style == 0:
            yield f"{position.ra.deg:.{precision}f} {position.dec.deg:.{precision}f}", u.deg
        elif style == 1:
            yield position.to_string("decimal", precision=precision), u.deg
        elif style == 2:
            yield position.to_string("hmsdms", precision=precision), None
        elif style == 3:
            yield position.to_string("dms", precision=precision), None
        else:
            separator = " " if style == 4 else ":"
            text = position.to_string("hmsdms", precision=precision, sep=separator, pad=True)
            yield text, (u.hourangle, u.deg)


class Positions(unittest.TestCase):
    def assert_same(self, found, expected, text):
        self.assertIsNotNone(found, text)
        ra = (found[0] - expected.ra.deg + 180) % 360 - 180
        self.assertAlmostEqual(ra, 0, delta=EPS_DEG, msg=text)
        self.assertAlmostEqual(found[1], expected.dec.deg, delta=EPS_DEG, msg=text)

    def test_what_astropy_writes_is_read_as_astropy_reads_it(self):
        written = list(texts(random_positions(1, 1500), np.random.default_rng(2)))
        found = probe("positions", pd.DataFrame({"text": [text for text, _ in written]}))
        self.assertEqual(len(found), len(written))
        for pair, (text, unit) in zip(found, written):
            self.assert_same(pair, sky_coord(text, unit), text)

    def test_formats(self):
        degrees = ["83.82 -5.39", "+83.82 +5.39", "83.82,-5.39", "8.382e1 -5.39", "0 -0.0001"]
        hours = ["05 35 17.3 -05 23 28", "05:35:17.3 -05:23:28", "5:35:17.3, -5:23:28",
                 "5 35.3 -5 23.5", "J053517.3-052328", "J053517-052328", "0 0 0 -0 0 1"]
        named = ["83.82d -5.39d", "5h35m17.3s -5d23m28s", "5h35m17.3s -5°23′28″", "5.5h -5d",
                 "05h 35m 17.3s -05d 23m 28s", "275d11m15.6s +17d59m59.8s", "83.82° -5.39°"]
        cases = ([(text, u.deg) for text in degrees] + [(text, (u.hourangle, u.deg)) for text in hours]
                 + [(text, None) for text in named])
        found = probe("positions", pd.DataFrame({"text": [text for text, _ in cases]}))
        for pair, (text, unit) in zip(found, cases):
            self.assert_same(pair, sky_coord(text, unit), text)

    def test_what_astropy_refuses_is_refused(self):
        cases = ["83.82 -95", "M 31x 5", "5 35 17 -5 61 28", "5:35:17.3", "83.82 --5.39", "5 35 -91 0",
                 "1 2 3 4 5"]
        for text in cases:
            with self.assertRaises(Exception, msg=text):
                SkyCoord(text, unit=(u.hourangle, u.deg))
        found = probe("positions", pd.DataFrame({"text": cases}))
        self.assertEqual(found, [None] * len(cases))

    def test_sexagesimal_text(self):
        positions = random_positions(3, 3000)
        table = pd.DataFrame({"ra": positions.ra.deg, "dec": positions.dec.deg})
        for text, position in zip(probe("sexagesimal", table), positions):
            ra = position.ra.to_string(unit=u.hourangle, sep=" ", precision=2, pad=True)
            dec = position.dec.to_string(unit=u.deg, sep=" ", precision=1, pad=True, alwayssign=True)
            # A whole day is 0 here, as is a declination that is rounded to 0.
            ra = "00 00 00.00" if ra == "24 00 00.00" else ra
            dec = "+00 00 00.0" if dec == "-00 00 00.0" else dec
            # astropy also carries from 59.99 and 59.9 on, which the number of digits does not
            # require.
            if "59.99" not in text[:11] and not text.endswith("59.9"):
                self.assertEqual(text, f"{ra} {dec}")


if __name__ == "__main__":
    unittest.main()
