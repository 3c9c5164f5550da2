"""uhuru validate against scikit-learn and healpy: folds, regions, votes and scores, recomputed from
the predictions that it writes."""

import json
import pathlib
import unittest

import healpy
import numpy as np
import pandas as pd
from sklearn.metrics import (accuracy_score, balanced_accuracy_score, confusion_matrix, log_loss,
                             roc_auc_score)
from sklearn.model_selection import StratifiedKFold

from oracle import our_name
from support import scratch, uhuru

GROUPS = {"QSO": "AGN", "AGN": "AGN", "Seyfert_1": "Seyfert", "Seyfert_2": "Seyfert",
          "HMXB": "XB", "LMXB": "XB", "XB": "XB", "YSO": "YSO", "TTau*": "YSO", "Orion_V*": "YSO"}


class ValidateTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder_context = scratch()
        cls.folder = pathlib.Path(cls.folder_context.name)
        uhuru("simulate", "--rows", 4000, "--seed", 3, "--out", cls.folder / "d.fits",
              "--labels-out", cls.folder / "l.csv", "--quiet")

    @classmethod
    def tearDownClass(cls):
        cls.folder_context.cleanup()

    def validate(self, *options):
        out = self.folder / "out"
        uhuru("validate", "--detections", self.folder / "d.fits", "--labels",
              self.folder / "l.csv", "--out", out, "--overwrite", "--quiet", "--bootstrap", 0,
              *options)
        predictions = pd.read_csv(out / "predictions.csv", float_precision="round_trip")
        return predictions, json.loads((out / "validation.json").read_text())

    def check_folds(self, predictions, groups, folds, seed):
        """Folds are those of StratifiedKFold over the groups, in order of first appearance or of
        number, each with its most frequent class."""
        classes = {c: i for i, c in enumerate(GROUPS) if c in set(predictions.truth)}
        truth = predictions.truth.map(classes).to_numpy()
        of_group = [np.bincount(truth[groups == g]).argmax() for g in range(groups.max() + 1)]
        expected = np.empty(len(of_group), int)
        splits = StratifiedKFold(folds, shuffle=True, random_state=seed).split(of_group, of_group)
        for fold, (_, test) in enumerate(splits):
            expected[test] = fold
        np.testing.assert_array_equal(predictions.fold, expected[groups])

    def check_scores(self, evaluation, truth, predicted, probabilities, labels, weights=None):
        self.assertEqual(evaluation["labels"], labels)
        near = dict(rtol=0, atol=1e-12)
        weights = np.ones(len(truth)) if weights is None else np.asarray(weights)
        np.testing.assert_allclose(
            evaluation["confusion"],
            confusion_matrix(truth, predicted, labels=labels, sample_weight=weights),
            rtol=1e-12, atol=1e-12)
        value = lambda key: evaluation[key]["value"]
        np.testing.assert_allclose(value("accuracy"),
                                   accuracy_score(truth, predicted, sample_weight=weights), **near)
        np.testing.assert_allclose(
            value("balanced_accuracy"),
            balanced_accuracy_score(truth, predicted, sample_weight=weights), **near)
        if probabilities is None:
            self.assertIsNone(evaluation["log_loss"])
            return
        places = np.array([labels.index(t) for t in truth])
        np.testing.assert_allclose(
            value("log_loss"), log_loss(places, probabilities, labels=range(len(labels)),
                                        sample_weight=weights),
            rtol=1e-12, atol=1e-12)
        for i, label in enumerate(labels):
            np.testing.assert_allclose(evaluation["per_label"][i]["roc_auc"]["value"],
                                       roc_auc_score(places == i, probabilities[:, i],
                                                     sample_weight=weights), **near)
        largest = probabilities.max(1)
        bins = np.minimum((largest * 10).astype(int), 9)
        right = probabilities.argmax(1) == places
        error = sum(weights[bins == b].sum() / weights.sum() *
                    abs(np.average(right[bins == b], weights=weights[bins == b]) -
                        np.average(largest[bins == b], weights=weights[bins == b]))
                    for b in set(bins))
        np.testing.assert_allclose(value("calibration_error"), error, **near)

    def test_detections_by_source(self):
        for method, prior in [("mahalanobis", None), ("bayes", None), ("bayes", "detections")]:
            with self.subTest(method=method, prior=prior):
                predictions, result = self.validate("--method", method, "--seed", 5,
                                                    *(("--prior", prior) if prior else ()))
                sources = pd.factorize(predictions.name)[0]
                # Asked about sources, scores count each source once.
                once = method == "bayes" and prior is None
                weights = 1 / np.bincount(sources)[sources] if once else np.ones(len(sources))
                weights = weights[predictions.predicted.notna()]
                self.check_folds(predictions, sources, 5, 5)
                with_class = predictions[predictions.predicted.notna()]
                self.assertEqual(result["sample"]["predictions_without_class"],
                                 len(predictions) - len(with_class))
                classes, groups = result["evaluations"][:2]
                labels = classes["labels"]
                p = with_class[list(map(our_name, labels))].to_numpy()
                self.check_scores(classes, with_class.truth, with_class.predicted, p, labels,
                                  weights)
                names = list(dict.fromkeys(GROUPS[c] for c in labels))
                of_groups = np.array([p[:, [GROUPS[c] == g for c in labels]].sum(1)
                                      for g in names]).T
                self.check_scores(groups, with_class.truth.map(GROUPS),
                                  np.array(names)[of_groups.argmax(1)], of_groups, names, weights)

    def test_votes_of_the_published_method(self):
        predictions, result = self.validate("--folds", 4)
        labels = result["evaluations"][0]["labels"]
        with_class = predictions[predictions.predicted.notna()]
        means = np.array([[np.mean(source[our_name(c)].to_numpy()) for c in labels]
                          for _, source in with_class.groupby("name", sort=False)])
        truth = with_class.groupby("name", sort=False).truth.first()
        soft, hard = result["evaluations"][2], result["evaluations"][4]
        self.check_scores(soft, truth, np.array(labels)[means.argmax(1)], means, labels)
        most = with_class.groupby("name", sort=False).predicted.agg(
            lambda c: next(x for x in c if (c == x).sum() == c.value_counts().max()))
        self.check_scores(hard, truth, most, None, labels)

    def test_split_by_detection_and_region(self):
        predictions, _ = self.validate("--split", "detection")
        self.check_folds(predictions, np.arange(len(predictions)), 5, 42)
        predictions, _ = self.validate("--split", "region", "--order", 4)
        pixels = healpy.ang2pix(16, predictions.ra.to_numpy(), predictions.dec.to_numpy(),
                                nest=True, lonlat=True)
        self.check_folds(predictions, np.unique(pixels, return_inverse=True)[1], 5, 42)


if __name__ == "__main__":
    unittest.main()
