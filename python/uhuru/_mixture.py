"""The mixture of Gaussians as an estimator of scikit-learn."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, DensityMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from . import _core, _options
from ._progress import Bar
from ._sklearn import Array, MissingValues, require_count, seed, validated


class GaussianMixture(MissingValues, DensityMixin, BaseEstimator):
    """Mixture of Gaussians with full covariances, also for data with missing values.

    Parameters, attributes and results are those of `sklearn.mixture.GaussianMixture`: with the same
    integer as `random_state`, scikit-learn 1.2 finds the same mixture of complete data; later
    versions start elsewhere, since their k-means draws its first center in another way. NaN is a missing value:
    the density of a row is that of the features that it has, and EM takes the expected values
    and covariances of the others (Ghahramani & Jordan 1994).

    Parameters
    ----------
    n_components : int, default 1
        Number of Gaussians.
    tol : float, default 1e-3
        EM stops when the mean log-likelihood gains less.
    reg_covar : float, default 1e-6
        Added to the diagonals of the covariances.
    max_iter : int, default 100
        Largest number of iterations of EM.
    n_init : int, default 1
        Number of starts, of which the best is kept.
    random_state : int, RandomState or None
        Seed of the starts. None draws one.
    n_jobs : int or None
        Number of threads, -1 for all processors. It does not change the result.
    progress : bool, default True
        Whether to show a bar during long work.

    Attributes
    ----------
    weights_ : ndarray (n_components,)
    means_ : ndarray (n_components, n_features)
    covariances_, precisions_, precisions_cholesky_ : ndarray (n_components, n_features, n_features)
        The precisions are the inverse covariances, and their upper triangular factors.
    converged_ : bool
        Whether the best start converged.
    n_iter_ : int
        Iterations of the best start.
    lower_bound_ : float
        Mean log-likelihood of a row in the last iteration of the best start.
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        Only if X has names of columns.

    Examples
    --------
    >>> import numpy as np
    >>> from uhuru import GaussianMixture
    >>> X = [[1, 2], [1, np.nan], [1, 1], [9, 8], [9, 9], [np.nan, 9]]
    >>> mixture = GaussianMixture(2, random_state=0).fit(X)
    >>> labels = mixture.predict(X)
    >>> bool(labels[1] == labels[0] and labels[5] == labels[4] != labels[0])
    True
    """

    weights_: Array
    means_: Array
    covariances_: Array

    def __init__(
        self,
        n_components: int = 1,
        *,
        tol: float = 1e-3,
        reg_covar: float = 1e-6,
        max_iter: int = 100,
        n_init: int = 1,
        random_state: int | np.random.RandomState | None = None,
        n_jobs: int | None = None,
        progress: bool = True,
    ) -> None:
        self.n_components = n_components
        self.tol = tol
        self.reg_covar = reg_covar
        self.max_iter = max_iter
        self.n_init = n_init
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.progress = progress

    def fit(self, X: Any, y: Any = None) -> GaussianMixture:
        """Fit the mixture.

        Parameters
        ----------
        X : array-like (n_rows, n_features)
            NaN is a missing value. At least as many rows with a feature as components.
        y : ignored
            For pipelines.

        Returns
        -------
        GaussianMixture
            Itself.

        Raises
        ------
        ValueError
            If X has infinite values, fewer rows with a feature than components, or a feature that
            all rows lack; or a parameter is invalid.

        Warns
        -----
        sklearn.exceptions.ConvergenceWarning
            If the last start has not converged.
        """
        self.fit_predict(X)
        return self

    def fit_predict(self, X: Any, y: Any = None) -> Array:
        """Fit the mixture, and return the most probable component of each row.

        Parameters
        ----------
        X, y
            See `fit`.

        Returns
        -------
        ndarray (n_rows,)
            That of a row without any feature is the heaviest one.

        Raises
        ------
        ValueError
            See `fit`.
        """
        require_count("n_components", self.n_components)
        require_count("n_init", self.n_init)
        require_count("max_iter", self.max_iter, 0)
        for name in ("tol", "reg_covar"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} must be at least 0; found {getattr(self, name)}")
        X = validated(self, X, dtype=np.float64, order="C", ensure_min_samples=2)
        if len(X) < self.n_components:
            raise ValueError(
                "Expected n_samples >= n_components but got "
                f"n_components = {self.n_components}, n_samples = {len(X)}"
            )
        with Bar(self.progress) as progress:
            found = _core.fit_mixture(
                X,
                self.n_components,
                seed(self.random_state),
                self.tol,
                self.reg_covar,
                self.max_iter,
                self.n_init,
                _options.n_jobs(self.n_jobs),
                progress,
            )
        self._set(found["weights"], found["means"], found["covariances"])
        self.converged_ = found["converged"]
        self.n_iter_ = found["n_iter"]
        self.lower_bound_ = found["lower_bound"]
        if not self.converged_ and self.max_iter > 0:
            warnings.warn(
                f"Initialization {self.n_init} did not converge. Try different init parameters, or "
                "increase max_iter, tol or check for degenerate data.",
                ConvergenceWarning,
                stacklevel=2,
            )
        labels: Array = found["labels"]
        # As `predict` has it; the core gives rows without any feature to the first component.
        labels[np.isnan(X).all(axis=1)] = self.weights_.argmax()
        return labels

    def _set(self, weights: Array, means: Array, covariances: Array) -> GaussianMixture:
        self.weights_, self.means_, self.covariances_ = weights, means, covariances
        factors = np.linalg.inv(np.linalg.cholesky(covariances))
        self.precisions_cholesky_ = np.triu(factors.transpose(0, 2, 1))
        self.precisions_ = self.precisions_cholesky_ @ np.tril(factors)
        self.n_features_in_ = means.shape[1]
        return self

    def _log_joint(self, X: Any) -> Array:
        """Return log(weight times density) of each row and component."""
        check_is_fitted(self, "weights_")
        X = validated(self, X, reset=False, dtype=[np.float64, np.float32])
        return _core.mixture_log_joint(
            self.weights_, self.means_, self.covariances_, X, _options.n_jobs(self.n_jobs)
        )

    def predict(self, X: Any) -> Array:
        """Return the most probable component of each row.

        Parameters
        ----------
        X : array-like (n_rows, n_features)
            NaN is a missing value.

        Returns
        -------
        ndarray (n_rows,)

        Raises
        ------
        ValueError
            If X has another number of columns than in `fit`, or an infinite value.
        sklearn.exceptions.NotFittedError
            Before `fit`.
        """
        return self._log_joint(X).argmax(axis=1)

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each component.

        Parameters
        ----------
        X : array-like (n_rows, n_features)
            NaN is a missing value. A row without any feature has the weights.

        Returns
        -------
        ndarray (n_rows, n_components)

        Raises
        ------
        ValueError
            See `predict`.
        """
        joint = self._log_joint(X)
        return np.exp(joint - np.logaddexp.reduce(joint, axis=1, keepdims=True))

    def score_samples(self, X: Any) -> Array:
        """Return the log density of each row: of those features that it has.

        Parameters
        ----------
        X : array-like (n_rows, n_features)
            NaN is a missing value. Densities of rows that lack different features cannot be
            compared. That of a row without any feature is 1.

        Returns
        -------
        ndarray (n_rows,)

        Raises
        ------
        ValueError
            See `predict`.
        """
        return np.logaddexp.reduce(self._log_joint(X), axis=1)

    def score(self, X: Any, y: Any = None) -> float:
        """Return the mean log density of the rows.

        Parameters
        ----------
        X : array-like (n_rows, n_features)
            See `score_samples`.
        y : ignored
            For pipelines.

        Returns
        -------
        float

        Raises
        ------
        ValueError
            See `predict`.
        """
        return float(self.score_samples(X).mean())

    def bic(self, X: Any) -> float:
        """Return the Bayesian information criterion of the mixture: the lower the better.

        Parameters
        ----------
        X : array-like (n_rows, n_features)
            See `score_samples`.

        Returns
        -------
        float

        Raises
        ------
        ValueError
            See `predict`.
        """
        log_density = self.score_samples(X)
        return float(-2 * log_density.sum() + self._n_parameters() * np.log(len(log_density)))

    def aic(self, X: Any) -> float:
        """Return the Akaike information criterion of the mixture: the lower the better.

        Parameters
        ----------
        X : array-like (n_rows, n_features)
            See `score_samples`.

        Returns
        -------
        float

        Raises
        ------
        ValueError
            See `predict`.
        """
        return float(-2 * self.score_samples(X).sum() + 2 * self._n_parameters())

    def _n_parameters(self) -> int:
        components, features = self.means_.shape
        return components * (1 + features + features * (features + 1) // 2) - 1

    def sample(self, n_samples: int = 1) -> tuple[Array, Array]:
        """Draw rows from the mixture.

        Parameters
        ----------
        n_samples : int, default 1
            Number of rows.

        Returns
        -------
        X : ndarray (n_samples, n_features)
            Rows in the order of their components.
        y : ndarray (n_samples,)
            Component of each row.

        Raises
        ------
        ValueError
            If `n_samples` is less than 1.
        sklearn.exceptions.NotFittedError
            Before `fit`.
        """
        check_is_fitted(self, "weights_")
        require_count("n_samples", n_samples)
        random = check_random_state(self.random_state)
        counts = random.multinomial(n_samples, self.weights_)
        rows = [
            random.multivariate_normal(mean, covariance, int(count))
            for mean, covariance, count in zip(self.means_, self.covariances_, counts)
        ]
        return np.vstack(rows), np.repeat(np.arange(len(counts)), counts)
