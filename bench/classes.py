#!/usr/bin/env python3
"""Evaluates the classes of both methods on real labelled detections, beside scikit-learn's random
forest and boosted trees on the same folds.

    bench/classes [--quick | --short]      needs ../shared/data; see CONTRIBUTING.md

All labelled detections, five folds, three seeds, by source and by region of the sky (HEALPix order
3); the folds are those that `uhuru validate` writes to predictions.csv. The forest learns with gaps
filled by the medians of its training part, the boosted trees handle gaps themselves; both weigh
detections as the question asks: each source once, or each detection once. --quick: one seed; --short: by source, prior sources alone, to see that it works.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import pandas as pd
from learners import LEARNERS, held_out

warnings.filterwarnings("ignore")
ROOT = pathlib.Path(__file__).resolve().parents[1]
PROGRAM = os.environ.get("UHURU", str(ROOT / "build/release/uhuru"))
DATA = ROOT.parent / "shared/data"
GROUPS = {"QSO": 0, "AGN": 0, "Seyfert_1": 1, "Seyfert_2": 1, "HMXB": 2, "LMXB": 2, "XB": 2}
CLASSES = list(GROUPS)
GROUP_OF = np.array(list(GROUPS.values()))
NAMES = ["AGN", "Seyfert", "XB"]


def uhuru(*arguments):
    subprocess.run([PROGRAM, *map(str, arguments), "--quiet"], check=True, stderr=subprocess.DEVNULL)


def read_csv(path):
    return pd.read_csv(path, float_precision="round_trip")


def calibration_error(p, truth, weights):
    largest, right = p.max(1), p.argmax(1) == truth
    bins = np.minimum((largest * 10).astype(int), 9)
    error = 0
    for b in set(bins):
        chosen = bins == b
        error += weights[chosen].sum() / weights.sum() * abs(
            np.average(right[chosen], weights=weights[chosen]) -
            np.average(largest[chosen], weights=weights[chosen]))
    return error


def scores(truth, p, prior, weights):
    """truth: class numbers; p: rows x classes; prior: of the groups, for each row."""
    groups = np.array([p[:, GROUP_OF == g].sum(1) for g in range(3)]).T
    group = GROUP_OF[truth]
    fair = (groups / prior).argmax(1)
    of_truth = np.clip(p[np.arange(len(p)), truth], np.finfo(float).eps, 1)
    return {"balanced accuracy of groups, equal priors":
                np.mean([np.average(fair[group == g] == g, weights=weights[group == g])
                         for g in range(3)]),
            "accuracy of groups": np.average(groups.argmax(1) == group, weights=weights),
            "log loss": -np.average(np.log(of_truth), weights=weights),
            "calibration error": calibration_error(p, truth, weights)}


def weights_of(rows, prior):
    if prior == "detections":
        return np.ones(len(rows))
    return 1 / rows.groupby("name").name.transform("count").to_numpy()


def score_repeats(predictions, probabilities_of, prior):
    """Mean scores of detections over the repeats; probabilities_of(rows of a repeat)."""
    rows = []
    for _, repeat in predictions.groupby("repeat"):
        truth = repeat.truth.map(CLASSES.index).to_numpy()
        weights = weights_of(repeat, prior)
        priors = np.empty((len(repeat), 3))
        for fold in range(5):
            test = (repeat.fold == fold).to_numpy()
            learned = np.bincount(GROUP_OF[truth[~test]], weights=weights[~test], minlength=3)
            priors[test] = learned / learned.sum()
        p = probabilities_of(repeat)
        there = np.isfinite(p).all(1)
        rows.append({**scores(truth[there], p[there], priors[there], weights[there]),
                     "detections classified": there.mean()})
    return pd.DataFrame(rows).mean()


class Sample:
    def __init__(self, folder, repeats):
        self.folder, self.repeats = folder, repeats
        # A run provides the features.
        uhuru("run", "--detections", DATA / "csc2_detections.vot", "--labels",
              DATA / "simbad_types_by_name.csv", "--join", "name", "--recipe", "csc2-bayes",
              "--out", folder / "run")
        table = read_csv(folder / "run/clusters.csv")
        self.features = list(table.columns[table.columns.get_loc("cluster") + 1:][:13])
        self.table = table.drop_duplicates(["name", "obsid"]).set_index(["name", "obsid"])

    def validate(self, split, *options):
        out = self.folder / "validated"
        uhuru("validate", "--detections", DATA / "csc2_detections.vot", "--labels",
              DATA / "simbad_types_by_name.csv", "--join", "name", "--repeats", self.repeats,
              "--seed", 0, "--bootstrap", 0, "--split", split, "--out", out, "--overwrite", *options)
        return read_csv(out / "predictions.csv"), read_csv(out / "source_predictions.csv")

    def learner(self, name, prior):
        def probabilities(repeat):
            keys = pd.MultiIndex.from_frame(repeat[["name", "obsid"]])
            values = self.table.loc[keys][self.features].to_numpy()
            truth = repeat.truth.map(CLASSES.index).to_numpy()
            return held_out(name, repeat, values, truth, weights_of(repeat, prior), len(CLASSES))
        return probabilities


def ours(repeat):
    return repeat[["p_" + name.lower().strip("*") for name in CLASSES]].to_numpy()


def of_sources(sources):
    """Scores of sources, all detections of each together, and what was said of X-ray binaries."""
    rows = []
    for _, repeat in sources.groupby("repeat"):
        truth = repeat.truth.map(CLASSES.index).to_numpy()
        p = ours(repeat)
        xb, is_xb = p[:, GROUP_OF == 2].sum(1), GROUP_OF[truth] == 2
        groups = np.array([p[:, GROUP_OF == g].sum(1) for g in range(3)]).T
        row = {"accuracy of groups": (groups.argmax(1) == GROUP_OF[truth]).mean(),
               "log loss": -np.log(p[np.arange(len(p)), truth]).mean(),
               "calibration error": calibration_error(p, truth, np.ones(len(p)))}
        for title, chosen in (("1 detection", repeat.detection_count == 1),
                              ("11 or more", repeat.detection_count >= 11)):
            row[f"P(XB), {title}: said"] = xb[chosen].mean()
            row[f"P(XB), {title}: true"] = is_xb[chosen].mean()
        sets = repeat.set_90.fillna("").str.split("|")
        inside = np.array([t in s for t, s in zip(repeat.truth, sets)])
        for g, name in enumerate(NAMES):
            row[f"90 % sets: coverage of {name}"] = inside[GROUP_OF[truth] == g].mean()
        row["90 % sets: mean size"] = np.mean([len(s) for s in sets])
        row["p_known < 0.05"] = (repeat.p_known < 0.05).mean()
        rows.append(row)
    return pd.DataFrame(rows).mean()


def shown(table):
    print(pd.DataFrame(table).to_string(float_format=lambda value: f"{value:.3f}", na_rep="-"),
          flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="one seed")
    parser.add_argument("--short", action="store_true", help="one seed, split and prior")
    options = parser.parse_args()
    if not DATA.is_dir():
        sys.exit(f"{DATA} is not there")
    with tempfile.TemporaryDirectory(prefix="uhuru-classes-") as folder:
        sample = Sample(pathlib.Path(folder), 1 if options.quick or options.short else 3)
        for split in ("source",) if options.short else ("source", "region"):
            by_sources = {}
            for prior in ("sources",) if options.short else ("sources", "detections"):
                table = {}
                if prior == "detections":
                    published, _ = sample.validate(split, "--method", "mahalanobis")
                    table["published"] = score_repeats(published, ours, prior)
                for title, recipe in (("bayes, 12 features", ("--method", "bayes")),
                                      ("csc2-bayes", ("--recipe", "csc2-bayes"))):
                    found, sources = sample.validate(split, *recipe, "--prior", prior)
                    table[title] = score_repeats(found, ours, prior)
                    by_sources[f"{title}, {prior}"] = of_sources(sources)
                for name in LEARNERS:
                    table[name] = score_repeats(found, sample.learner(name, prior), prior)
                print(f"\n{len(found) // sample.repeats:,} detections of {found.name.nunique()} "
                      f"sources, five folds by {split}; prior and scores: each {prior[:-1]} once\n")
                shown(table)
            print(f"\nsources, all detections of each together, folds by {split}\n")
            shown(by_sources)


if __name__ == "__main__":
    main()
