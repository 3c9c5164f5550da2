"""The whole method against the oracle, on real and simulated detections."""

import hashlib
import json
import pathlib
import re
import unittest

import numpy as np
import pandas as pd
from astropy.coordinates import SkyCoord
from astropy.table import Table

import oracle
from oracle import CLASSES, FEATURES, our_name
from support import DATA, needs_data, scratch, uhuru

DETECTIONS = DATA / "csc2_detections.vot"
LABELS_BY_NAME = DATA / "simbad_types_by_name.csv"
OBJECTS = DATA / "simbad_objects.csv"
RADIUS_ARCSEC = 1.0
SOURCE_TABLES = ["uniquely_classified.csv", "ambiguous_classification.csv"]
RUN_TABLES = ["detection_level_classification.csv", *SOURCE_TABLES, "clusters.csv"]

TEXT = ["name", "main_type", "agg_master_class", "master_class", "hard_master_class",
        "soft_master_class"]


def read_csv(path):
    """A table as written by the program: exact numbers, "" for missing text, NaN for numbers."""
    names = pd.read_csv(path, nrows=0).columns
    text = {name: str for name in TEXT if name in names}
    table = pd.read_csv(path, float_precision="round_trip", dtype=text)
    return table.fillna({name: "" for name in text})


def read_detections():
    return Table.read(DETECTIONS).to_pandas()


def labels_by_name(detections, path):
    labels = pd.read_csv(path, keep_default_na=False)
    labels = labels[labels["separation_arcsec"] <= RADIUS_ARCSEC]
    types = labels.drop_duplicates("name").set_index("name")["main_type"]
    return detections["name"].map(types).fillna("").to_numpy(str)


def labels_by_position(detections):
    """The type of the nearest object within the radius, from all pairs."""
    objects = pd.read_csv(OBJECTS, dtype={"main_type": str})
    objects = objects.dropna(subset=["ra", "dec"]).fillna({"main_type": ""})
    left = SkyCoord(detections["ra"], detections["dec"], unit="deg")
    right = SkyCoord(objects["ra"], objects["dec"], unit="deg")
    separation = left[:, None].separation(right[None, :]).arcsec
    nearest = separation.argmin(axis=1)
    types = objects["main_type"].to_numpy(str)[nearest]
    return np.where(separation.min(axis=1) <= RADIUS_ARCSEC, types, "")


class MethodTest(unittest.TestCase):
    def assert_same_table(self, path, expected, near={}):
        """The columns, rows and order of `expected`: columns in `near` within that tolerance, the
        others bitwise equal."""
        found = read_csv(path)
        self.assertEqual(list(found.columns), list(expected.columns), path)
        self.assertEqual(len(found), len(expected), path)
        for name in expected.columns:
            if name in near:
                np.testing.assert_allclose(found[name], expected[name], rtol=0, atol=near[name],
                                           err_msg=f"{path} {name}")
            else:
                np.testing.assert_array_equal(found[name], expected[name], f"{path} {name}")

    def assert_run_is_oracle(self, folder, detections, labels, components, seed):
        """The tables in `folder` against the oracle's. `detections` and `labels` are those with all
        features."""
        scaled = oracle.scale(detections)
        mixture, clusters = oracle.fit_mixture(scaled, components, seed)
        expected = detections[["name", "obsid", "ra", "dec"]].copy()
        expected["main_type"] = labels
        expected["cluster"] = clusters
        expected[FEATURES] = detections[FEATURES]
        for carried in ("flux_aper_b", "flux_significance_b", "theta", "gti_obs", "err_ellipse_r0",
                        "powlaw_gamma_lolim", "powlaw_gamma_hilim", "bb_kt_lolim", "bb_kt_hilim"):
            if carried in detections:
                expected[carried] = detections[carried]
        densities = mixture.score_samples(scaled)
        expected["log_density"] = densities
        expected["density_percentile"] = [(densities < d).mean() * 100 for d in densities]
        expected["tail_probability"] = oracle.tail_probabilities(mixture, scaled)
        self.assert_same_table(folder / "clusters.csv", expected,
                               {"log_density": 1e-7, "density_percentile": 0.5,  # equal densities
                                "tail_probability": 1e-7})

        expected = oracle.detection_table(detections, scaled, clusters, labels)
        numbered = expected.reset_index().rename(columns={"index": "Unnamed: 0"})
        self.assert_same_table(folder / "detection_level_classification.csv", numbered,
                               dict.fromkeys(CLASSES, 1e-6))
        unique, ambiguous = oracle.vote(expected)
        self.assert_same_table(folder / "uniquely_classified.csv", unique)
        self.assert_same_table(folder / "ambiguous_classification.csv", ambiguous)

        record = json.loads((folder / "run.json").read_text())
        voters = expected[expected["main_type"] != ""]
        has_class = np.isin(labels, CLASSES)
        is_ambiguous = np.isin(labels, oracle.AMBIGUOUS)
        counts = {
            "clustered": len(detections),
            "labelled": has_class.sum(),
            "ambiguous_label": is_ambiguous.sum(),
            "without_label": (labels == "").sum(),
            "other_label": (~has_class & ~is_ambiguous & (labels != "")).sum(),
            "classified": len(voters),
            "without_class": len(expected) - len(voters),
            "sources_unique": len(unique),
            "sources_ambiguous": len(ambiguous),
            "sources_without_class": expected["name"].nunique() - voters["name"].nunique(),
        }
        for name, count in counts.items():
            self.assertEqual(record["counts"][name], count, name)
        self.assertEqual(record["seed"], seed)
        self.assertEqual(record["mixture"]["components"], components)
        self.assertEqual(record["mixture"]["iterations"], mixture.n_iter_)
        self.assertEqual(record["mixture"]["converged"], mixture.converged_)
        # lower_bound_ is the mean log-likelihood of the last E-step; the sum has about 1e4 terms.
        self.assertAlmostEqual(record["mixture"]["mean_log_likelihood"], mixture.lower_bound_,
                               delta=1e-8)
        return record

    @needs_data
    def test_run_by_name(self):
        everything = read_detections()
        detections = oracle.add_features(everything)
        labels = labels_by_name(detections, LABELS_BY_NAME)
        for components, seed in [(6, 42), (6, 0), (6, 7), (6, 20240123), (2, 42), (2, 1), (8, 42),
                                 (8, 2**32 - 1), (20, 42), (20, 1)]:
            with self.subTest(components=components, seed=seed), scratch() as folder:
                uhuru("run", "--detections", DETECTIONS, "--labels", LABELS_BY_NAME, "--join",
                      "name", "--radius", RADIUS_ARCSEC, "--components", components, "--seed",
                      seed, "--out", folder, "--overwrite", "--quiet")
                record = self.assert_run_is_oracle(pathlib.Path(folder), detections, labels,
                                                   components, seed)
        self.assertEqual(record["counts"]["read"], len(everything))
        # A row without several kinds of features counts for the first of them.
        hardness = everything[["hard_hm", "hard_hs", "hard_ms"]].isna().any(axis=1)
        spectrum = ~hardness & everything[["powlaw_gamma", "bb_kt"]].isna().any(axis=1)
        self.assertEqual(record["counts"]["without"],
                         {"hardness": hardness.sum(), "spectrum": spectrum.sum(),
                          "variability": len(everything) - len(detections) - hardness.sum()
                          - spectrum.sum()})
        for key, path in [("detections", DETECTIONS), ("labels", LABELS_BY_NAME)]:
            self.assertEqual(record[key]["sha256"], hashlib.sha256(path.read_bytes()).hexdigest())

    @needs_data
    def test_run_by_position(self):
        detections = oracle.add_features(read_detections())
        with scratch() as folder:
            uhuru("run", "--detections", DETECTIONS, "--labels", OBJECTS, "--radius",
                  RADIUS_ARCSEC, "--out", folder, "--overwrite", "--quiet")
            self.assert_run_is_oracle(pathlib.Path(folder), detections,
                                      labels_by_position(detections), 6, 42)

    def test_run_on_simulated_detections(self):
        for seed in [1, 2, 3]:
            with self.subTest(seed=seed), scratch() as folder:
                folder = pathlib.Path(folder)
                drawn, labels_file = folder / "drawn.vot", folder / "labels.csv"
                uhuru("simulate", "--rows", 5000, "--seed", seed, "--out", drawn, "--labels-out",
                      labels_file, "--quiet")
                uhuru("run", "--detections", drawn, "--labels", labels_file, "--join", "name",
                      "--components", 4 + seed, "--seed", seed, "--out", folder / "run", "--quiet")
                detections = Table.read(drawn).to_pandas()
                detections = detections[detections["flux_significance_b"] > 5]
                detections = oracle.add_features(detections)
                self.assert_run_is_oracle(folder / "run", detections,
                                          labels_by_name(detections, labels_file), 4 + seed, seed)

    @needs_data
    def test_same_bytes_at_any_number_of_threads(self):
        with scratch() as folder:
            for threads in [1, 2, 7]:
                uhuru("run", "--detections", DETECTIONS, "--labels", LABELS_BY_NAME, "--join",
                      "name", "--out", f"{folder}/{threads}", "--threads", threads, "--quiet")
            for name in [*RUN_TABLES, "model.json"]:
                one, two, seven = [pathlib.Path(folder, threads, name).read_bytes()
                                   for threads in "127"]
                self.assertEqual(one, two, name)
                self.assertEqual(one, seven, name)

    @needs_data
    def test_stage_by_stage_is_run(self):
        with scratch() as folder:
            folder = pathlib.Path(folder)
            uhuru("run", "--detections", DETECTIONS, "--labels", OBJECTS, "--radius",
                  RADIUS_ARCSEC, "--out", folder / "run", "--quiet")
            # VOTable, FITS and CSV between the stages: none may change a value.
            uhuru("crossmatch", DETECTIONS, OBJECTS, "--radius", RADIUS_ARCSEC, "--out",
                  folder / "matched.vot", "--quiet")
            uhuru("cluster", folder / "matched.vot", "--out", folder / "clusters.fits", "--quiet")
            uhuru("convert", folder / "clusters.fits", "--out", folder / "clusters.csv", "--quiet")
            uhuru("classify", folder / "clusters.fits", "--out",
                  folder / "detection_level_classification.csv", "--quiet")
            uhuru("vote", folder / "detection_level_classification.csv", "--out", folder, "--quiet")
            for name in RUN_TABLES:
                self.assertEqual((folder / name).read_bytes(), (folder / "run" / name).read_bytes(),
                                 name)

    @needs_data
    def test_vote_gives_the_published_tables(self):
        with scratch() as folder:
            uhuru("vote", DATA / "published_detection_level.csv", "--out", folder, "--overwrite",
                  "--quiet")
            unique, ambiguous = [pd.read_csv(pathlib.Path(folder, name), dtype=str)
                                 for name in SOURCE_TABLES]
        self.assertEqual(len(ambiguous), 485)
        self.assertEqual(len(unique), 8271)
        published = pd.read_csv(DATA / "published_uniquely_classified.csv", dtype=str)
        # The published rows with equal detection_count are in no particular order.
        published = published.set_index("name").loc[unique["name"]].reset_index()
        strings = ["name", "agg_master_class", "master_class", "detection_count", *CLASSES]
        for name in strings:
            np.testing.assert_array_equal(unique[name], published[name], name)
        # Published positions went through the reader of pandas, which is not exact to the last bit.
        for name in ["ra", "dec"]:
            np.testing.assert_allclose(unique[name].astype(float), published[name].astype(float),
                                       rtol=0, atol=1e-12)

    @needs_data
    def test_vote_is_the_oracles(self):
        detections = read_csv(DATA / "published_detection_level.csv")
        detections = detections.sort_values(["name", "obsid"], kind="stable")
        expected = oracle.vote(detections)
        with scratch() as folder:
            uhuru("vote", DATA / "published_detection_level.csv", "--out", folder, "--overwrite",
                  "--quiet")
            for name, table in zip(SOURCE_TABLES, expected):
                self.assert_same_table(pathlib.Path(folder, name), table)

    @needs_data
    def test_predict_gives_the_published_classes(self):
        published = read_csv(DATA / "published_features.csv")
        with scratch() as folder:
            out = pathlib.Path(folder, "classes.csv")
            uhuru("predict", DATA / "published_features.csv", "--out", out, "--quiet")
            found = read_csv(out)
        for name in ["name", "obsid", *FEATURES]:
            np.testing.assert_array_equal(found[name], published[name], name)
        self.assertTrue((found["features_missing"] == 0).all())
        same_cluster = found["cluster"] == published["cluster"]
        self.assertLessEqual((~same_cluster).sum(), 2)

        # Two observations of one obsid are distinguished by their order.
        classes = read_csv(DATA / "published_detection_level.csv")
        key = ["name", "obsid", "cluster"]
        pairs = found[same_cluster].drop_duplicates(key, keep=False).merge(
            classes.drop_duplicates(key, keep=False), on=key, suffixes=("", "_published"))
        self.assertGreater(len(pairs), 0.9 * len(published))
        for name in CLASSES:
            np.testing.assert_allclose(pairs[our_name(name)], pairs[name], rtol=0, atol=1e-6)
        np.testing.assert_array_equal(pairs["class_name"], pairs["main_type"])

    @needs_data
    def test_predict_example_source(self):
        with scratch() as folder:
            out = pathlib.Path(folder, "classes.csv")
            uhuru("predict", DATA / "example_source.vot", "--out", out, "--quiet")
            source = read_csv(out).iloc[0]
        self.assertEqual(source["cluster"], 5)
        self.assertEqual(source["features_missing"], 2)
        self.assertAlmostEqual(source["p_hmxb"] + source["p_lmxb"] + source["p_xb"], 0.9853,
                               delta=0.0002)

    @needs_data
    def test_predict_keeps_every_detection_of_a_field(self):
        path = DATA / "csc_cli_NGC6121.tsv"
        lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
        cells = [[cell.strip() for cell in line.split("\t")] for line in lines if line.strip()]
        header, rows = cells[0], cells[1:]
        with scratch() as folder:
            out = pathlib.Path(folder, "classes.csv")
            uhuru("predict", path, "--out", out, "--quiet")
            found = read_csv(out)
        for name in ["name", "obsid"]:
            at = header.index(name)
            self.assertEqual([str(value) for value in found[name]], [row[at] for row in rows])
        number = re.compile(r"[-+]?[0-9.]+([eE][-+]?[0-9]+)?")
        for name in ["hard_hm", "hard_hs", "hard_ms", "powlaw_gamma", "bb_kt", "var_prob_b",
                     "var_prob_h", "var_prob_s"]:
            at = header.index(name)
            given = [float(row[at]) if number.fullmatch(row[at]) else np.nan for row in rows]
            np.testing.assert_array_equal(found[name], given, name)
        missing = found[FEATURES].isna().sum(axis=1)
        np.testing.assert_array_equal(found["features_missing"], missing)
        has_class = found["class_name"] != ""
        np.testing.assert_array_equal(has_class, missing < len(FEATURES))
        np.testing.assert_allclose(found[list(map(our_name, CLASSES))][has_class].sum(axis=1), 1, rtol=0, atol=1e-12)


if __name__ == "__main__":
    unittest.main()
