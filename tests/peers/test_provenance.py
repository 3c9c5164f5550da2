"""What tables say of their making, as astropy, pandas and stilts read it."""

import hashlib
import pathlib
import unittest

import numpy as np
import pandas as pd
from astropy.io import fits
from astropy.io.votable import parse
from astropy.table import Table

from support import scratch, stilts, uhuru


def digest(path):
    return f"{path.name} sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


class ProvenanceTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = scratch()
        cls.folder = pathlib.Path(cls.scratch.name)
        cls.input = cls.folder / "detections.vot"
        uhuru("simulate", "--rows", 300, "--out", cls.input, "--quiet")
        cls.expected = {
            "software": uhuru("--version").strip(),
            "command": "uhuru predict detections.vot --model csc2-published",
            "recipe": "csc2",
            "input": digest(cls.input),
        }

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def predict(self, name, *options):
        path = self.folder / name
        uhuru("predict", self.input, "--model", "csc2-published", "--out", path, "--overwrite",
              "--quiet", *options)
        return path

    def test_votable_in_astropy(self):
        for format in ("votable", "votable-binary", "votable-binary2"):
            votable = parse(self.predict("p.vot", "--format", format), verify="exception")
            infos = {info.name: info.value for info in votable.resources[0].infos}
            self.assertLessEqual(self.expected.items(), infos.items())
            self.assertRegex(infos["model"], "^csc2-published sha256:[0-9a-f]{64}$")
            self.assertNotIn("date", infos)
            systems = {system.ID: system.system for system in
                       votable.resources[0].coordinate_systems}
            fields = {field.name: field for field in votable.get_first_table().fields}
            for name in ("ra", "dec"):
                self.assertEqual(systems[fields[name].ref], "ICRS")
                self.assertEqual(str(fields[name].unit), "deg")

    def test_fits_in_astropy(self):
        path = self.predict("p.fits")
        with fits.open(path) as hdus:
            hdus.verify("exception")
            header = hdus[1].header
            for name, value in self.expected.items():
                self.assertEqual(header["CREATOR" if name == "software" else name], value)
            self.assertEqual(header["RADESYS"], "ICRS")
            history = "".join(f"{line:<72}" for line in header["HISTORY"]).strip()
            self.assertEqual(history, f"{self.expected['software']}: {self.expected['command']}")
        table = Table.read(path)
        self.assertEqual(table["ra"].unit, "deg")
        self.assertEqual(table.meta["INPUT"], self.expected["input"])

    def test_ecsv_in_astropy(self):
        table = Table.read(self.predict("p.ecsv"), format="ascii.ecsv")
        self.assertLessEqual(self.expected.items(), table.meta.items())
        self.assertEqual(table.meta["RADESYS"], "ICRS")
        self.assertEqual(table["ra"].unit, "deg")
        self.assertTrue(table["cluster"].info.description)

    def test_comments_of_csv_are_skipped(self):
        exact = {"float_precision": "round_trip"}
        plain = pd.read_csv(self.predict("plain.csv"), **exact)
        path = self.predict("with.csv", "--comments")
        pd.testing.assert_frame_equal(pd.read_csv(path, comment="#", **exact), plain)
        in_astropy = Table.read(path, format="ascii.csv", comment="#")
        self.assertEqual(in_astropy.colnames, list(plain))
        np.testing.assert_array_equal(np.ma.filled(in_astropy["ra"], np.nan), plain["ra"])

    def test_stilts_shows_it_and_finds_the_votable_valid(self):
        for name, format in (("p.vot", "votable"), ("p.fits", "fits")):
            meta = stilts("tpipe", f"in={self.predict(name)}", f"ifmt={format}", "omode=meta")
            for value in self.expected.values():
                self.assertIn(value[:40], meta)
        for serialization in ("votable", "votable-binary", "votable-binary2"):
            path = self.predict("p.vot", "--format", serialization)
            lint = stilts("votlint", f"votable={path}")
            self.assertNotIn("ERROR", lint)
            self.assertNotIn("WARNING", lint)

    def test_systems_of_the_input_are_kept(self):
        text = self.input.read_text()
        for before, after in (
                ('<COOSYS ID="icrs" system="ICRS"/>',
                 '<COOSYS ID="p" system="eq_FK5" equinox="J2000" epoch="2015.5"/>'
                 '<TIMESYS ID="t" timescale="UTC" refposition="TOPOCENTER"/>'),
                ('ref="icrs"', 'ref="p"'),
                ("<DATA>", '<FIELD name="gti_obs" datatype="char" arraysize="*" ref="t"/><DATA>'),
                ("</TR>", "<TD>2001-02-03T04:05:06</TD></TR>")):
            self.assertIn(before, text)
            text = text.replace(before, after)
        path = self.folder / "systems.vot"
        path.write_text(text)
        out = self.folder / "clusters.vot"
        uhuru("cluster", path, "--out", out, "--quiet")
        votable = parse(out, verify="exception")
        fields = {field.name: field.ref for field in votable.get_first_table().fields}
        self.assertEqual((fields["ra"], fields["dec"], fields["gti_obs"]), ("p", "p", "t"))
        [system] = votable.resources[0].coordinate_systems
        self.assertEqual((system.system, system.epoch), ("eq_FK5", "2015.5"))
        [time] = votable.resources[0].time_systems
        self.assertEqual(time.timescale, "UTC")
        uhuru("predict", path, "--out", self.folder / "fk5.fits", "--quiet")
        self.assertEqual(fits.getheader(self.folder / "fk5.fits", 1)["RADESYS"], "FK5")

    def test_a_run_in_every_format_is_the_same_run(self):
        labels = self.folder / "labels.csv"
        uhuru("simulate", "--rows", 2000, "--out", self.folder / "d.vot", "--labels-out", labels,
              "--quiet")
        tables = {}
        for format, ending in (("csv", ".csv"), ("fits", ".fits"), ("votable", ".vot"),
                               ("ecsv", ".ecsv")):
            out = self.folder / f"run-{format}"
            uhuru("run", "--detections", self.folder / "d.vot", "--labels", labels, "--out", out,
                  "--format", format, "--quiet")
            tables[format] = Table.read(
                out / f"sources{ending}",
                format={"csv": "ascii.csv", "ecsv": "ascii.ecsv"}.get(format, format))
        for format in ("fits", "votable", "ecsv"):
            # In astropy, columns of VOTables are called by their IDs.
            for name, other in zip(tables["csv"].colnames, tables[format].colnames, strict=True):
                expected, found = tables["csv"][name], tables[format][other]
                if expected.dtype.kind == "f":
                    np.testing.assert_array_equal(
                        np.ma.filled(np.ma.asarray(found, dtype=float), np.nan),
                        np.ma.filled(np.ma.asarray(expected, dtype=float), np.nan), err_msg=name)


if __name__ == "__main__":
    unittest.main()
