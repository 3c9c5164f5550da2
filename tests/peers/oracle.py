"""The published method [PD24: Pérez-Díaz, Martínez-Galarza, Caicedo, D'Abrusco 2024, MNRAS, arXiv
2401.12203] in plain numpy, pandas, scipy and scikit-learn: short, slow and easy to verify."""

import re

import numpy as np
import scipy.stats
import pandas as pd
from scipy.linalg import pinv
from sklearn.mixture import GaussianMixture

FEATURES = ["hard_hm", "hard_hs", "hard_ms", "powlaw_gamma", "bb_kt", "var_prob_b", "var_ratio_b",
            "var_prob_h", "var_ratio_h", "var_prob_s", "var_ratio_s", "var_newq_b"]
MINMAX = ["powlaw_gamma"]
LOG_MINMAX = ["bb_kt", "var_ratio_b", "var_ratio_h", "var_ratio_s", "var_newq_b"]

CLASSES = ["QSO", "AGN", "Seyfert_1", "Seyfert_2", "HMXB", "LMXB", "XB", "YSO", "TTau*",
           "Orion_V*"]
GROUPS = dict(zip(CLASSES, ["AGN", "AGN", "Seyfert", "Seyfert", "XB", "XB", "XB", "YSO", "YSO",
                            "YSO"]))
AMBIGUOUS = ["Star", "X", "Radio", "IR", "Blue", "UV", "gamma", "PartofG", "**"]
MIN_MEMBERS = 12  # labelled members that a class needs in a cluster


def our_name(of_class):
    """What our own tables call the probability of a class."""
    return "p_" + re.sub("[^a-z0-9]+", "_", of_class.lower()).strip("_")


def add_features(table):
    """The detections with all features, including the derived ones."""
    table = table.copy()
    for band in "bhs":
        table[f"var_ratio_{band}"] = table[f"var_sigma_{band}"] / table[f"var_mean_{band}"]
    table["var_newq_b"] = (table["var_max_b"] + table["var_min_b"]) / 2 / table["var_mean_b"]
    return table.dropna(subset=FEATURES).reset_index(drop=True)


def scale(table):
    """The features as used by the mixture, scaled over all rows."""
    scaled = table[FEATURES].copy()
    for name in LOG_MINMAX:
        column = scaled[name]
        scaled[name] = np.log(column + column[column > 0].min() / 10)
    for name in MINMAX + LOG_MINMAX:
        column = scaled[name]
        scaled[name] = (column - column.min()) / (column.max() - column.min())
    return scaled.to_numpy()


def fit_mixture(scaled, components=6, seed=42):
    """The fitted mixture and each row's cluster."""
    mixture = GaussianMixture(components, random_state=seed)
    return mixture, mixture.fit(scaled).predict(scaled)


def tail_probabilities(mixture, scaled):
    """Chi-squared probabilities of the distances from all components, weighted by responsibility."""
    result = np.zeros(len(scaled))
    for k, part in enumerate(mixture.predict_proba(scaled).T):
        difference = scaled - mixture.means_[k]
        distances = np.sum(difference @ mixture.precisions_[k] * difference, axis=1)
        result += part * scipy.stats.chi2.sf(distances, scaled.shape[1])
    return result


def squared_distances(points, members):
    """Squared Mahalanobis distance of each point from the members' mean."""
    difference = points - members.mean(axis=0)
    inverse = pinv(np.cov(members, rowvar=False), rtol=12 * np.finfo(float).eps)
    return np.einsum("ni,ij,nj->n", difference, inverse, difference)


def class_probabilities(scaled, clusters, labels):
    """Rows × classes for the classified detections, NaN for the others. `labels` has "" for a
    detection without a label."""
    result = np.full((len(scaled), len(CLASSES)), np.nan)
    for cluster in np.unique(clusters):
        here = clusters == cluster
        wanted = here & np.isin(labels, ["", *AMBIGUOUS])
        distances = np.full((wanted.sum(), len(CLASSES)), np.inf)
        for i, name in enumerate(CLASSES):
            members = scaled[here & (labels == name)]
            if len(members) >= MIN_MEMBERS:
                distances[:, i] = squared_distances(scaled[wanted], members)
        if not np.isfinite(distances).any():
            continue  # no class is known in this cluster
        p = np.exp(-(distances - distances.min(axis=1, keepdims=True)))
        result[wanted] = p / p.sum(axis=1, keepdims=True)
    return result


def detection_table(table, scaled, clusters, labels):
    """detection_level_classification: every classified detection, sorted by name and obsid. If no
    class is known in the cluster, class and probabilities are missing."""
    p = class_probabilities(scaled, clusters, labels)
    best = np.where(np.isnan(p), -1, p).argmax(axis=1)
    result = table[["name", "obsid"]].copy()
    result["cluster"] = clusters
    result["ra"], result["dec"] = table["ra"], table["dec"]
    result["main_type"] = np.where(np.isnan(p[:, 0]), "", np.array(CLASSES, dtype=object)[best])
    result[CLASSES] = p
    result[FEATURES] = table[FEATURES]
    result = result[np.isin(labels, ["", *AMBIGUOUS])]
    return result.sort_values(["name", "obsid"], kind="stable").reset_index(drop=True)


def vote(detections):
    """The tables of the sources whose soft and hard vote agree, and of the others."""
    rows = []
    detections = detections[detections["main_type"] != ""]
    for name, source in detections.groupby("name", sort=True):
        p = source[CLASSES].to_numpy()
        soft = CLASSES[p.mean(axis=0).argmax()]
        counts = {}
        for label in source["main_type"]:  # in order of obsid
            counts[label] = counts.get(label, 0) + 1
        hard = max(counts, key=counts.get)  # the first if tied
        first = source.iloc[0]
        rows.append({"name": name, "agg_master_class": GROUPS[soft], "master_class": soft,
                     "hard_master_class": hard, "soft_master_class": soft,
                     "detection_count": len(source),
                     **{c: f"{np.round(p[:, i].mean(), 3)}±{np.round(p[:, i].std(), 3)}"
                        for i, c in enumerate(CLASSES)},
                     **{c: first[c] for c in ["ra", "dec", *FEATURES] if c in first}})
    sources = pd.DataFrame(rows).sort_values("detection_count", ascending=False, kind="stable")
    agree = sources["hard_master_class"] == sources["soft_master_class"]
    unique = sources[agree].drop(columns=["hard_master_class", "soft_master_class"])
    ambiguous = sources[~agree].drop(columns=["agg_master_class", "master_class"])
    return unique.reset_index(drop=True), ambiguous.reset_index(drop=True)
