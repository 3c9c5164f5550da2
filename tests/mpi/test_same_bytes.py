"""Any number of ranks writes the bytes that the program writes without MPI."""

import os
import pathlib
import shutil
import subprocess
import unittest

from support import ROOT, command, files, run, scratch

COMMANDS = {
    "cluster": "cluster {detections} --out c.fits --model-out m.json",
    "cluster of text": "cluster {csv} --out c.csv",
    "select": "select {detections} --from 1 --to 4 --starts 3 --silhouette-rows 1000 --out s.csv "
              "--figure s.svg",
    "predict": "predict {detections} --out p.vot --vote v --anomalies 5",
    "predict text": "predict {csv} --out p.csv",
    "predict once": "predict {odd} --out p.csv --unique-detections",
    "crossmatch": "crossmatch {detections} {labels} --radius 2 --out x.csv",
    "crossmatch all": "crossmatch {csv} {detections} --radius 900 --find all --out x.fits",
    "crossmatch keys": "crossmatch {detections} {csv} --key name --out x.csv",
    "run": "run --detections {detections} --labels {labels} --out r",
    "run bayes": "run --detections {detections} --labels {labels} --recipe csc2-bayes --out r "
                 "--format votable",
    "validate": "validate --detections {detections} --labels {labels} --method bayes --folds 3 "
                "--repeats 2 --bootstrap 50 --out v",
    "one rank's command": "convert {csv} --out t.vot",
}


class SameBytes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = scratch()
        path = pathlib.Path(cls.folder.name)
        names = {"detections": "d.vot", "csv": "d.csv", "labels": "l.csv", "odd": "odd.csv"}
        cls.tables = {key: str(path / name) for key, name in names.items()}
        run(0, "simulate", "--rows", 4000, "--out", cls.tables["detections"], "--labels-out",
            cls.tables["labels"])
        run(0, "convert", cls.tables["detections"], "--out", cls.tables["csv"])
        cls.odd(path)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def odd(cls, path):
        """Measurements under several names, values out of range, in rows far apart."""
        lines = (path / "d.csv").read_text().splitlines()
        names = lines[0].split(",")
        rows = [line.split(",") for line in lines[1:1001]]
        for row in rows[7::100]:
            twin = list(row)
            twin[names.index("name")] = "another " + row[names.index("name")]
            rows.append(twin)
        for row in rows[3::150]:
            row[names.index("hard_hs")] = "99"
        pathlib.Path(cls.tables["odd"]).write_text(
            "\n".join([lines[0]] + [",".join(row) for row in rows]) + "\n")

    def test_any_number_of_ranks(self):
        for name, text in COMMANDS.items():
            arguments = text.format(**self.tables).split()
            alone = scratch()
            with alone:
                said = run(0, *arguments, folder=alone.name)
                expected = files(alone.name)
                self.assertTrue(expected)
                for ranks in (1, 2, 3, 8):
                    with self.subTest(name, ranks=ranks), scratch() as folder:
                        self.assertEqual(run(ranks, *arguments, folder=folder), said)
                        found = files(folder)
                        self.assertEqual(list(found), list(expected))
                        for file, content in expected.items():
                            self.assertTrue(found[file] == content, file)

    def test_fewer_rows_than_ranks(self):
        lines = pathlib.Path(self.tables["csv"]).read_text().splitlines()
        for rows in (0, 1, 2, 5, 130, 700):
            with scratch() as folder:
                table = pathlib.Path(folder) / "few.csv"
                table.write_text("\n".join(lines[:rows + 1]) + "\n")
                run(0, "predict", table, "--out", f"{folder}/alone.csv")
                run(5, "predict", table, "--out", f"{folder}/ranks.csv")
                alone, ranks = (pathlib.Path(folder, f"{name}.csv").read_bytes()
                                for name in ("alone", "ranks"))
                self.assertTrue(alone == ranks, rows)
        with scratch() as folder:
            table = pathlib.Path(folder) / "few.csv"
            table.write_text("\n".join(lines[:131]) + "\n")
            for ranks in (0, 8):
                run(ranks, "cluster", table, "--components", 2, "--out", f"{folder}/{ranks}.csv")
            alone, several = (pathlib.Path(folder, f"{ranks}.csv").read_bytes() for ranks in (0, 8))
            self.assertTrue(alone == several)

    def test_threads_of_ranks(self):
        with scratch() as folder:
            run(0, "cluster", self.tables["detections"], "--out", f"{folder}/alone.csv")
            ranks = command(2, "cluster", self.tables["detections"], "--out", f"{folder}/ranks.csv")
            subprocess.run([*ranks[:-1], "3"], check=True, capture_output=True)
            alone, several = (pathlib.Path(folder, f"{name}.csv").read_bytes()
                              for name in ("alone", "ranks"))
            self.assertTrue(alone == several)

    def test_one_of_several_without_module(self):
        with scratch() as folder:
            lonely = pathlib.Path(folder) / "uhuru"
            shutil.copy(os.environ.get("UHURU", ROOT / "build/release/uhuru"), lonely)
            done = subprocess.run(["mpirun", "-n", "2", lonely, "show", self.tables["csv"]],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 2)
            self.assertIn("the package uhuru-mpi", done.stderr)
            self.assertEqual(done.stderr.count("started by MPI"), 1)


if __name__ == "__main__":
    unittest.main()
