"""The classifier: tables and arrays, labels and classes, data without a recipe."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from astropy import units as u
from astropy.table import MaskedColumn, QTable

from estimator_data import CLASSES, blobs, features, recipe, same, sources, table  # noqa: F401
from uhuru import _core, _tables
from uhuru._estimators import Classifier, GaussianMixture


@pytest.mark.parametrize("method", ["bayes", "mahalanobis"])
def test_table_and_array_of_its_features_learn_the_same(recipe, table, method):
    by_table = Classifier(recipe, method=method).fit(table, table["kind"])
    by_array = Classifier(recipe, method=method).fit(
        features(table), table["kind"], groups=sources(table)
    )
    probabilities = by_table.predict_proba(table)
    assert same(probabilities, by_array.predict_proba(features(table)))
    assert same(probabilities, by_table.predict_proba(features(table)))
    assert same(probabilities, by_array.predict_proba(table))
    assert by_table.classes_.tolist() == CLASSES
    assert by_table.feature_names_in_.tolist() == ["a", "b", "sum"]
    assert by_table.n_features_in_ == 3
    assert (probabilities[:, 2] == 0).all()  # nothing to learn it from
    labelled = table["kind"] != ""
    assert (by_table.predict(table) == table["kind"])[labelled].mean() > 0.9
    assert by_table.score(table[labelled], table["kind"][labelled]) > 0.9


def test_kinds_of_tables(recipe, table):
    expected = Classifier(recipe).fit(table, table["kind"]).predict_proba(table)
    rows = QTable(table)
    for other in (rows, table.to_pandas(), table.as_array(), [row for row in rows]):
        found = Classifier(recipe).fit(other, table["kind"]).predict_proba(other)
        assert same(found, expected), type(other)


def test_units_of_a_table_are_converted(recipe, table):
    expected = Classifier(recipe).fit(table, table["kind"]).predict_proba(table)
    other = QTable(table)
    other["b"] = (np.array(table["b"]) * u.keV).to(u.eV)
    classifier = Classifier(recipe).fit(other, table["kind"])
    np.testing.assert_allclose(classifier.predict_proba(table), expected, rtol=1e-9)
    np.testing.assert_allclose(classifier.predict_proba(list(other)), expected, rtol=1e-9)


def test_label_column_of_the_table_is_not_used(recipe, table):
    labels = np.where(table["kind"] == "", "", np.where(table["kind"] == "old", "young", "old"))
    swapped = Classifier(recipe).fit(table, labels)
    other = Classifier(recipe).fit(table, table["kind"])
    assert (swapped.predict(table) != other.predict(table)).mean() > 0.9


def test_groups_replace_the_names_of_a_table(recipe, table):
    by_name = Classifier(recipe).fit(table, table["kind"])
    each_row = Classifier(recipe).fit(table, table["kind"], groups=np.arange(len(table)))
    names = np.array(table["name"])
    table["name"] = "one"
    by_groups = Classifier(recipe).fit(table, table["kind"], groups=names)
    assert same(by_groups.predict_proba(table), by_name.predict_proba(table))
    assert not same(each_row.predict_proba(table), by_name.predict_proba(table))


def test_groups_of_an_array(table):
    X, y = features(table), np.arange(120) // 2 % 2
    alone = Classifier(None).fit(X, y).predict_proba(X)
    assert same(Classifier(None).fit(X, y, groups=np.arange(120)).predict_proba(X), alone)
    grouped = Classifier(None).fit(X, y, groups=sources(table)).predict_proba(X)
    assert not same(grouped, alone)
    assert same(Classifier(None).fit(X, y, groups=table["name"]).predict_proba(X), grouped)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        Classifier(None).fit(X, y, groups=[1, 2])


def test_bytes_and_nullable_numbers_as_labels(recipe, table):
    expected = Classifier(recipe).fit(table, table["kind"]).predict_proba(table)
    as_bytes = np.array(table["kind"]).astype("S")
    assert same(Classifier(recipe).fit(table, as_bytes).predict_proba(table), expected)
    X, y = blobs()
    found = Classifier(None).fit(X, np.array([b"x", b"y", b"z"])[y])
    assert found.classes_.tolist() == ["x", "y", "z"]
    numbers = pd.Series(y).astype("Int64")
    numbers[:50] = pd.NA
    objects = y.astype(object)
    objects[:50] = None
    for some in (numbers, objects, objects.tolist()):
        found = Classifier(None).fit(X, some)
        assert found.classes_.tolist() == [0, 1, 2] and found.classes_.dtype.kind in "if"
        assert found.model_.core.training_labelled == 100
    kind = [{"young": 1, "old": 2, "": None}[label] for label in table["kind"]]
    found = Classifier(recipe).fit(table, kind)
    assert found.classes_.tolist() == [1, 2] and found.classes_.dtype.kind == "i"


def test_aliases_and_labels_that_say_nothing(recipe, table):
    kind = np.array(table["kind"])
    expected = Classifier(recipe).fit(table, kind).predict_proba(table)
    kind[kind == "young"] = "Y"
    kind[kind == ""] = "star"
    assert same(Classifier(recipe).fit(table, kind).predict_proba(table), expected)
    by_array = Classifier(recipe).fit(features(table), kind, groups=sources(table))
    assert same(by_array.predict_proba(table), expected)


def unlabelled(kind):
    """Labels "a" and "b", every third missing in some way."""
    y = np.array(["a", "b"] * 60, dtype=object)
    y[::3] = ""
    missing = y == ""
    if kind == "masked":
        return np.ma.array(y.astype(str), mask=missing)
    if kind == "MaskedColumn":
        return MaskedColumn(np.where(missing, "a", y).astype(str), mask=missing)
    if kind == "list with NaN":
        return [float("nan") if is_missing else label for label, is_missing in zip(y, missing)]
    y[missing] = {"empty": "", "None": None, "NaN": np.nan, "pandas NA": pd.NA}[kind]
    return pd.Series(y) if kind == "pandas NA" else y


KINDS = ["empty", "masked", "MaskedColumn", "None", "NaN", "list with NaN", "pandas NA"]


@pytest.mark.parametrize("kind", KINDS)
def test_rows_without_label_shape_only_the_mixture(kind):
    X = blobs(1, 120)[0]
    classifier = Classifier(None).fit(X, unlabelled(kind))
    assert classifier.classes_.tolist() == ["a", "b"]
    assert classifier.model_.core.training_rows == 120
    assert classifier.model_.core.training_labelled == 80
    # The same mixture as with all labels, other classes than with the wrong ones.
    every = Classifier(None).fit(X, ["a", "b"] * 60)
    assert same(classifier.mixture_.means_, every.mixture_.means_)
    assert not same(classifier.predict_proba(X), every.predict_proba(X))
    numbers = np.array([0.0, 1.0] * 60)
    numbers[::3] = np.nan
    assert same(classifier.predict_proba(X), Classifier(None).fit(X, numbers).predict_proba(X))


@pytest.mark.parametrize("kind", KINDS)
def test_rows_without_label_of_a_table(recipe, table, kind):
    expected = Classifier(recipe).fit(table, table["kind"]).predict_proba(table)
    y = [label or None for label in table["kind"]] if kind == "None" else None
    missing = np.array(table["kind"] == "")
    values = np.array(table["kind"], dtype=object)
    if kind in ("masked", "MaskedColumn"):
        values[missing] = "young"
        y = (np.ma.array if kind == "masked" else MaskedColumn)(values.astype(str), mask=missing)
    elif y is None:
        values[missing] = {"pandas NA": pd.NA, "empty": ""}.get(kind, np.nan)
        y = values.tolist() if "list" in kind else pd.Series(values) if "NA" in kind else values
    assert same(Classifier(recipe).fit(table, y).predict_proba(table), expected)


@pytest.mark.parametrize("dtype", [int, float, np.uint8])
def test_numbers_with_a_recipe_are_classes_of_their_own(recipe, table, dtype):
    known = table["kind"] != ""
    table, kind = table[known], np.array(table["kind"][known])
    numbers = np.where(kind == "young", 3, 7).astype(dtype)
    by_number = Classifier(recipe).fit(table, numbers)
    assert by_number.classes_.dtype == dtype and by_number.classes_.tolist() == [3, 7]
    by_label = Classifier(recipe).fit(table, kind)
    assert same(by_number.predict_proba(table), by_label.predict_proba(table)[:, :2])
    assert by_number.predict(table).dtype == dtype
    assert by_number.score(table, numbers) > 0.9
    by_array = Classifier(recipe).fit(features(table), numbers, groups=sources(table))
    assert same(by_array.predict_proba(table), by_number.predict_proba(table))
    assert len(by_number.model_.core.recipe.groups) == len(set(by_number.model_.core.recipe.groups))
    masked = np.ma.array(numbers, mask=np.arange(len(numbers)) % 5 == 0)
    fewer = Classifier(recipe).fit(table, masked)
    assert fewer.model_.core.training_labelled == (~masked.mask).sum()


def test_default_recipe_takes_an_array_of_its_features():
    random = np.random.RandomState(0)
    X = random.uniform(0.1, 0.9, (400, 12))
    y = np.where(random.uniform(size=400) < 0.5, "QSO", "HMXB")
    X[y == "QSO", 3] += 1
    classifier = Classifier().fit(X, y)
    assert classifier.classes_[[0, -1]].tolist() == ["QSO", "Orion_V*"]
    assert classifier.model_.core.method == "mahalanobis"
    assert classifier.score(X, y) > 0.8
    with pytest.raises(ValueError, match="12.*hard_hm.*found 3"):
        classifier.predict(X[:, :3])
    with pytest.raises(ValueError, match="12.*hard_hm.*found 3"):
        Classifier().fit(X[:, :3], y)


def test_model_of_an_array_classifies_a_table_of_its_columns(tmp_path):
    X, y = blobs()
    X[::7, 1] = np.nan
    classifier = Classifier(None).fit(X, y)
    classifier.save(tmp_path / "model.json")
    model = _core.Model.load(str(tmp_path / "model.json"))
    columns = pd.DataFrame(X, columns=["x0", "x1", "x2", "x3"])[["x3", "x1", "x0", "x2"]]
    found = _core.predict_numbers(model, _tables.source(columns), 1, None)
    assert same(found["probabilities"], classifier.predict_proba(X))
    assert model.recipe.classes == ["0", "1", "2"]
    with pytest.raises(FileExistsError):
        classifier.save(tmp_path / "model.json")
    classifier.save(tmp_path / "model.json", overwrite=True)


def test_columns_and_classes_with_awkward_names():
    X, y = blobs()
    names = ["group", "name", "Größe \"x\"", "a"]
    frame = pd.DataFrame(X, columns=names)
    labels = np.array(["NA", "a", "A"])[y]
    classifier = Classifier(None).fit(frame, labels)
    assert classifier.classes_.tolist() == ["A", "NA", "a"]
    assert classifier.feature_names_in_.tolist() == names
    numbers = Classifier(None).fit(X, np.array([1, 2, 0])[y])  # in the order of the texts
    assert same(classifier.predict_proba(frame), numbers.predict_proba(X))
    found = _core.predict_numbers(classifier.model_.core, _tables.source(frame), 1, None)
    assert same(found["probabilities"], classifier.predict_proba(frame))
    with pytest.raises(ValueError, match="feature names"):
        classifier.predict(frame[names[::-1]])


def test_constant_columns_are_left_out():
    X, y = blobs()
    expected = Classifier(None).fit(X, y)
    more = np.insert(X, 2, 5.0, axis=1)
    more = np.insert(more, 0, np.nan, axis=1)
    classifier = Classifier(None).fit(more, y)
    assert classifier.n_features_in_ == 6
    assert classifier.notes_ == ["left out, being constant: x0, x3"]
    assert expected.notes_ == []
    more[:, 0] = 1.0
    for rows in (more, more.astype(np.float32)):
        expected_rows = X.astype(rows.dtype)
        assert same(classifier.predict_proba(rows), expected.predict_proba(expected_rows))
    with pytest.raises(ValueError, match="no column of X has two distinct values"):
        Classifier(None).fit(np.ones((20, 2)), [0, 1] * 10)


def test_rows_without_any_feature(recipe, table):
    X, y = blobs()
    X[:20] = np.nan
    classifier = Classifier(None).fit(X, y)
    shares = np.bincount(y) / len(y)
    assert same(classifier.predict_proba(X)[:20], np.tile(shares, (20, 1)))
    assert (classifier.predict(X)[:20] == shares.argmax()).all()
    by_recipe = Classifier(recipe).fit(table, table["kind"])
    rows = features(table)
    rows[3] = np.nan
    assert by_recipe.predict(rows)[3] == ""
    assert (by_recipe.predict(np.delete(rows, 3, axis=0)) != "").all()
    assert (by_recipe.predict_proba(rows)[3] == 0).all()
    assert (by_recipe.predict_log_proba(rows)[3] == -np.inf).all()


def test_missing_values_are_integrated_and_masks_are_missing(recipe, table):
    X, y = blobs(2)
    mask = np.random.RandomState(0).uniform(size=X.shape) < 0.2
    holes = np.where(mask, np.nan, X)
    classifier = Classifier(None).fit(holes, y)
    assert classifier.score(holes, y) > 0.8
    masked = np.ma.array(np.where(mask, 1e5, X), mask=mask)
    again = Classifier(None).fit(masked, y)
    assert same(again.predict_proba(masked), classifier.predict_proba(holes))
    by_distance = Classifier(None, method="mahalanobis").fit(holes, y)
    assert by_distance.model_.core.training_rows == len(X)
    mixture = GaussianMixture(2, random_state=0).fit(masked)
    assert same(mixture.means_, GaussianMixture(2, random_state=0).fit(holes).means_)
    rows = features(table)
    by_recipe = Classifier(recipe).fit(rows, table["kind"])
    expected = by_recipe.predict_proba(np.where(rows > 3, np.nan, rows))
    assert same(by_recipe.predict_proba(np.ma.masked_greater(rows, 3)), expected)
    with pytest.raises(ValueError, match="infinity"):
        classifier.predict(np.full((1, 4), np.inf))


@pytest.mark.parametrize("scaling", ["identity", "minmax", "log-minmax", "asinh", "rank", "log10"])
def test_scaling(scaling):
    X, y = blobs(5)
    X = np.exp(X / 5)
    classifier = Classifier(None, scaling=scaling).fit(X, y)
    recipe = classifier.model_.core.recipe
    assert {feature["transform"] for feature in recipe.features} == {scaling}
    assert classifier.score(X, y) > 0.8
