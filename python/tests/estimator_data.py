"""A recipe and data for the tests of the estimators."""

from __future__ import annotations

import numpy as np
import pytest
from astropy import units as u
from astropy.table import Table
from sklearn.datasets import make_blobs

# The classes are not in alphabetical order, and `sum` is computed from two columns.
RECIPE = """
name = "stars"

[columns]
name = "name"
ra = "ra"
dec = "dec"

[[features]]
name = "a"
transform = "standard"
missing = [-99]

[[features]]
name = "b"
transform = "minmax"
unit = "keV"

[[features]]
name = "sum"
transform = "identity"
expression = "a + c"

[mixture]
components = 2

[classes]
method = "bayes"
names = ["young", "old", "absent"]
min_members = 5

[labels]
type = "kind"
several = "none"
ambiguous = ["star", "1"]

[labels.aliases]
Y = "young"
"""
CLASSES = ["young", "old", "absent"]


@pytest.fixture
def recipe(tmp_path):
    path = tmp_path / "stars.toml"
    path.write_text(RECIPE)
    return path


@pytest.fixture
def table():
    """Two detections of each of 60 sources in two groups; a third is unlabelled."""
    X, kinds = make_blobs([30, 30], centers=[[0, 0, 0], [3, 3, 3]], random_state=3)
    X = np.repeat(X, 2, axis=0) + np.random.RandomState(0).normal(0, 0.3, (120, 3))
    kind = np.repeat(np.where(kinds == 0, "young", "old"), 2).astype(object)
    kind[::3] = ""
    return Table(
        {
            "name": [f"s{i // 2}" for i in range(120)],
            "ra": np.linspace(0, 359, 120) * u.deg,
            "dec": np.linspace(-80, 80, 120) * u.deg,
            "a": X[:, 0],
            "b": X[:, 1],
            "c": X[:, 2],
            "kind": kind.astype(str),
        }
    )


def features(table):
    return np.column_stack([table["a"], table["b"], table["a"] + table["c"]])


def sources(table):
    return np.array([int(name[1:]) for name in table["name"]])


def same(one, other):
    return np.array_equal(one, other)


def blobs(seed=0, rows=150):
    return make_blobs(rows, centers=3, n_features=4, cluster_std=3.0, random_state=seed)
