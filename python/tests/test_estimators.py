"""The estimators: scikit-learn's own checks and tools, parameters, errors."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
from astropy.table import QTable
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import (
    GridSearchCV,
    StratifiedKFold,
    cross_val_predict,
    cross_val_score,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import uhuru
from conftest import call
from estimator_data import blobs, features, recipe, same, table  # noqa: F401
from uhuru import _core, _tables
from uhuru._estimators import Classifier, GaussianMixture


@pytest.mark.filterwarnings("ignore:invalid value encountered in cast")  # scikit-learn's
@parametrize_with_checks([GaussianMixture(), Classifier(recipe=None)])
def test_scikit_learn_checks(estimator, check):
    check(estimator)  # all of them: there are no exemptions


def test_arrays_are_passed_on_as_they_are(monkeypatch, recipe, table):
    passed, threads = [], []
    for name, place in (("fit_rows", 1), ("predict_rows", 1), ("fit_mixture", 0)):
        original = getattr(_core, name)
        monkeypatch.setattr(
            _core,
            name,
            lambda *args, original=original, place=place: (
                passed.append(args[place]),
                threads.append(args[-2]),
                original(*args),
            )[-1],
        )
    X, y = blobs()
    classifier = Classifier(None).fit(X, y)
    GaussianMixture(2, random_state=0, n_jobs=2).fit(X)
    assert threads == [1, 2]
    rows = [X, X.astype(np.float32), np.asfortranarray(X)]
    for each in rows:
        classifier.predict_proba(each)
    assert len(passed) == 5
    for found, expected in zip(passed, [X, X, *rows]):
        assert np.shares_memory(found, expected) and found.dtype == expected.dtype
    passed.clear()
    Classifier(recipe).fit(array := features(table), table["kind"]).predict(array)
    assert len(passed) == 2 and all(np.shares_memory(found, array) for found in passed)


def test_seeds(recipe, table):
    def weights(random_state, which=recipe, **parameters):
        # Components of which more than one has few rows, so that the start matters.
        classifier = Classifier(which, random_state=random_state, n_components=7, **parameters)
        return classifier.fit(features(table), table["kind"]).predict_proba(features(table))

    assert same(weights(None), weights(42))  # the seed of a recipe that names none
    assert not same(weights(1), weights(42))
    assert same(weights(np.random.RandomState(5)), weights(np.random.RandomState(5)))
    assert not same(weights(random := np.random.RandomState(5)), weights(random))
    assert same(weights(np.int64(1)), weights(1))
    with pytest.raises(ValueError, match="random_state"):
        weights(-1)
    with pytest.raises(ValueError, match="random_state"):
        weights(2**32)
    assert same(weights(1, n_jobs=2), weights(1))
    assert same(weights(1, n_jobs=-1, progress=False), weights(1))


def test_n_components_and_method(recipe, table):
    y = table["kind"]
    assert len(Classifier(recipe).fit(table, y).mixture_.weights_) == 2
    assert len(Classifier(recipe, n_components=4).fit(table, y).mixture_.weights_) == 4
    classifier = Classifier(recipe, method="mahalanobis").fit(table, y)
    assert classifier.model_.core.method == "mahalanobis"
    X, y = blobs()
    assert len(Classifier(None).fit(X, y).mixture_.weights_) == 6
    assert len(Classifier(None).fit(X[:45], y[:45]).mixture_.weights_) == 4
    assert len(Classifier(None, n_components=1).fit(X, y).mixture_.weights_) == 1
    assert len(Classifier(None, n_components=np.int64(3)).fit(X, y).mixture_.weights_) == 3
    for wrong in (0, 2.5, "3"):
        with pytest.raises(ValueError, match="n_components"):
            Classifier(None, n_components=wrong).fit(X, y)
    with pytest.raises(ValueError, match="bayes"):
        Classifier(None, method="forest").fit(X, y)
    with pytest.raises(ValueError, match="log-minmax|asinh"):
        Classifier(None, scaling="cube").fit(X, y)


def test_mixture_is_that_of_the_scaled_features(recipe, table):
    classifier = Classifier(recipe).fit(table, table["kind"])
    core = classifier.model_.core
    expected = GaussianMixture(2, random_state=42).fit(core.scale(features(table)))
    for name in ("weights_", "means_", "covariances_", "precisions_"):
        np.testing.assert_allclose(
            getattr(classifier.mixture_, name), getattr(expected, name), rtol=1e-12
        )
    labels = classifier.mixture_.predict(core.scale(features(table)))
    found = _core.predict_numbers(core, _tables.source(table), 1, None)
    assert same(labels, found["clusters"])


def test_errors(recipe, table, tmp_path):
    X, y = blobs()
    with pytest.raises(ValueError, match="without a recipe.*QTable"):
        Classifier(None).fit(QTable(table), table["kind"])
    with pytest.raises(ValueError, match="no label"):
        Classifier(None).fit(X, np.full(len(X), np.nan))
    with pytest.raises(ValueError, match="only one class"):
        Classifier(None).fit(X, ["a"] * len(X))
    with pytest.raises(ValueError, match="Unknown label type"):
        Classifier(None).fit(X, X[:, 0])
    with pytest.raises(ValueError, match="Unknown label type"):
        Classifier(recipe).fit(table, np.linspace(0, 1, len(table)))
    with pytest.raises(ValueError):  # no label of the recipe
        Classifier(recipe).fit(table, ["galaxy"] * len(table))
    with pytest.raises(ValueError, match="no class can be learned"):
        Classifier(recipe).fit(features(table), ["galaxy"] * len(table))
    with pytest.raises(ValueError):
        Classifier(recipe).fit(table, table["kind"][:-1])
    with pytest.raises(FileNotFoundError):
        Classifier(tmp_path / "none.toml").fit(X, y)
    with pytest.raises(TypeError, match="sample_weight"):
        Classifier(None).fit(X, y, sample_weight=np.ones(len(X)))
    for attribute in ("mixture_", "save"):
        with pytest.raises(NotFittedError):
            getattr(Classifier(), attribute)("x")


@pytest.mark.parametrize(
    "parameters",
    [{}, {"recipe": "csc2-bayes", "random_state": 7}, {"n_components": 4, "method": "bayes"}],
)
def test_the_command_learns_the_same_model(parameters, program, simulated, detections, y, tmp_path):
    classifier = Classifier(**parameters).fit(detections, y)
    options = {"random_state": "seed", "n_components": "components"}
    given = []
    for name, value in parameters.items():
        given += [f"--{options.get(name, name)}", value]
    files = ["--detections", simulated / "detections.vot", "--labels", simulated / "labels.vot"]
    call(program, "run", *files, "--out", tmp_path / "run", "--quiet", *given)
    model = uhuru.load_model(tmp_path / "run" / "model.json")
    assert model.core.json() == classifier.model_.core.json()
    assert same(model.predict_proba(detections), classifier.predict_proba(detections))


def test_the_command_classifies_with_the_model_of_an_array(program, tmp_path):
    X, y = blobs()
    X[::7, 1] = np.nan
    classifier = Classifier(None).fit(X, y)
    classifier.save(tmp_path / "model.json")
    table, out = tmp_path / "X.csv", tmp_path / "classes.csv"
    pd.DataFrame(X, columns=["x0", "x1", "x2", "x3"]).to_csv(table, index=False)
    call(program, "predict", table, "--model", tmp_path / "model.json", "--out", out, "--quiet")
    classes = pd.read_csv(out, float_precision="round_trip")
    assert same(classes[["p_0", "p_1", "p_2"]].to_numpy(), classifier.predict_proba(X))


@pytest.mark.parametrize("method", ["bayes", "mahalanobis"])
@pytest.mark.parametrize("copied", [lambda x: pickle.loads(pickle.dumps(x)), copy.deepcopy])
def test_copies_predict_the_same_to_the_bit(recipe, table, method, copied):
    classifier = Classifier(recipe, method=method).fit(table, table["kind"])
    again = copied(classifier)
    assert same(again.predict_proba(table), classifier.predict_proba(table))
    assert same(again.predict(table), classifier.predict(table))
    assert same(again.mixture_.means_, classifier.mixture_.means_)
    assert again.get_params() == classifier.get_params()
    assert again.notes_ == classifier.notes_
    X, y = blobs()
    X = np.insert(X, 1, 0.0, axis=1)
    own = Classifier(None, method=method).fit(X, np.array(["x", "y", "z"])[y])
    assert same(copied(own).predict_proba(X), own.predict_proba(X))
    assert same(copied(own).predict(X), own.predict(X))
    assert copied(Classifier(recipe)).get_params() == Classifier(recipe).get_params()


def test_clone(recipe, table):
    classifier = Classifier(recipe, method="mahalanobis", n_components=3).fit(table, table["kind"])
    again = clone(classifier)
    assert again.get_params() == classifier.get_params() and not hasattr(again, "model_")


def test_pipeline():
    X, y = blobs()
    pipeline = make_pipeline(StandardScaler(), Classifier(None)).fit(X, y)
    direct = Classifier(None).fit(StandardScaler().fit_transform(X), y)
    expected = direct.predict_proba(StandardScaler().fit(X).transform(X))
    assert same(pipeline.predict_proba(X), expected)
    assert not hasattr(pipeline, "transform")


@pytest.mark.parametrize("kind", ["array", "table"])
def test_cross_val_predict(recipe, table, kind):
    table = QTable(table[table["kind"] != ""])
    y = np.array(table["kind"])
    X = list(table) if kind == "table" else features(table)
    folds = StratifiedKFold(3)
    classifier = Classifier(recipe)
    found = cross_val_predict(classifier, X, y, cv=folds)
    probabilities = cross_val_predict(classifier, X, y, cv=folds, method="predict_proba")
    assert probabilities.shape == (len(y), 2)  # sorted: old, young
    for train, test in folds.split(y, y):
        learn, rest = (table[train], table[test]) if kind == "table" else (X[train], X[test])
        fitted = clone(classifier).fit(learn, y[train])
        assert (found[test] == fitted.predict(rest)).all()
        np.testing.assert_allclose(
            probabilities[test], fitted.predict_proba(rest)[:, [1, 0]], atol=0.05
        )
        own = clone(classifier).fit(learn, np.unique(y[train], return_inverse=True)[1])
        assert same(probabilities[test], own.predict_proba(rest))
    assert (found == y).mean() > 0.9


def test_grid_search(recipe, table):
    table = table[table["kind"] != ""]
    y = np.array(table["kind"])
    grid = {"n_components": [1, 2], "method": ["bayes", "mahalanobis"]}
    rows = list(table)
    search = GridSearchCV(Classifier(recipe), grid, cv=3).fit(rows, y)
    assert search.cv_results_["mean_test_score"].min() > 0.5
    assert search.best_score_ > 0.9
    parameters = search.cv_results_["params"]
    scores = cross_val_score(Classifier(recipe, **parameters[3]), table.to_pandas(), y, cv=3)
    assert search.cv_results_["mean_test_score"][3] == pytest.approx(scores.mean())


def test_calibrated_classifier():
    X, y = blobs(rows=240)
    calibrated = CalibratedClassifierCV(Classifier(None), cv=3).fit(X, np.array(list("abc"))[y])
    probabilities = calibrated.predict_proba(X)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert calibrated.score(X, np.array(list("abc"))[y]) > 0.8


def test_html(recipe, table):
    classifier = Classifier(recipe)
    plain = classifier._repr_mimebundle_()
    assert "Classifier" in plain["text/plain"] and "Classifier" in classifier._repr_html_()
    classifier.fit(table, table["kind"])
    card = classifier.model_._repr_html_()
    assert classifier._repr_html_() == card != plain.get("text/html")
    assert classifier._repr_mimebundle_(include=None)["text/html"] == card
    assert "Classifier" in classifier._repr_mimebundle_()["text/plain"]
