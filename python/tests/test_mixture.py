"""The mixture: against scikit-learn's, and with missing values against a slow, simple one."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pytest
import sklearn.mixture
from scipy.special import logsumexp
from scipy.stats import multivariate_normal
from sklearn.exceptions import ConvergenceWarning
from uhuru._estimators import GaussianMixture

ARRAYS = ["weights_", "means_", "covariances_", "precisions_", "precisions_cholesky_"]


def rows_of(seed, rows=400, features=3):
    """Overlapping Gaussians of different shapes."""
    random = np.random.RandomState(seed)
    parts = [
        random.normal(size=(rows // 4, features)) @ random.normal(size=(features, features))
        + random.normal(0, 3, features)
        for _ in range(4)
    ]
    return random.permutation(np.vstack(parts))


def with_holes(seed, fraction=0.25, **shape):
    X = rows_of(seed, **shape)
    X[np.random.RandomState(seed).uniform(size=X.shape) < fraction] = np.nan
    return X


def slow_joint(mixture, X):
    """log(weight times density) of the features that each row has."""
    joint = np.empty((len(X), len(mixture.weights_)))
    for i, x in enumerate(X):
        there = ~np.isnan(x)
        for k, weight in enumerate(mixture.weights_):
            joint[i, k] = np.log(weight)
            if there.any():
                joint[i, k] += multivariate_normal.logpdf(
                    x[there], mixture.means_[k][there], mixture.covariances_[k][there][:, there]
                )
    return joint


def slow_step(mixture, X):
    """One iteration of EM, from the textbook: weights, means, covariances."""
    joint = slow_joint(mixture, X)
    responsible = np.exp(joint - logsumexp(joint, axis=1, keepdims=True))
    responsible[np.isnan(X).all(axis=1)] = 0
    weights, means, covariances = [], [], []
    for k in range(joint.shape[1]):
        mean, covariance = mixture.means_[k], mixture.covariances_[k]
        filled, between = np.empty_like(X), np.zeros((len(X), X.shape[1], X.shape[1]))
        for i, x in enumerate(X):
            o, m = ~np.isnan(x), np.isnan(x)
            slope = covariance[m][:, o] @ np.linalg.pinv(covariance[o][:, o])
            filled[i, o] = x[o]
            filled[i, m] = mean[m] + slope @ (x[o] - mean[o])
            between[i][np.ix_(m, m)] = covariance[m][:, m] - slope @ covariance[o][:, m]
        r = responsible[:, k]
        weights.append(r.sum())
        means.append(r @ filled / r.sum())
        centered = filled - means[-1]
        outer = centered[:, :, None] * centered[:, None, :] + between
        covariances.append(np.tensordot(r, outer, 1) / r.sum() + 1e-6 * np.eye(X.shape[1]))
    return np.array(weights) / sum(weights), np.array(means), np.array(covariances)


class Seed(np.random.RandomState):
    """Draws the first center of k-means as scikit-learn did until version 1.2."""

    def choice(self, n, size=None, replace=True, p=None):
        return self.randint(n)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("components", [1, 3, 6])
def test_same_as_scikit_learn(seed, components):
    X, new = rows_of(seed), rows_of(seed + 100)
    ours = GaussianMixture(components, random_state=seed, max_iter=300)
    theirs = sklearn.mixture.GaussianMixture(components, random_state=Seed(seed), max_iter=300)
    assert np.array_equal(ours.fit_predict(X), theirs.fit_predict(X))
    for name in ARRAYS:
        np.testing.assert_allclose(
            getattr(ours, name), getattr(theirs, name), rtol=1e-6, atol=1e-9, err_msg=name
        )
    assert ours.n_iter_ == theirs.n_iter_
    assert ours.converged_ == theirs.converged_
    assert ours.lower_bound_ == pytest.approx(theirs.lower_bound_, rel=1e-6)
    for rows in (X, new):
        assert np.array_equal(ours.predict(rows), theirs.predict(rows))
        np.testing.assert_allclose(ours.predict_proba(rows), theirs.predict_proba(rows), atol=1e-6)
        np.testing.assert_allclose(
            ours.score_samples(rows), theirs.score_samples(rows), rtol=1e-6, atol=1e-6
        )
        for criterion in ("score", "bic", "aic"):
            assert getattr(ours, criterion)(rows) == pytest.approx(
                getattr(theirs, criterion)(rows), rel=1e-6
            )
    theirs.random_state = seed
    drawn, of_component = ours.sample(50)
    their_drawn, of_their_component = theirs.sample(50)
    np.testing.assert_allclose(drawn, their_drawn, rtol=1e-5, atol=1e-5)
    assert np.array_equal(of_component, of_their_component)


def test_the_best_of_several_starts():
    X = rows_of(3)
    settings = {"n_init": 5, "max_iter": 300}
    ours = GaussianMixture(6, random_state=3, **settings).fit(X)
    # Two starts may find the same mixture with its components in another order.
    theirs = sklearn.mixture.GaussianMixture(6, random_state=Seed(3), **settings).fit(X)
    assert ours.lower_bound_ == pytest.approx(theirs.lower_bound_, rel=1e-6)
    first = GaussianMixture(6, random_state=3, max_iter=300).fit(X)
    assert ours.lower_bound_ > first.lower_bound_ + 1e-4


def test_settings_are_passed_on():
    X = rows_of(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for settings in ({"max_iter": 2}, {"max_iter": 0}, {"tol": 1e-9}, {"reg_covar": 0.5}):
            ours = GaussianMixture(3, random_state=1, **settings).fit(X)
            theirs = sklearn.mixture.GaussianMixture(3, random_state=Seed(1), **settings).fit(X)
            assert ours.n_iter_ == theirs.n_iter_, settings
            np.testing.assert_allclose(ours.covariances_, theirs.covariances_, rtol=1e-6)


def test_warns_if_not_converged():
    with pytest.warns(ConvergenceWarning, match="Initialization 2 did not converge"):
        GaussianMixture(4, max_iter=2, n_init=2, tol=0, random_state=0).fit(rows_of(0))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        GaussianMixture(4, max_iter=300, random_state=0).fit(rows_of(0))
        GaussianMixture(4, max_iter=0, random_state=0).fit(rows_of(0))


@pytest.mark.parametrize("seed", range(3))
def test_density_of_rows_with_missing_values(seed):
    X = with_holes(seed, rows=120)
    X[5] = np.nan
    mixture = GaussianMixture(3, random_state=seed, max_iter=500).fit(X)
    joint = slow_joint(mixture, X)
    density = logsumexp(joint, axis=1)
    np.testing.assert_allclose(mixture.score_samples(X), density, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(
        mixture.predict_proba(X), np.exp(joint - density[:, None]), rtol=1e-9, atol=1e-12
    )
    assert np.array_equal(mixture.predict(X), joint.argmax(axis=1))
    assert mixture.score_samples(X)[5] == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(mixture.predict_proba(X)[5], mixture.weights_)
    assert mixture.bic(X) == pytest.approx(-2 * density.sum() + 29 * np.log(len(X)))
    assert mixture.aic(X) == pytest.approx(-2 * density.sum() + 2 * 29)


@pytest.mark.parametrize("seed", range(3))
def test_fit_with_missing_values_is_a_fixed_point_of_em(seed):
    X = with_holes(seed, rows=200)
    X[7] = np.nan
    mixture = GaussianMixture(2, tol=1e-13, max_iter=5000, random_state=seed).fit(X)
    assert mixture.converged_
    weights, means, covariances = slow_step(mixture, X)
    np.testing.assert_allclose(mixture.weights_, weights, atol=1e-4)
    np.testing.assert_allclose(mixture.means_, means, atol=1e-4)
    np.testing.assert_allclose(mixture.covariances_, covariances, atol=1e-3)


def test_missing_values_are_not_ignored_rows():
    """Rows with holes count: their features move the mean."""
    X = rows_of(0)
    X[200:, 2] = np.nan
    complete = GaussianMixture(1).fit(X[:200])
    mixture = GaussianMixture(1).fit(X)
    np.testing.assert_allclose(mixture.means_[0, :2], X[:, :2].mean(axis=0), atol=1e-6)
    assert abs(mixture.means_[0, :2] - complete.means_[0, :2]).max() > 0.01


def test_fit_predict_is_predict():
    X = with_holes(1)
    mixture = GaussianMixture(3, random_state=0, max_iter=500)
    assert np.array_equal(mixture.fit_predict(X), mixture.predict(X))


def test_random_state():
    X = rows_of(2)

    def means(random_state, **parameters):
        mixture = GaussianMixture(8, random_state=random_state, max_iter=500, **parameters)
        return mixture.fit(X).means_

    assert np.array_equal(means(3), means(3))
    assert np.array_equal(means(3, n_jobs=2), means(3))
    assert not np.array_equal(means(3), means(4))
    assert np.array_equal(means(np.random.RandomState(1)), means(np.random.RandomState(1)))
    assert not all(np.array_equal(means(None), means(None)) for _ in range(5))
    np.random.seed(0)
    first = means(None)
    np.random.seed(0)
    assert np.array_equal(means(None), first)  # numpy's global seed, as in scikit-learn


def test_single_precision():
    X = rows_of(0)
    mixture = GaussianMixture(2, random_state=0).fit(X)
    single = X.astype(np.float32)
    expected = mixture.score_samples(single.astype(float))
    assert np.array_equal(mixture.score_samples(single), expected)


@pytest.mark.parametrize(
    "parameters, message",
    [
        ({"n_components": 0}, "n_components must be a whole number, at least 1"),
        ({"n_components": 2.0}, "n_components must be a whole number, at least 1; found 2.0"),
        ({"n_init": 0}, "n_init must be a whole number, at least 1"),
        ({"tol": -1.0}, "tol must be at least 0"),
        ({"reg_covar": -1.0}, "reg_covar must be at least 0"),
        ({"max_iter": -1}, "max_iter must be a whole number, at least 0"),
        ({"random_state": -1}, "random_state"),
        ({"n_components": 401}, "Expected n_samples >= n_components"),
    ],
)
def test_invalid_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        GaussianMixture(**parameters).fit(rows_of(0))


def test_invalid_rows():
    X = rows_of(0)
    with pytest.raises(ValueError, match="infinity"):
        GaussianMixture().fit(np.where(X == X[0, 0], np.inf, X))
    X[:, 1] = np.nan
    with pytest.raises(ValueError, match="missing in all"):
        GaussianMixture().fit(X)
    X[3:] = np.nan
    with pytest.raises(ValueError, match="fewer"):
        GaussianMixture(4).fit(np.delete(X, 1, axis=1))
    with pytest.raises(ValueError, match="n_samples"):
        GaussianMixture().fit(rows_of(0)).sample(0)


def test_pickle():
    X = with_holes(0)
    mixture = GaussianMixture(2, random_state=0).fit(X)
    again = pickle.loads(pickle.dumps(mixture))
    assert np.array_equal(again.score_samples(X), mixture.score_samples(X))
