"""uhuru compare against pandas and scikit-learn, on the published classes and MUWCLASS."""

import json
import pathlib
import unittest

import numpy as np
import pandas as pd
from astropy import units
from astropy.coordinates import SkyCoord
from sklearn import metrics

from support import DATA, needs_data, scratch, uhuru

GROUPS = {"QSO": "AGN", "AGN": "AGN", "Seyfert_1": "AGN", "Seyfert_2": "AGN",
          "HMXB": "XB", "LMXB": "XB", "XB": "XB", "YSO": "YSO", "TTau*": "YSO", "Orion_V*": "YSO"}
MAP = {"AGN": "AGN", "HMXB": "XB", "LMXB": "XB", "YSO": "YSO"}
LABELS = ["AGN", "XB", "YSO"]


@needs_data
class CompareTest(unittest.TestCase):
    def compare(self, ours, *more):
        with scratch() as folder:
            folder = pathlib.Path(folder)
            uhuru("compare", ours, DATA / "muwclass_training.csv", "--map", "muwclass", "--out",
                  folder / "c.json", "--csv", folder / "c.csv", "--quiet", *more)
            return (json.loads((folder / "c.json").read_text()),
                    pd.read_csv(folder / "c.csv", keep_default_na=False))

    def assert_is_twin(self, found, joined, ours, matched, class_column):
        """`ours`: all rows; `matched`: with the columns of the counterpart, in order."""
        mapped = matched["True_Class"].map(MAP).fillna("")
        np.testing.assert_array_equal(joined["name"], matched["name"])
        np.testing.assert_array_equal(joined["ours"], matched[class_column])
        np.testing.assert_array_equal(joined["theirs"], matched["True_Class"])
        np.testing.assert_array_equal(joined["mapped"], mapped)
        compared = matched[mapped != ""]
        counts = found["counts"]
        self.assertEqual(counts["ours"], len(ours))
        self.assertEqual(counts["unmatched"], len(ours) - len(matched))
        self.assertEqual(counts["compared"], len(compared))
        self.assertEqual(counts["excluded"],
                         dict(matched.loc[mapped == "", "True_Class"].value_counts()))
        cross = pd.crosstab(matched["True_Class"], matched[class_column])
        cross = cross.reindex(columns=list(GROUPS), fill_value=0)
        self.assertEqual(found["cross"]["theirs"], list(cross.index))
        self.assertEqual(found["cross"]["ours"], list(cross.columns))
        np.testing.assert_array_equal(found["cross"]["counts"], cross)

        truth, predicted = mapped[mapped != ""], compared[class_column].map(GROUPS)
        (evaluation,) = found["evaluations"]
        self.assertEqual(evaluation["labels"], LABELS)
        self.assertEqual(evaluation["sources"], compared["name"].nunique())
        np.testing.assert_array_equal(evaluation["confusion"],
                                      metrics.confusion_matrix(truth, predicted, labels=LABELS))
        scores = {"accuracy": metrics.accuracy_score, "macro_f1": lambda t, p: metrics.f1_score(
            t, p, average="macro", zero_division=0),
                  "balanced_accuracy": metrics.balanced_accuracy_score}
        ids, source = np.unique(compared["name"].to_numpy(object), return_inverse=True)
        # Sources are numbered in order of first appearance.
        order = np.argsort(np.argsort([np.argmax(source == i) for i in range(len(ids))]))
        source = order[source]
        drawn = []
        for replicate in range(1000):
            random = np.random.RandomState([42, replicate])
            times = np.bincount(random.randint(len(ids), size=len(ids)), minlength=len(ids))
            confusion = np.zeros((4, 4))
            np.add.at(confusion, (truth.map(LABELS.index), predicted.map(LABELS.index)),
                      times[source])
            recall = np.diag(confusion)[confusion.sum(1) > 0] / confusion.sum(1)[
                confusion.sum(1) > 0]
            drawn.append([np.trace(confusion) / confusion.sum(), recall.mean()])
        for name, score in scores.items():
            self.assertAlmostEqual(evaluation[name]["value"], score(truth, predicted), delta=1e-12)
        for i, name in enumerate(["accuracy", "balanced_accuracy"]):
            low, high = np.percentile(np.array(drawn)[:, i], [2.5, 97.5])
            self.assertAlmostEqual(evaluation[name]["low"], low, delta=1e-12)
            self.assertAlmostEqual(evaluation[name]["high"], high, delta=1e-12)
        precision, recall, f1, support = metrics.precision_recall_fscore_support(
            truth, predicted, labels=LABELS, zero_division=0)
        for c, entry in enumerate(evaluation["per_label"]):
            self.assertEqual(entry["support"], support[c])
            for name, value in [("precision", precision), ("recall", recall), ("f1", f1)]:
                self.assertAlmostEqual(entry[name]["value"], value[c], delta=1e-12)

    def test_published_sources_by_name(self):
        ours = pd.read_csv(DATA / "published_uniquely_classified.csv")
        theirs = pd.read_csv(DATA / "muwclass_training.csv", low_memory=False)
        matched = ours.merge(theirs.drop_duplicates("CSCv2_name"), left_on="name",
                             right_on="CSCv2_name")
        self.assertGreater(len(matched), 100)
        found, joined = self.compare(DATA / "published_uniquely_classified.csv")
        self.assert_is_twin(found, joined, ours, matched, "master_class")

    def test_published_detections_by_name(self):
        ours = pd.read_csv(DATA / "published_detection_level.csv")
        theirs = pd.read_csv(DATA / "muwclass_training.csv", low_memory=False)
        matched = ours.merge(theirs.drop_duplicates("CSCv2_name"), left_on="name",
                             right_on="CSCv2_name")
        found, joined = self.compare(DATA / "published_detection_level.csv")
        self.assertEqual(found["evaluations"][0]["level"], "detections")
        self.assert_is_twin(found, joined, ours, matched, "main_type")

    def test_published_sources_by_position(self):
        ours = pd.read_csv(DATA / "published_uniquely_classified.csv")
        theirs = pd.read_csv(DATA / "muwclass_training.csv", low_memory=False)
        sky = SkyCoord(theirs["CSCv2_RA"], theirs["CSCv2_DEC"], unit="deg")
        nearest, separation, _ = SkyCoord(ours["ra"], ours["dec"], unit="deg").match_to_catalog_sky(
            sky)
        matched = pd.concat([ours, theirs.iloc[nearest].reset_index(drop=True)], axis=1)
        matched = matched[separation <= 2 * units.arcsec]
        self.assertGreater(len(matched), 100)
        found, joined = self.compare(DATA / "published_uniquely_classified.csv", "--join", "position",
                                     "--radius", 2)
        self.assert_is_twin(found, joined, ours, matched, "master_class")


if __name__ == "__main__":
    unittest.main()
