"""The columns of our tables, as astropy, stilts and SQLite understand them: UCDs, units, descriptions,
and names that need no quotes."""

import csv
import pathlib
import sqlite3
import unittest

import numpy as np
from astropy import units
from astropy.io import fits
from astropy.io.votable import parse
from astropy.io.votable.ucd import check_ucd
from astropy.table import Table

import oracle
from support import scratch, stilts, uhuru

RECIPES = ["4xmm", "4xmm-optical", "csc2", "csc2-bayes", "csc2-compact", "maxi", "muwclass"]


class ColumnsTest(unittest.TestCase):
    def test_ucds_and_units_of_every_column(self):
        with scratch() as folder:
            for recipe in RECIPES:
                out = pathlib.Path(folder, "columns.csv")
                uhuru("recipe", "columns", recipe, "--out", out, "--overwrite", "--quiet")
                columns = list(csv.DictReader(out.read_text("utf-8").splitlines()))
                self.assertGreater(len(columns), 100)
                for column in columns:
                    where = f"{recipe}, {column['table_name']}, {column['column_name']}"
                    self.assertTrue(column["description"], where)
                    self.assertTrue(column["ucd"], where)
                    self.assertTrue(check_ucd(column["ucd"], check_controlled_vocabulary=True),
                                    f"{where}: {column['ucd']}")
                    units.Unit(column["unit"], format="vounit")
                sources = [c["column_name"] for c in columns if c["table_name"] == "sources"]
                self.assertTrue({"class_name", "class_group"} <= set(sources))

    def test_tables_in_every_format(self):
        with scratch() as name:
            folder = pathlib.Path(name)
            uhuru("simulate", "--rows", 300, "--out", folder / "d.csv", "--quiet")
            for form in ("vot", "fits", "ecsv"):
                uhuru("predict", folder / "d.csv", "--out", folder / f"p.{form}", "--quiet")
            fields = {field.name: field for field in
                      parse(folder / "p.vot", verify="exception").get_first_table().fields}
            header = fits.getheader(folder / "p.fits", 1)
            ecsv = Table.read(folder / "p.ecsv")
            for place, name in enumerate(ecsv.colnames, 1):
                field = fields[name]
                self.assertTrue(field.description and field.ucd, name)
                self.assertTrue(check_ucd(field.ucd, check_controlled_vocabulary=True), name)
                self.assertEqual(header[f"TTYPE{place}"], name)
                self.assertEqual(header[f"TUCD{place}"], field.ucd, name)
                self.assertTrue(field.description.startswith(header[f"TCOMM{place}"][:40]), name)
                self.assertEqual(ecsv[name].description, field.description)
                self.assertEqual(ecsv[name].meta["ucd"], field.ucd)
                self.assertEqual(str(ecsv[name].unit or ""), str(field.unit or ""), name)
            self.assertEqual(str(ecsv["ra"].unit), "deg")
            self.assertEqual(ecsv["name"].meta["ucd"], "meta.id;meta.main")
            said = stilts("votlint", "ucd=true", folder / "p.vot")
            self.assertNotIn("ERROR", said)
            self.assertNotIn("UCD", said)
            # No column needs quotes or numbers.
            ours = [oracle.our_name(c) for c in oracle.CLASSES]
            stilts("tpipe", folder / "p.vot", f"cmd=select \"{' + '.join(ours)} > 0.999\"",
                   "cmd=keepcols \"name class_name class_group p_group_xb\"",
                   f"out={folder / 's.fits'}")
            with_class = np.sum(ecsv["class_name"] != "")
            self.assertEqual(len(Table.read(folder / "s.fits")), with_class)

    def test_names_need_no_quotes_in_sql(self):
        with scratch() as name:
            folder = pathlib.Path(name)
            uhuru("simulate", "--rows", 3000, "--out", folder / "d.csv", "--labels-out",
                  folder / "l.csv", "--quiet")
            uhuru("run", "--detections", folder / "d.csv", "--labels", folder / "l.csv", "--out",
                  folder / "run", "--quiet")
            file = sqlite3.connect(folder / "run/catalog.sqlite")
            for table in ("sources", "detections"):
                for (column,) in file.execute("SELECT column_name FROM columns WHERE table_name = ?",
                                              [table]).fetchall():
                    file.execute(f"SELECT {column} FROM {table} WHERE {column} IS NULL LIMIT 1")
            (count,) = file.execute("SELECT count(*) FROM sources WHERE p_group_yso > 0.5 AND "
                                    "class_group = 'YSO' AND p_yso_mean >= 0").fetchone()
            self.assertGreater(count, 10)


if __name__ == "__main__":
    unittest.main()
