"""Tables of text exchanged with astropy and stilts: ECSV in both directions, and layouts that
uhuru only reads."""

import pathlib
import unittest

import numpy as np
from astropy.io import ascii as astropy_ascii
from astropy.table import MaskedColumn, Table

from support import scratch, stilts, uhuru


def convert(source, target):
    uhuru("convert", source, "--out", target, "--overwrite", "--quiet")


def sample():
    """Every datatype of ECSV that a table of astropy can have, each with missing values."""
    rng = np.random.default_rng(1)
    table = Table()
    table["obsid"] = MaskedColumn(["00123", "9", "x y", "a,\"b\"\nc"], mask=[0, 1, 0, 0])
    for kind in ["i1", "i2", "i4", "i8", "u1", "u2", "u4"]:
        info = np.iinfo(kind)
        table[kind] = MaskedColumn(np.array([info.min, 5, info.max, 0], kind), mask=[0, 0, 0, 1])
    for kind in ["f4", "f8"]:
        table[kind] = MaskedColumn(rng.normal(size=4).astype(kind), mask=[1, 0, 0, 0], unit="erg / s",
                                   description='what: "is" {it}', meta={"ucd": "phot.flux"})
    table["flag"] = MaskedColumn([True, False, True, False], mask=[0, 0, 1, 0])
    table["z"] = np.array([1 + 2j, -1e-5j, 3, complex(np.inf, -2)])
    table["pair"] = rng.normal(size=(4, 2))
    table["grid"] = np.arange(24).reshape(4, 2, 3)
    lists = np.empty(4, object)
    for row in range(4):
        lists[row] = np.arange(row + 1.0)
    table["list"] = lists
    table.meta = {"name": "a name", "n": 7, "x": 1.5, "t": "1e5"}
    return table


class TextTables(unittest.TestCase):
    def setUp(self):
        folder = scratch()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def assert_same(self, found, expected, case):
        self.assertEqual(found.colnames, expected.colnames, case)
        for name in expected.colnames:
            for row in range(len(expected)):
                one, other = found[name][row], expected[name][row]
                place = f"{case}: {name}, row {row + 1}"
                if other is np.ma.masked:
                    # A missing float is NaN.
                    is_nan = isinstance(one, np.floating) and np.isnan(one)
                    self.assertTrue(one is np.ma.masked or is_nan or one == "", place)
                elif name == "z":
                    self.assertEqual([one[0], one[1]] if np.ndim(one) else one,
                                     [other.real, other.imag] if np.ndim(one) else other, place)
                else:
                    np.testing.assert_array_equal(one, other, place)

    def test_ecsv_of_astropy_comes_back(self):
        expected = sample()
        for delimiter in [" ", ","]:
            source = self.folder / "astropy.ecsv"
            expected.write(source, format="ascii.ecsv", delimiter=delimiter, overwrite=True)
            convert(source, self.folder / "uhuru.ecsv")
            found = Table.read(self.folder / "uhuru.ecsv", format="ascii.ecsv")
            self.assert_same(found, expected, f"delimiter {delimiter!r}")
            self.assertEqual(str(found["f8"].unit), "erg / s")
            self.assertEqual(found["f8"].description, 'what: "is" {it}')
            self.assertEqual(found["f8"].meta["ucd"], "phot.flux")
            self.assertLessEqual(expected.meta.items(), found.meta.items())  # and the provenance
            same = [name for name in expected.colnames if name not in ("i1", "u2", "u4", "z", "list")]
            for name in same:
                self.assertEqual(found[name].dtype.kind, expected[name].dtype.kind, name)
                if expected[name].dtype.kind != "U":
                    self.assertEqual(found[name].dtype, expected[name].dtype, name)
            # Through FITS, where the types are those of the columns.
            convert(source, self.folder / "uhuru.fits")
            convert(self.folder / "uhuru.fits", self.folder / "again.ecsv")
            again = Table.read(self.folder / "again.ecsv", format="ascii.ecsv")
            again["obsid"] = again["obsid"].astype(str)
            self.assert_same(again[["i2", "i8", "f4", "f8"]], expected[["i2", "i8", "f4", "f8"]], "FITS")

    def test_other_layouts_of_astropy(self):
        table = Table({"name": ["A 1", "B", "C"], "ra": [1.5, -2.25, 1e-30], "n": [1, 2, 3]})
        for kind in ["basic", "commented_header", "csv", "tab", "rdb", "ipac", "fixed_width",
                     "fixed_width_two_line", "no_header"]:
            path = self.folder / f"{kind}.dat"
            if kind == "no_header":
                astropy_ascii.write(table, path, format=kind)
                with self.assertRaises(AssertionError):
                    convert(path, self.folder / "out.ecsv")
                continue
            given = table
            if kind == "fixed_width_two_line":  # blanks also separate the columns
                given = Table(table)
                given["name"] = ["A1", "B", "C"]
            astropy_ascii.write(given, path, format=kind)
            convert(path, self.folder / "out.ecsv")
            found = Table.read(self.folder / "out.ecsv", format="ascii.ecsv")
            self.assert_same(found, given, kind)

    def test_layouts_of_stilts(self):
        source = self.folder / "source.csv"
        source.write_text("name,ra,n,flag\nA 1,1.5,1,true\nB,,,\nC,-2.25e-30,3,false\n")
        convert(source, self.folder / "expected.ecsv")
        expected = Table.read(self.folder / "expected.ecsv", format="ascii.ecsv")
        for kind in ["ascii", "csv", "tst", "ipac"]:
            path = self.folder / f"stilts.{kind}"
            if kind == "tst":  # reads like TSV below its own header, which is not one of ours
                continue
            stilts("tpipe", source, "ifmt=csv", f"out={path}", f"ofmt={kind}")
            convert(path, self.folder / "out.ecsv")
            found = Table.read(self.folder / "out.ecsv", format="ascii.ecsv")
            if kind == "ipac":  # stilts writes booleans as text
                found["flag"] = [str(cell) for cell in found["flag"]]
                found.remove_column("flag")
                self.assert_same(found, expected[["name", "ra", "n"]], kind)
            else:
                self.assert_same(found, expected, kind)


if __name__ == "__main__":
    unittest.main()
