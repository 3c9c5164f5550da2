#!/usr/bin/env python3
"""Evaluates the method bayes on other missions' catalogs, beside scikit-learn's random forest and
boosted trees on the same folds.

    bench/missions [4xmm|muwclass|maxi|strangers ...]    needs ../shared/data; see CONTRIBUTING.md

Five folds by source, three seeds; the folds are those that `uhuru validate` writes. The forest
learns with gaps filled by the medians of its training part; the boosted trees handle gaps
themselves, and thereby also learn from what is missing. Scores are of sources, each counting once.
"strangers" asks how many sources of classes that were not learned are recognized as such.
"""
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
SEEDS = 3

RECIPE = """name = "{name}"
missing = "integrate"
missing_informs = {informs}

[columns]
name = "name"
observation = "observation"
ra = "ra"
dec = "dec"
{features}
[mixture]
components = {components}

[classes]
method = "bayes"
names = [{classes}]

[classes.groups]
{groups}
[labels]
name = "name"
ra = "ra"
dec = "dec"
type = "label"
separation = "separation"
"""


def recipe(name, features, groups, components, informs):
    """features: name -> transform; groups: class -> group."""
    blocks = "".join(f'\n[[features]]\nname = "{f}"\ntransform = "{t}"\nkind = "feature"\n'
                     for f, t in features.items())
    return RECIPE.format(
        name=name, features=blocks, components=components, informs=str(informs).lower(),
        classes=", ".join(f'"{c}"' for c in groups),
        groups="".join(f'"{c}" = "{g}"\n' for c, g in groups.items()))


def uhuru(*arguments):
    subprocess.run([PROGRAM, *map(str, arguments), "--quiet"], check=True)


def scores(truth, p, group_of):
    """truth: class numbers; p: rows x classes."""
    group_of = np.asarray(group_of)
    groups = np.array([p[:, group_of == g].sum(1) for g in range(max(group_of) + 1)]).T
    found = p.argmax(1)
    return {"accuracy": (found == truth).mean(),
            "balanced accuracy": np.mean([(found[truth == c] == c).mean() for c in set(truth)]),
            "accuracy of groups": (groups.argmax(1) == group_of[truth]).mean(),
            "log loss of groups": -np.log(np.clip(groups[np.arange(len(p)), group_of[truth]],
                                                  1e-15, 1)).mean(),
            "log loss": -np.log(np.clip(p[np.arange(len(p)), truth], 1e-15, 1)).mean()}


class Sample:
    """A table with name, observation, ra, dec, label and features, and its recipe."""

    def __init__(self, folder, name, table, features, groups, components=6):
        self.folder, self.name, self.table = folder, name, table[table.label.isin(groups)]
        self.features, self.groups, self.components = features, groups, components
        self.path = folder / f"{name}.csv"
        self.table.drop(columns="label").to_csv(self.path, index=False)
        self.labels = folder / f"{name}.labels.csv"
        self.table[["name", "label"]].drop_duplicates("name").to_csv(self.labels, index=False)

    def validate(self, informs=False):
        path = self.folder / f"{self.name}.toml"
        path.write_text(recipe(self.name, self.features, self.groups, self.components, informs))
        out = self.folder / "validated"
        uhuru("validate", "--detections", self.path, "--labels", self.labels, "--join", "name",
              "--recipe", path, "--repeats", SEEDS, "--seed", 0, "--bootstrap", 0, "--out", out,
              "--overwrite")
        return pd.read_csv(out / "source_predictions.csv"), pd.read_csv(out / "predictions.csv")

    def learner(self, name, folds, classes):
        """Source probabilities of a learner on the same folds: the means over detections."""
        rows = folds.merge(self.table[["name", "observation"] + list(self.features)],
                           on=["name", "observation"])
        values = rows[list(self.features)].to_numpy(float)
        truth = rows.truth.map(classes.index).to_numpy()
        weights = 1 / rows.groupby("name").name.transform("count").to_numpy()
        p = held_out(name, rows, values, truth, weights, len(classes))
        means = pd.DataFrame(p).groupby(rows.name.to_numpy()).mean()
        return means.to_numpy(), pd.Series(truth).groupby(rows.name.to_numpy()).first().to_numpy()

    def report(self):
        result = {}
        for title, informs in (("bayes", False), ("bayes, gaps inform", True)):
            if informs and not self.table[list(self.features)].isna().any().any():
                continue
            sources, detections = self.validate(informs)
            columns = list(sources.columns)
            classes = columns[columns.index("predicted") + 1:-2]
            groups = list(dict.fromkeys(self.groups[c] for c in classes))
            group_of = [groups.index(self.groups[c]) for c in classes]
            rows = []
            for _, repeat in sources.groupby("repeat"):
                truth = repeat.truth.map(classes.index).to_numpy()
                sets = repeat.iloc[:, -2].fillna("").str.split("|")
                rows.append({**scores(truth, repeat[classes].to_numpy(), group_of),
                             "90 % sets: coverage": np.mean([t in s for t, s in
                                                             zip(repeat.truth, sets)]),
                             "90 % sets: size": np.mean([len(s) for s in sets])})
            result[title] = pd.DataFrame(rows).mean()
        for title in LEARNERS:
            rows = []
            for _, repeat in detections.groupby("repeat"):
                p, truth = self.learner(title, repeat, classes)
                rows.append(scores(truth, p, group_of))
            result[title] = pd.DataFrame(rows).mean()
        complete = self.table[list(self.features)].notna().all(axis=1)
        print(f"\n{self.name}: {len(self.table):,} detections of {self.table.name.nunique():,} "
              f"sources, {complete.sum():,} complete; {len(self.features)} features, "
              f"{len(classes)} classes\n")
        print(pd.DataFrame(result).to_string(float_format=lambda value: f"{value:.3f}", na_rep="-"),
              flush=True)


def xmm(folder):
    table = pd.read_csv(DATA / "missions/xmm4_dr13.csv").rename(columns={"Class": "label"})
    table["observation"] = 1
    features = {"HR1": "identity", "HR2": "identity", "HR3": "identity", "HR4": "identity",
                "sc_fvar": "log-minmax", "F8": "log-minmax", "BP-RP": "minmax", "W1-W2": "minmax"}
    groups = {"AGN": "AGN", "LM-STAR": "star", "HM-STAR": "star", "CV": "compact", "NS": "compact",
              "HMXB": "compact"}
    Sample(folder, "4XMM", table, features, groups).report()


def muwclass(folder):
    table = pd.read_csv(DATA / "muwclass_training.csv").rename(
        columns={"CSCv2_name": "name", "CSCv2_RA": "ra", "CSCv2_DEC": "dec", "True_Class": "label"})
    table["observation"] = 1
    for band in "smh":
        table["F" + band] = table["F" + band].clip(lower=0)
    table["hard_ms"] = (table.Fm - table.Fs) / (table.Fm + table.Fs)
    table["hard_hm"] = (table.Fh - table.Fm) / (table.Fh + table.Fm)
    table["hard_hs"] = (table.Fh - table.Fs) / (table.Fh + table.Fs)
    features = {"Fb": "log-minmax", "hard_ms": "identity", "hard_hm": "identity",
                "hard_hs": "identity", "P_intra": "identity", "P_inter": "identity", "Gmag": "minmax", "BPmag": "minmax",
                "RPmag": "minmax", "Jmag": "minmax", "Hmag": "minmax", "Kmag": "minmax",
                "W1mag": "minmax", "W2mag": "minmax", "W3mag": "minmax"}
    groups = {c: c for c in ["AGN", "YSO", "LM-STAR", "HM-STAR", "NS", "LMXB", "CV", "HMXB"]}
    Sample(folder, "MUWCLASS", table, features, groups).report()


def maxi(folder):
    table = pd.read_csv(DATA / "missions/maxi_33.csv").rename(
        columns={"source": "name", "kind": "label", "mjd": "observation"})
    table["ra"], table["dec"] = 0.0, 0.0
    features = {"color1": "identity", "color2": "identity", "intensity": "identity"}
    groups = {"Atoll": "NS", "Burster": "NS", "LMBH": "BH", "HMBH": "BH", "Pulsar": "pulsar"}
    Sample(folder, "MAXI", table, features, groups, components=6).report()


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


PARTS = {"4xmm": xmm, "muwclass": muwclass, "maxi": maxi, "strangers": strangers}


def main():
    chosen = sys.argv[1:] or list(PARTS)
    unknown = [name for name in chosen if name not in PARTS]
    if unknown:
        sys.exit(f"unknown: {unknown[0]}; one of {', '.join(PARTS)}")
    if not DATA.is_dir():
        sys.exit(f"{DATA} is not there")
    for name in chosen:
        with tempfile.TemporaryDirectory(prefix="uhuru-missions-") as folder:
            PARTS[name](pathlib.Path(folder))


if __name__ == "__main__":
    main()
