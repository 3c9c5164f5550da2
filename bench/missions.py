#!/usr/bin/env python3
"""Evaluates the built-in recipes on other missions' catalogs, beside scikit-learn's random forest and
boosted trees on the same folds.

    bench/missions [--short] [csc2|csc2-bayes|4xmm|4xmm-optical|muwclass|maxi|csc2-compact|strangers ...]
                                        needs ../shared/data; see CONTRIBUTING.md

Five folds by source, and by region of the sky where the recipe has positions; three seeds. The folds
are those that `uhuru validate` writes, the features those that `uhuru run` computes. The forest
learns with gaps filled by the medians of its training part; the boosted trees handle gaps
themselves, and thereby also learn from what is missing. Scores are of sources, each counting once,
with 95 % intervals from bootstrap samples of the sources. "strangers" asks how many sources of
classes that were not learned are recognized as such. --short: one seed, to see that it works.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib
import warnings

import numpy as np
import pandas as pd
from learners import LEARNERS, held_out

warnings.filterwarnings("ignore")
ROOT = pathlib.Path(__file__).resolve().parents[1]
PROGRAM = os.environ.get("UHURU", str(ROOT / "build/release/uhuru"))
DATA = ROOT.parent / "shared/data"
# --short: to see that it works.
SEEDS, BOOTSTRAPS = (1, 10) if "--short" in sys.argv else (3, 1000)

LABELS = ["--labels", DATA / "simbad_types_by_name.csv", "--join", "name"]
TABLES = {"csc2": ("csc2_detections.vot", LABELS), "csc2-bayes": ("csc2_detections.vot", LABELS),
          "4xmm": "missions/xmm4_dr13.csv", "4xmm-optical": "missions/xmm4_dr13.csv",
          "muwclass": "muwclass_training.csv", "maxi": "missions/maxi_33.csv",
          "csc2-compact": "missions/csc2_compact.csv"}


def uhuru(*arguments):
    subprocess.run([PROGRAM, *map(str, arguments), "--quiet"], check=True)


def scores(truth, p, group_of):
    """truth: class numbers; p: rows x classes."""
    groups = np.array([p[:, group_of == g].sum(1) for g in range(max(group_of) + 1)]).T
    found, found_groups, true_groups = p.argmax(1), groups.argmax(1), group_of[truth]
    rows = np.arange(len(p))
    loss = lambda q, t: -np.log(np.clip(q[rows, t], 1e-15, 1)).mean()
    recall = lambda f, t: np.mean([(f[t == c] == c).mean() for c in np.unique(t)])
    return {"accuracy, classes": (found == truth).mean(),
            "balanced accuracy, classes": recall(found, truth),
            "log loss, classes": loss(p, truth),
            "accuracy, groups": (found_groups == true_groups).mean(),
            "balanced accuracy, groups": recall(found_groups, true_groups),
            "log loss, groups": loss(groups, true_groups)}


def our_name(of_class):
    """The column of the probability of a class."""
    return "p_" + re.sub("[^a-z0-9]+", "_", of_class.lower()).strip("_")


def with_interval(repeats, group_of):
    """Mean scores over the repeats, each (truth, p) of the same sources in the same order, and their
    intervals."""
    mean = lambda rows: pd.DataFrame([scores(truth[rows], p[rows], group_of)
                                      for truth, p in repeats]).mean()
    sources = len(repeats[0][0])
    random = np.random.RandomState(0)
    drawn = pd.DataFrame([mean(random.randint(sources, size=sources)) for _ in range(BOOTSTRAPS)])
    value, low, high = mean(np.arange(sources)), drawn.quantile(0.025), drawn.quantile(0.975)
    return {name: f"{value[name]:.3f} ({low[name]:.3f}-{high[name]:.3f})" for name in value.index}


def of_uhuru(folder, classes, split):
    """Source probabilities of `uhuru validate`, and what its sets of classes are like."""
    sources = pd.read_csv(folder / split / "source_predictions.csv")
    name = sources.columns[0]
    # The published method has no class for a source where too few are learned; those with a class in
    # each repeat are scored.
    sources = sources[sources.groupby(name).repeat.transform("count") == SEEDS]
    sources = sources.sort_values(["repeat", name])
    repeats = [(part.truth.map(classes.index).to_numpy(), part[list(map(our_name, classes))].to_numpy())
               for _, part in sources.groupby("repeat")]
    if sources.set_90.isna().all():
        return repeats, "none"
    sets = sources.set_90.fillna("").str.split("|")
    coverage = np.mean([t in s for t, s in zip(sources.truth, sets)])
    return repeats, f"{coverage:.2f} of size {np.mean([len(s) for s in sets]):.1f}"


def of_learner(name, folder, features, keys, columns, classes, split):
    """Source probabilities on the same folds: the means over detections."""
    folds = pd.read_csv(folder / split / "predictions.csv")
    result = []
    for _, part in folds.groupby("repeat"):
        rows = part.merge(features, on=keys)
        truth = rows.truth.map(classes.index).to_numpy()
        source = rows[keys[0]]
        weights = 1 / source.groupby(source).transform("count").to_numpy()
        p = held_out(name, rows, rows[columns].to_numpy(float), truth, weights, len(classes))
        means = pd.DataFrame(p).groupby(source.to_numpy()).mean()
        result.append((pd.Series(truth).groupby(source.to_numpy()).first().to_numpy(),
                       means.to_numpy()))
    return result


def evaluate(name, folder):
    """Prints the scores of a built-in recipe as a Markdown table."""
    table, labels = TABLES[name] if isinstance(TABLES[name], tuple) else (TABLES[name], [])
    table = DATA / table
    recipe = tomllib.loads((ROOT / f"recipes/{name}.toml").read_text())
    keys = [recipe["columns"][key] for key in ("name", "observation") if key in recipe["columns"]]
    columns = [feature["name"] for feature in recipe["features"]]
    uhuru("run", "--detections", table, "--recipe", name, "--out", folder / "run",
          *labels)
    features = pd.read_csv(folder / "run/clusters.csv")[keys + columns]
    for split in ("source", "region") if "ra" in recipe["columns"] else ("source",):
        uhuru("validate", "--detections", table, "--recipe", name, "--split", split, "--repeats",
              SEEDS, "--seed", 0, "--bootstrap", 0, "--out", folder / split, "--overwrite",
              *labels)
        known = pd.read_csv(folder / split / "source_predictions.csv").columns
        classes = [c for c in recipe["classes"]["names"] if our_name(c) in known]
        named = recipe["classes"].get("groups", {})
        groups = list(dict.fromkeys(named.get(c, c) for c in classes))
        group_of = np.array([groups.index(named.get(c, c)) for c in classes])
        found, sets = of_uhuru(folder, classes, split)
        result = {"uhuru": with_interval(found, group_of)}
        for learner in LEARNERS:
            result[learner] = with_interval(
                of_learner(learner, folder, features, keys, columns, classes, split), group_of)
        print(f"\n{name}, folds by {split}: {len(found[0][0]):,} sources, {len(classes)} classes, "
              f"{len(groups)} groups; uhuru's 90 % sets: {sets}\n")
        print("| score | " + " | ".join(result) + " |\n" + "|---" * (len(result) + 1) + "|")
        for score in result["uhuru"]:
            print(f"| {score} | " + " | ".join(result[one][score] for one in result) + " |",
                  flush=True)


def strangers(folder):
    """Sources of the recipe's classes against those that are none of them."""
    uhuru("run", "--detections", DATA / "csc2_detections.vot", "--labels",
          DATA / "simbad_types_by_name.csv", "--join", "name", "--method", "bayes", "--out",
          folder / "run")
    types = pd.read_csv(DATA / "simbad_types_by_name.csv", skipinitialspace=True)
    types = types[types.separation_arcsec <= 1].set_index("name").main_type
    compact = folder / "compact.csv"
    table = pd.read_csv(DATA / "missions/csc2_compact.csv", skipinitialspace=True)
    table.to_csv(compact, index=False)
    kinds = {}
    for path, label in ((DATA / "csc2_detections.vot", types),
                        (compact, table.drop_duplicates("name").set_index("name").kind)):
        uhuru("predict", path, "--model", folder / "run/model.json", "--out", folder / "p.csv",
              "--vote", folder / "vote", "--overwrite")
        sources = pd.read_csv(folder / "vote/sources.csv")
        sources["kind"] = sources.name.map(label)
        for kind, rows in sources.groupby("kind"):
            if len(rows) >= 10:
                kinds[kind] = {"sources": len(rows), "p_known < 0.05": (rows.p_known < 0.05).mean(),
                               "p_known < 0.01": (rows.p_known < 0.01).mean(),
                               "tail_probability < 0.01": (rows.tail_probability < 0.01).mean()}
    print("\nstrangers: the parts of the sources of each label that are flagged (labels of the "
          "recipe's classes were learned)\n")
    print(pd.DataFrame(kinds).T.to_string(float_format=lambda value: f"{value:.3f}"))


PARTS = [*TABLES, "strangers"]


def main():
    chosen = [name for name in sys.argv[1:] if name != "--short"] or PARTS
    unknown = [name for name in chosen if name not in PARTS]
    if unknown:
        sys.exit(f"unknown: {unknown[0]}; one of {', '.join(PARTS)}")
    if not DATA.is_dir():
        sys.exit(f"{DATA} is not there")
    for name in chosen:
        with tempfile.TemporaryDirectory(prefix="uhuru-missions-") as folder:
            if name == "strangers":
                strangers(pathlib.Path(folder))
            else:
                evaluate(name, pathlib.Path(folder))


if __name__ == "__main__":
    main()
