"""The peers' side of bench/compare: does one piece of work and prints its time in seconds as JSON."""

import json
import pathlib
import sys
import time

import numpy as np
import pandas as pd
from astropy.table import Table

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests/peers"))
import oracle  # noqa: E402


def timed(work):
    begin = time.perf_counter()
    result = work()
    return time.perf_counter() - begin, result


def scaled_features(path):
    return oracle.scale(Table.read(path).to_pandas())


def complete(source, target, rows):
    """The first complete detections of a simulated catalog, with their features."""
    table = Table.read(source).to_pandas()
    for name in ["name", "main_type"]:
        if name in table and isinstance(table[name].iloc[0], bytes):
            table[name] = table[name].str.decode("ascii")
    table = oracle.add_features(table[table["flux_significance_b"] > 5]).head(int(rows))
    if len(table) < int(rows):
        raise SystemExit(f"only {len(table)} detections are complete")
    kept = ["name", "obsid", "ra", "dec", "flux_significance_b", *oracle.FEATURES]
    Table.from_pandas(table[kept]).write(target, overwrite=True)
    return {"all": [0]}


def fit(path, clusters, components, iterations):
    from sklearn.mixture import GaussianMixture
    scaled = scaled_features(path)
    mixture = GaussianMixture(int(components), random_state=42, max_iter=int(iterations))
    seconds, _ = timed(lambda: mixture.fit(scaled))
    ours = np.asarray(Table.read(clusters)["cluster"])
    return {"all": [seconds], "labels_differ": int((mixture.predict(scaled) != ours).sum())}


def silhouette(path, criteria):
    from sklearn.metrics import silhouette_score
    scaled = scaled_features(path)
    _, labels = oracle.fit_mixture(scaled)
    seconds, score = timed(lambda: silhouette_score(scaled, labels))
    ours = pd.read_csv(criteria, float_precision="round_trip")["silhouette"].iloc[0]
    return {"all": [seconds], "difference": abs(score - ours)}


def select(path):
    """One start at several K, interpolated over K = 1 … 20 and multiplied by 10; one silhouette."""
    from sklearn.metrics import silhouette_score
    from sklearn.mixture import GaussianMixture
    scaled = scaled_features(path)
    tried, seconds = [2, 8, 14, 20], []
    for components in tried:
        mixture = GaussianMixture(components, random_state=42)
        seconds.append(timed(lambda: mixture.fit(scaled))[0])
    one = timed(lambda: silhouette_score(scaled, mixture.predict(scaled)))[0]
    fits = 10 * np.interp(np.arange(1, 21), tried, seconds).sum()
    return {"all": [fits + 19 * one]}


def squared_distances_by_matrix(points, members):
    """As in the published scripts: the diagonal of a matrix of rows × rows."""
    difference = points - members.mean(axis=0)
    inverse = oracle.pinv(np.cov(members, rowvar=False), rtol=12 * np.finfo(float).eps)
    return np.diag(difference @ inverse @ difference.T)


def run(detections, labels, folder):
    oracle.squared_distances = squared_distances_by_matrix
    table = Table.read(detections).to_pandas()
    table = oracle.add_features(table[table["flux_significance_b"] > 5])
    types = pd.read_csv(labels, keep_default_na=False)
    from astropy.coordinates import SkyCoord
    left = SkyCoord(table["ra"], table["dec"], unit="deg")
    right = SkyCoord(types["ra"], types["dec"], unit="deg")
    index, separation, _ = left.match_to_catalog_sky(right)
    found = np.where(separation.arcsec <= 1, types["main_type"].to_numpy(str)[index], "")
    scaled = oracle.scale(table)
    _, clusters = oracle.fit_mixture(scaled)
    result = oracle.detection_table(table, scaled, clusters, found)
    pathlib.Path(folder).mkdir(exist_ok=True)
    result.to_csv(f"{folder}/detection_level_classification.csv")
    for name, sources in zip(["unique", "ambiguous"], oracle.vote(result)):
        sources.to_csv(f"{folder}/{name}.csv")
    return {"all": [0]}


def classes(folder):
    oracle.squared_distances = squared_distances_by_matrix
    table = pd.read_csv(f"{folder}/clusters.csv", keep_default_na=False)
    scaled = oracle.scale(table)
    seconds, _ = timed(lambda: oracle.class_probabilities(
        scaled, table["cluster"].to_numpy(), table["main_type"].to_numpy(str)))
    return {"all": [seconds]}


def make_table(path, rows):
    """20 columns: a name, two integers, 17 floats, some missing."""
    random = np.random.RandomState(1)
    rows = int(rows)
    table = Table()
    table["name"] = [f"2CXO J{n:06d}" for n in random.randint(0, 10**6, rows)]
    table["obsid"] = random.randint(0, 30_000, rows)
    table["instrument"] = random.randint(0, 4, rows).astype(np.int32)
    for c in range(17):
        values = random.normal(size=rows) * 10.0 ** (c - 8)
        values[random.uniform(size=rows) < 0.05] = np.nan
        table[f"value_{c}"] = values
    table.write(path, overwrite=True)
    return {"all": [0]}


def read(path, rows):
    kind = {".vot": "votable", ".csv": "ascii.csv", ".fits": "fits"}[pathlib.Path(path).suffix]
    seconds, table = timed(lambda: Table.read(path, format=kind))
    if len(table) != int(rows):
        raise SystemExit(f"{len(table)} rows")
    return {"all": [seconds]}


def make_sky(first, second, rows):
    """Positions over the sky, and a copy: half of them moved by about half an arcsec."""
    random = np.random.RandomState(2)
    n = int(rows)
    ra, dec = random.uniform(0, 360, n), np.degrees(np.arcsin(random.uniform(-1, 1, n)))
    Table({"id": np.arange(n), "ra": ra, "dec": dec}).write(first, overwrite=True)
    moved = random.uniform(size=n) < 0.5
    far = ~moved
    ra[moved] += random.normal(size=moved.sum()) * 0.5 / 3600 / np.cos(np.radians(dec[moved]))
    dec[moved] = np.clip(dec[moved] + random.normal(size=moved.sum()) * 0.5 / 3600, -90, 90)
    ra[far] = random.uniform(0, 360, far.sum())
    order = random.permutation(n)
    Table({"id": order, "ra": ra[order] % 360, "dec": dec[order]}).write(second, overwrite=True)
    return {"all": [0]}


def crossmatch(first, second, joined):
    from astropy.coordinates import SkyCoord
    left, right = Table.read(first), Table.read(second)
    a = SkyCoord(left["ra"], left["dec"], unit="deg")
    b = SkyCoord(right["ra"], right["dec"], unit="deg")
    seconds, (index, separation, _) = timed(lambda: a.match_to_catalog_sky(b))
    theirs = np.where(separation.arcsec <= 1, np.asarray(right["id"])[index], -1)
    ours = Table.read(joined)
    ids = ours["id_2"]
    ours = np.asarray(ids.filled(-1) if hasattr(ids, "filled") else ids)
    return {"all": [seconds], "pairs_differ": int((theirs != ours).sum())}


WORK = {"complete": complete, "fit": fit, "silhouette": silhouette, "select": select, "run": run,
        "classes": classes, "make-table": make_table, "read": read, "make-sky": make_sky,
        "crossmatch": crossmatch}

if __name__ == "__main__":
    print(json.dumps(WORK[sys.argv[1]](*sys.argv[2:])))
