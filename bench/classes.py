#!/usr/bin/env python3
"""Evaluates the classes of both methods on real labelled detections, and compares them with
scikit-learn's random forest and boosted trees on the same folds.

    bench/classes [--nested]      needs ../shared/data; see CONTRIBUTING.md

The sample: complete detections of the labelled classes, scaling and clusters of the published
model, five folds by source, three seeds. The folds are those that `uhuru validate` writes to
predictions.csv; the forest learns from the same detections. --nested also chooses the method's
constants separately in each training part, by log loss in an inner cross-validation, and tests
the choice on the outer fold: this shows the value of the choice, made without the folds of the
table.
"""
import argparse
import itertools
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

warnings.filterwarnings("ignore")
ROOT = pathlib.Path(__file__).resolve().parents[1]
PROGRAM = os.environ.get("UHURU", str(ROOT / "build/release/uhuru"))
DATA = ROOT.parent / "shared/data"
GROUPS = {"QSO": 0, "AGN": 0, "Seyfert_1": 1, "Seyfert_2": 1, "HMXB": 2, "LMXB": 2, "XB": 2}
CLASSES = list(GROUPS)
GROUP_OF = np.array(list(GROUPS.values()))
SEEDS = 3


def uhuru(*arguments):
    subprocess.run([PROGRAM, *map(str, arguments), "--quiet"], check=True, stderr=subprocess.DEVNULL)


def read_csv(path):
    return pd.read_csv(path, float_precision="round_trip")


def scores(truth, p, prior):
    """truth: class numbers; p: rows x classes; prior: of the groups, for each row."""
    groups = np.array([p[:, GROUP_OF == g].sum(1) for g in range(3)]).T
    group = GROUP_OF[truth]
    fair = (groups / prior).argmax(1)
    largest, right = p.max(1), p.argmax(1) == truth
    bins = np.minimum((largest * 10).astype(int), 9)
    eps = np.finfo(float).eps
    return {"grouped balanced accuracy, equal priors":
                np.mean([(fair[group == g] == g).mean() for g in range(3)]),
            "grouped accuracy": (groups.argmax(1) == group).mean(),
            "log loss": -np.log(np.clip(p[np.arange(len(p)), truth], eps, 1)).mean(),
            "calibration error": sum((bins == b).mean() *
                                     abs(right[bins == b].mean() - largest[bins == b].mean())
                                     for b in set(bins))}


def calibration_floor(p, sources, rng):
    """The calibration error expected if these probabilities were exactly right: with independent
    detections, and with one draw for all detections of a source."""
    cumulated = p.cumsum(1)
    largest, bins = p.max(1), np.minimum((p.max(1) * 10).astype(int), 9)
    result = []
    for number_of in (np.arange(len(p)), sources):
        errors = []
        for _ in range(200):
            draw = rng.random_sample(number_of.max() + 1)[number_of]
            right = (draw[:, None] > cumulated).sum(1) == p.argmax(1)
            errors.append(sum((bins == b).mean() * abs(right[bins == b].mean() -
                                                       largest[bins == b].mean())
                              for b in set(bins)))
        result.append(np.mean(errors))
    return result


class Sample:
    def __init__(self, folder):
        self.folder = folder
        # A run provides the features, the labels and the completeness.
        uhuru("run", "--detections", DATA / "csc2_detections.vot", "--labels",
              DATA / "simbad_types_by_name.csv", "--join", "name", "--clusters", "csc2-published",
              "--out", folder / "run")
        table = read_csv(folder / "run/clusters.csv")
        self.table = table[table.main_type.isin(CLASSES)].reset_index(drop=True)
        self.write(self.table, folder / "sample.csv")
        self.features = self.table.columns[self.table.columns.get_loc("cluster") + 1:][:12]

    def write(self, table, path):
        table.drop(columns=["main_type"]).to_csv(path, index=False)
        table[["name", "main_type"]].drop_duplicates("name").to_csv(
            path.with_suffix(".labels.csv"), index=False)

    def validate(self, path, method, recipe="csc2", repeats=SEEDS, seed=0, folds=5):
        uhuru("validate", "--detections", path, "--labels", path.with_suffix(".labels.csv"),
              "--join", "name", "--clusters", "csc2-published", "--method", method, "--recipe",
              recipe, "--folds", folds, "--repeats", repeats, "--seed", seed, "--bootstrap", 0,
              "--out", self.folder / "validated", "--overwrite")
        return read_csv(self.folder / "validated/predictions.csv")


def of_repeats(predictions, sample, probabilities_of):
    """Mean scores over the repeats; probabilities_of(rows of a repeat)."""
    rows = []
    for _, repeat in predictions.groupby("repeat"):
        truth = repeat.truth.map(CLASSES.index).to_numpy()
        prior = np.empty((len(repeat), 3))
        for fold in range(5):
            learned = GROUP_OF[truth[(repeat.fold != fold).to_numpy()]]
            prior[(repeat.fold == fold).to_numpy()] = np.bincount(learned, minlength=3) / len(learned)
        p = probabilities_of(repeat)
        there = np.isfinite(p).all(1)
        rows.append({**scores(truth[there], p[there], prior[there]),
                     "detections classified": there.mean()})
    return pd.DataFrame(rows).mean()


def learner(make, sample):
    def probabilities(repeat):
        keys = pd.MultiIndex.from_frame(repeat[["name", "obsid"]])
        features = sample.table.set_index(["name", "obsid"]).loc[keys][sample.features].to_numpy()
        truth = repeat.truth.map(CLASSES.index).to_numpy()
        p = np.zeros((len(repeat), len(CLASSES)))
        for fold in range(5):
            test = (repeat.fold == fold).to_numpy()
            model = make(int(repeat["repeat"].iloc[0])).fit(features[~test], truth[~test])
            p[np.ix_(test, model.classes_)] = model.predict_proba(features[test])
        return p
    return probabilities


def nested(sample):
    """Chooses the constants in each outer training part."""
    grid = [dict(zip(["mean_members", "covariance_members", "tree_rows", "source_exponent"], values))
            for values in itertools.product([10, 30], [25, 50, 100], [3, 8], [0, 0.25, 0.5])]
    recipes = []
    for i, constants in enumerate(grid):
        recipes.append(sample.folder / f"recipe{i}.toml")
        recipes[-1].write_text((ROOT / "recipes/csc2.toml").read_text() + "\n[bayes]\n" + "".join(
            f"{key} = {value}\n" for key, value in {**constants, "replicates": 20}.items()))
    outer = sample.validate(sample.folder / "sample.csv", "bayes", repeats=1)
    p, chosen = np.empty((len(outer), len(CLASSES))), []
    for fold in range(5):
        test = (outer.fold == fold).to_numpy()
        keys = set(outer.name[~test])
        part = sample.folder / "part.csv"
        sample.write(sample.table[sample.table.name.isin(keys)], part)
        losses = []
        for recipe in recipes:
            inner = sample.validate(part, "bayes", recipe, repeats=1, seed=100 + fold)
            truth = inner.truth.map(CLASSES.index).to_numpy()
            of_truth = inner[CLASSES].to_numpy()[np.arange(len(inner)), truth]
            losses.append(-np.log(of_truth).mean())
        best = int(np.argmin(losses))
        chosen.append(grid[best])
        again = sample.validate(sample.folder / "sample.csv", "bayes", recipes[best], repeats=1)
        p[test] = again[CLASSES].to_numpy()[test]
        print(f"outer fold {fold}: inner log loss {min(losses):.3f} … {max(losses):.3f}, chosen "
              f"{grid[best]}", flush=True)
    return of_repeats(outer, sample, lambda _: p)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--nested", action="store_true", help="choose the constants anew")
    options = parser.parse_args()
    if not DATA.is_dir():
        sys.exit(f"{DATA} is not there")
    with tempfile.TemporaryDirectory(prefix="uhuru-classes-") as folder:
        sample = Sample(pathlib.Path(folder))
        print(f"{len(sample.table):,} detections of {sample.table.name.nunique()} sources, "
              f"five folds by source, seeds 0 … {SEEDS - 1}\n")
        path = sample.folder / "sample.csv"
        published = sample.validate(path, "mahalanobis")
        bayes = sample.validate(path, "bayes")
        ours = lambda repeat: repeat[CLASSES].to_numpy()
        table = pd.DataFrame({
            "published": of_repeats(published, sample, ours),
            "random forest": of_repeats(bayes, sample, learner(
                lambda seed: RandomForestClassifier(300, class_weight="balanced",
                                                    random_state=seed), sample)),
            "boosted trees": of_repeats(bayes, sample, learner(
                lambda seed: HistGradientBoostingClassifier(
                    max_iter=60, learning_rate=0.05, max_leaf_nodes=8, l2_regularization=5,
                    random_state=seed), sample)),
            "bayes": of_repeats(bayes, sample, ours)})
        if options.nested:
            table["bayes, nested"] = nested(sample)
        print(table.to_string(float_format=lambda value: f"{value:.3f}"))
        first = bayes[bayes["repeat"] == 0]
        floor = calibration_floor(first[CLASSES].to_numpy(), pd.factorize(first.name)[0],
                                  np.random.RandomState(0))
        print(f"\ncalibration error to expect if bayes's probabilities were exactly right: "
              f"{floor[0]:.3f} with independent detections, {floor[1]:.3f} where those of a source "
              f"go together")


if __name__ == "__main__":
    main()
