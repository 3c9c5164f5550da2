"""Metrics, folds and HEALPix pixels against scikit-learn and healpy."""

import unittest

import healpy
import numpy as np
import pandas as pd
from sklearn import metrics
from sklearn.model_selection import StratifiedKFold

from support import probe

EPS = 1e-12


def predictions(seed, rows, labels, decimals=None, weighted=False):
    """Predictions that are mostly right, with a few rows per source. Probabilities with few
    decimals produce many ties."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(labels, rows, p=rng.dirichlet(np.full(labels, 3.0)))
    scores = rng.gamma(0.7, size=(rows, labels)) + 0.8 * (truth[:, None] == np.arange(labels))
    p = scores / scores.sum(axis=1, keepdims=True)
    if decimals is not None:
        p = np.round(p, decimals)
    table = pd.DataFrame({"truth": truth, "predicted": p.argmax(axis=1),
                          "source": rng.integers(0, rows // 3, rows)})
    priors = rng.dirichlet(np.full(labels, 5.0), rows)
    for c in range(labels):
        table[f"p{c}"], table[f"prior{c}"] = p[:, c], priors[:, c]
    if weighted:
        table["weight"] = rng.gamma(1.0, size=rows)
    return table


def matrix(table, prefix):
    return table.filter(regex=f"^{prefix}[0-9]+$").to_numpy()


def calibration(correct, largest, weights):
    """The reliability diagram and the expected calibration error, bin by bin."""
    bins, error = [], 0.0
    for i in range(10):
        inside = (largest >= i / 10) & ((largest < (i + 1) / 10) | (i == 9))
        count = weights[inside].sum()
        if count == 0:
            bins.append((0, None, None))
            continue
        mean = np.average(largest[inside], weights=weights[inside])
        accuracy = np.average(correct[inside], weights=weights[inside])
        bins.append((count, mean, accuracy))
        error += count / weights.sum() * abs(accuracy - mean)
    return bins, error


def scores(table):
    """The scores of scikit-learn, by the names used in the evaluation."""
    truth, predicted = table["truth"].to_numpy(), table["predicted"].to_numpy()
    weights = table.get("weight", pd.Series(np.ones(len(table)))).to_numpy()
    p = matrix(table, "p")
    labels = np.arange(p.shape[1])
    given = {"sample_weight": weights}
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        truth, predicted, labels=labels, zero_division=0, **given)
    result = {
        "accuracy": metrics.accuracy_score(truth, predicted, **given),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, predicted, **given),
        "balanced_accuracy_equal_priors": metrics.balanced_accuracy_score(
            truth, (p / matrix(table, "prior")).argmax(axis=1), **given),
        "macro_f1": metrics.f1_score(truth, predicted, average="macro", zero_division=0, **given),
        "log_loss": metrics.log_loss(truth, p, labels=labels, **given),
        "brier": np.average(((p - np.eye(len(labels))[truth]) ** 2).sum(axis=1), weights=weights),
        "calibration_error": calibration(truth == predicted, p.max(axis=1), weights)[1]}
    per_label = []
    for c in labels:
        both = 0 < (truth == c).sum() < len(truth)
        per_label.append({
            "support": support[c], "precision": precision[c], "recall": recall[c], "f1": f1[c],
            "roc_auc": metrics.roc_auc_score(truth == c, p[:, c], **given) if both else None,
            "average_precision": metrics.average_precision_score(truth == c, p[:, c], **given)
            if both else None})
    return result, per_label


class MetricsTest(unittest.TestCase):
    def assert_near(self, found, expected, what):
        if expected is None:
            self.assertIsNone(found, what)
        else:
            self.assertAlmostEqual(found, expected, delta=EPS * max(1, abs(expected)), msg=what)

    def assert_curve(self, found, names, expected):
        """Equal, or evenly thinned."""
        count = len(expected[0])
        picked = np.arange(count) if count <= 400 else np.arange(400) * (count - 1) // 399
        for name, values in zip(names, expected):
            np.testing.assert_allclose(found[name], values[picked], rtol=0, atol=EPS)

    def assert_is_scikit_learn(self, table):
        found = probe("evaluate", table, 0)
        expected, per_label = scores(table)
        for name, value in expected.items():
            self.assert_near(found[name]["value"], value, name)
        weights = table.get("weight", pd.Series(np.ones(len(table)))).to_numpy()
        truth, predicted, p = table["truth"], table["predicted"], matrix(table, "p")
        labels = np.arange(p.shape[1])
        for normalize, key in [(None, "confusion"), ("true", "confusion_normalized")]:
            confusion = metrics.confusion_matrix(truth, predicted, labels=labels,
                                                 sample_weight=weights, normalize=normalize)
            rows = np.array(found[key], float)
            np.testing.assert_allclose(np.nan_to_num(rows), confusion, rtol=EPS, atol=EPS)
        for c, values in enumerate(per_label):
            entry = found["per_label"][c]
            self.assert_near(entry["support"], values.pop("support"), "support")
            for name, value in values.items():
                self.assert_near(entry[name] and entry[name]["value"], value, (c, name))
            if values["roc_auc"] is None:
                self.assertNotIn(str(c), found["roc"])
                self.assertNotIn(str(c), found["precision_recall"])
                continue
            self.assert_curve(found["roc"][str(c)], ["false_positive_rate", "true_positive_rate"],
                              metrics.roc_curve(truth == c, p[:, c], sample_weight=weights,
                                                drop_intermediate=False)[:2])
            self.assert_curve(found["precision_recall"][str(c)], ["precision", "recall"],
                              metrics.precision_recall_curve(truth == c, p[:, c],
                                                             sample_weight=weights)[:2])
        bins = calibration((truth == predicted).to_numpy(), p.max(axis=1), weights)[0]
        for entry, (count, mean, accuracy) in zip(found["reliability"], bins):
            self.assert_near(entry["count"], count, "count")
            self.assert_near(entry["mean_probability"], mean, "mean probability")
            self.assert_near(entry["accuracy"], accuracy, "accuracy")

    def test_scores_and_curves_are_those_of_scikit_learn(self):
        for seed, (rows, labels, decimals, weighted) in enumerate(
                [(900, 4, None, False), (900, 4, 1, False), (900, 4, None, True),
                 (900, 4, 1, True), (60, 2, None, False), (40, 9, 2, True), (3000, 10, 0, True)]):
            with self.subTest(rows=rows, labels=labels, decimals=decimals, weighted=weighted):
                self.assert_is_scikit_learn(predictions(seed, rows, labels, decimals, weighted))

    def test_a_label_without_rows_and_probabilities_of_0_and_1(self):
        table = predictions(20, 300, 4)
        table = table[table["truth"] != 2].reset_index(drop=True)
        self.assert_is_scikit_learn(table)
        table.loc[:50, ["p0", "p1", "p2", "p3"]] = [0.0, 0.0, 0.0, 1.0]
        table["predicted"] = matrix(table, "p").argmax(axis=1)
        self.assert_is_scikit_learn(table)
        self.assert_is_scikit_learn(table[table["predicted"] != 1].reset_index(drop=True))

    def test_repeats_are_averaged(self):
        parts = [predictions(seed, 400, 3) for seed in (30, 31, 32)]
        table = pd.concat([part.assign(repeat=i) for i, part in enumerate(parts)])
        found = probe("evaluate", table, 0)
        expected = [scores(part) for part in parts]
        for name in expected[0][0]:
            self.assert_near(found[name]["value"], np.mean([e[0][name] for e in expected]), name)
        for c in range(3):
            for name in ["precision", "recall", "f1", "roc_auc", "average_precision"]:
                self.assert_near(found["per_label"][c][name]["value"],
                                 np.mean([e[1][c][name] for e in expected]), name)
        self.assertEqual(np.sum(found["confusion"]), len(table))

    def test_intervals_are_percentiles_over_sources(self):
        """The same draws as numpy's generator, scored by scikit-learn."""
        table = predictions(40, 250, 3)
        found = probe("evaluate", table, 60)
        ids, source = np.unique(table["source"], return_inverse=True)
        drawn = []
        for replicate in range(60):
            random = np.random.RandomState([42, replicate])
            counts = np.bincount(random.randint(len(ids), size=len(ids)), minlength=len(ids))
            again = table.loc[np.repeat(np.arange(len(table)), counts[source])]
            drawn.append(scores(again.reset_index(drop=True)))
        for name in drawn[0][0]:
            low, high = np.percentile([d[0][name] for d in drawn], [2.5, 97.5])
            self.assert_near(found[name]["low"], low, name)
            self.assert_near(found[name]["high"], high, name)
        for c in range(3):
            for name in ["precision", "recall", "f1", "roc_auc", "average_precision"]:
                low, high = np.percentile([d[1][c][name] for d in drawn], [2.5, 97.5])
                self.assert_near(found["per_label"][c][name]["low"], low, name)
                self.assert_near(found["per_label"][c][name]["high"], high, name)


class FoldsTest(unittest.TestCase):
    def test_folds_are_those_of_stratified_k_fold(self):
        rng = np.random.default_rng(1)
        for groups, classes, folds, seed in [(50, 3, 5, 0), (997, 10, 10, 42), (30, 2, 2, 7),
                                             (400, 6, 7, 4294967295)]:
            with self.subTest(groups=groups, classes=classes, folds=folds):
                of_group = rng.integers(0, classes, groups)
                expected = np.empty(groups, int)
                dealer = StratifiedKFold(folds, shuffle=True, random_state=seed)
                for fold, (_, rows) in enumerate(dealer.split(of_group, of_group)):
                    expected[rows] = fold
                rows = rng.permutation(np.r_[np.arange(groups), rng.integers(0, groups, groups)])
                table = pd.DataFrame({"class": of_group[rows], "group": 3 * rows})
                self.assertEqual(probe("folds", table, folds, seed), list(expected[rows]))


class HealpixTest(unittest.TestCase):
    def test_pixels_are_those_of_healpy(self):
        """Borders are excluded, where healpy's own rounding of angles decides."""
        rng = np.random.default_rng(2)
        ra = np.r_[rng.uniform(0, 360, 4000), np.repeat([0.0, 360.0, 45.0, 90.0, 180.0], 200)]
        dec = np.degrees(np.arcsin(rng.uniform(-1, 1, len(ra))))
        dec[:500] = 90 - 10.0 ** rng.uniform(-9, 1, 500)
        dec[500:1000] = -90 + 10.0 ** rng.uniform(-9, 1, 500)
        dec[1000:1500] = rng.normal(0, 1e-3, 500)
        dec[1500:1504] = [90, -90, 90, -90]
        table = pd.DataFrame({"ra": ra, "dec": dec})
        for order in [0, 1, 2, 3, 6, 9, 13, 20, 24]:
            expected = healpy.ang2pix(2**order, ra, dec, nest=True, lonlat=True)
            self.assertEqual(probe("pixels", table, order), list(expected), f"order {order}")
        # From order 25 on pixels are as small as the rounding error of an angle near 360 degrees.
        expected = healpy.ang2pix(2**29, ra, dec, nest=True, lonlat=True)
        found = np.array(probe("pixels", table, 29))
        self.assertGreater((found == expected).mean(), 0.98)
        x, y = healpy.pix2vec(2**29, found, nest=True), healpy.pix2vec(2**29, expected, nest=True)
        self.assertLess(np.abs(np.subtract(x, y)).max(), 4e-9)


if __name__ == "__main__":
    unittest.main()
