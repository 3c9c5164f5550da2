"""TOPCAT itself, on a virtual display: its windows show the unit, UCD and description of every column
of every output, and where a table comes from."""

import collections
import pathlib
import shutil
import subprocess
import unittest

from astropy.io.votable import parse

from support import ROOT, scratch, uhuru

PROBE = ROOT / "tests/peers/TopcatColumns.java"
CLASSES = "/usr/share/java/starlink-topcat.jar"


def windows(folder, files):
    """The cells of TOPCAT's windows: a list of rows for each (file, window)."""
    done = subprocess.run(
        ["xvfb-run", "-a", "-s", "-screen 0 1280x1024x24", "java", f"-Duser.home={folder}", "-Xmx512m",
         "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", CLASSES, PROBE, *files],
        capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise AssertionError(f"TOPCAT: exit code {done.returncode}\n{done.stderr}")
    rows = collections.defaultdict(lambda: collections.defaultdict(dict))
    for line in done.stdout.splitlines():
        if line.count("\t") != 4:
            continue
        file, window, row, header, text = line.split("\t")
        rows[file, window][int(row)][header] = text
    return {place: list(cells.values()) for place, cells in rows.items()}


@unittest.skipUnless(shutil.which("xvfb-run") and pathlib.Path(CLASSES).exists(), "no TOPCAT")
class TopcatTest(unittest.TestCase):
    def test_units_and_descriptions_of_every_output(self):
        with scratch() as name:
            folder = pathlib.Path(name)
            uhuru("simulate", "--rows", 3000, "--out", folder / "d.fits", "--labels-out",
                  folder / "labels.fits", "--quiet")
            files = []
            for form, ending in (("votable", "vot"), ("fits", "fits")):
                out = folder / form
                uhuru("run", "--detections", folder / "d.fits", "--labels", folder / "labels.fits",
                      "--out", out, "--format", form, "--quiet")
                detections = out / f"detection_level_classification.{ending}"
                uhuru("vote", detections, "--out", out / "vote", "--format", form, "--quiet")
                uhuru("predict", folder / "d.fits", "--out", out / f"classes.{ending}", "--quiet")
                uhuru("cluster", folder / "d.fits", "--out", out / f"mixture.{ending}", "--quiet")
                uhuru("crossmatch", detections, folder / "labels.fits", "--radius", 1, "--out",
                      out / f"matched.{ending}", "--quiet")
                uhuru("convert", out / f"sources.{ending}", "--out", out / f"converted.{ending}",
                      "--quiet")
                files += sorted(out.rglob(f"*.{ending}"))
            self.assertEqual(len(files), 2 * 12, files)
            shown = windows(folder, files)
            for file in files:
                # FITS shows what VOTable shows, which astropy reads.
                form = file.relative_to(folder).parts[0]
                votable = folder / "votable" / file.relative_to(folder / form).with_suffix(".vot")
                fields = [(f.name, f.unit and f.unit.to_string("vounit"), f.ucd, f.description)
                          for f in parse(votable).get_first_table().fields]
                # Above the columns, TOPCAT shows the number of the row.
                columns = [tuple(column.get(header) for header in ("Name", "Units", "UCD", "Description"))
                           for column in shown[str(file), "Table Columns"][1:]]
                self.assertEqual(columns, fields, file)
                for column, _, ucd, description in columns:
                    self.assertTrue(ucd and description, f"{file}: {column}")
                said = {p["Name"]: p["Value"] for p in shown[str(file), "Table Parameters"]}
                software, command, source = (
                    ("CREATOR", "COMMAND", "INPUT") if form == "fits" else ("software", "command", "input"))
                self.assertRegex(said[software], r"^uhuru \d", file)
                self.assertRegex(said[command], r"^uhuru [a-z]", file)
                self.assertRegex(said[source], r"sha256:[0-9a-f]+", file)


if __name__ == "__main__":
    unittest.main()
