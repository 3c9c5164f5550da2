"""The classifier as an estimator of scikit-learn."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import numpy.typing as npt
from astropy.table import Table
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_array
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_consistent_length, check_is_fitted, column_or_1d

from . import _core, _options, _tables
from ._array_recipe import array_recipe, with_classes
from ._mixture import GaussianMixture
from ._model import Model
from ._progress import Bar
from ._sklearn import CHECKS, Array, MissingValues, filled, require_count, seed, validated

__all__ = ["Classifier", "GaussianMixture"]


def _labels(y: Any) -> tuple[Array, list[str]]:
    """Return the labels that are there, and the text of each row's, "" where there is none."""
    if y is None:
        raise ValueError("Classifier requires y to be passed, but the target y is None")
    values = column_or_1d(y, warn=True)
    # An array of a list of texts and NaN would have texts only.
    texts = _tables.labels(np.array(y, dtype=object) if isinstance(y, (list, tuple)) else y)
    values = values[np.array([text != "" for text in texts], dtype=bool)]
    if values.dtype.kind == "S":
        values = np.char.decode(values, "utf-8")
    elif values.dtype.kind == "O" and len(values) and not isinstance(values[0], str):
        values = np.array(values.tolist())  # numbers, between which some were missing
    return values, texts


def _own_classes(values: Array, texts: list[str]) -> tuple[Array, npt.NDArray[np.int32]]:
    """Return the distinct labels, and of each row the place of its label, -1 if it has none."""
    if len(values) == 0:
        raise ValueError("no class can be learned: y has no label")
    check_classification_targets(values)
    classes, places = np.unique(values, return_inverse=True)
    if len(classes) < 2:
        raise ValueError("y has only one class; a classifier needs two or more classes")
    ids = np.full(len(texts), -1, dtype=np.int32)
    ids[[text != "" for text in texts]] = places
    return classes, ids


class Classifier(MissingValues, ClassifierMixin, BaseEstimator):
    """Classifier of sources, by a recipe or of any array, as an estimator of scikit-learn.

    With a recipe, X is a table of the recipe's mission, or an array whose columns are the recipe's
    features. Without one, X is an array or a data frame of numbers. NaN is a missing value. Rows
    without a label (masked, None, NaN or "" in y) are learned from too: they shape the mixture.

    Parameters
    ----------
    recipe : str, path or None, default "csc2"
        Name of a built-in recipe, a TOML file, or None.
    method : {"mahalanobis", "bayes"} or None
        As published, or calibrated probabilities. None: as the recipe says; without one, "bayes".
    n_components : int or None
        Number of clusters. None: as the recipe says; without one, 6, or fewer so that there are ten
        rows for each.
    random_state : int, RandomState or None
        An int is the seed of the command's option ``--seed``. None is the recipe's seed (42 without
        a recipe) and not, as elsewhere in scikit-learn, a random one: results are reproducible by
        default. A RandomState draws one.
    n_jobs : int or None
        Number of threads, -1 for all processors. It does not change the result.
    scaling : str, default "standard"
        How the features are scaled without a recipe: "identity", "minmax", "log-minmax",
        "standard", "log10", "asinh" or "rank".
    progress : bool, default True
        Whether to show a bar during long work.

    Attributes
    ----------
    classes_ : ndarray (n_classes,)
        The recipe's classes in its order. Without a recipe, or if y has numbers, the distinct
        values of y in ascending order.
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        The recipe's features; without one, the names of the columns if X is a data frame.
    model_ : uhuru.Model
        What has been learned.
    mixture_ : GaussianMixture
        The clusters, in scaled features.
    notes_ : list of str
        What one should know about the data and the result.

    Notes
    -----
    scikit-learn's cross-validation cannot take rows of an astropy Table, but of ``list(table)``.

    Constant columns of an array say nothing and are left out without a recipe. Values that a recipe
    calls missing have to be NaN in an array. `cross_val_predict` with ``method="predict_proba"``
    numbers the labels: then all that stand in y are classes, also "" and ambiguous ones.

    Classes that the model has not learned have probability 0. A row for which the model has no
    class (none of its features is there, or for "mahalanobis" no class was learned in its cluster)
    has the probabilities 0 and the predicted class "" with the classes of a recipe; with those of
    y, the shares of the classes among the labelled rows.

    `score` compares y, as it is, with the predicted classes: a label that is not the name of
    a class, though perhaps another spelling, counts as wrong.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from uhuru import Classifier
    >>> X, y = load_iris(return_X_y=True)
    >>> classifier = Classifier(recipe=None).fit(X, y)
    >>> bool(classifier.score(X, y) > 0.9)
    True
    """

    classes_: Array
    feature_names_in_: Array
    model_: Model
    notes_: list[str]
    _used: Array | None  # whether each column of an array is; None with a recipe
    _shares: Array | None  # of the classes, for rows without one; None for those of a recipe

    def __init__(
        self,
        recipe: str | os.PathLike[str] | None = "csc2",
        *,
        method: str | None = None,
        n_components: int | None = None,
        random_state: int | np.random.RandomState | None = None,
        n_jobs: int | None = None,
        scaling: str = "standard",
        progress: bool = True,
    ) -> None:
        self.recipe = recipe
        self.method = method
        self.n_components = n_components
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.scaling = scaling
        self.progress = progress

    def fit(self, X: Any, y: Any, groups: Any = None) -> Classifier:
        """Learn from labelled and unlabelled rows.

        Parameters
        ----------
        X : table or array (n_rows, n_features)
            With a recipe, a table (astropy Table, pandas DataFrame, structured array, list of
            astropy Rows, file) or an array with the recipe's features in its order; otherwise an
            array or a data frame of numbers, of which constant columns are left out.
        y : array-like (n_rows,)
            Labels. Texts are labels of the recipe: its classes or other spellings of them; others
            are not learned. If y has numbers (or without a recipe) its values are the classes.
        groups : array-like (n_rows,), optional
            The source of each row. By default, those of the recipe's column in a table; otherwise
            each row is a source.

        Returns
        -------
        Classifier
            Itself.

        Raises
        ------
        FileNotFoundError
            If there is no such recipe or table.
        ValueError
            If X or y is invalid, or nothing can be learned from them.

        Examples
        --------
        >>> import uhuru
        >>> detections, counterparts = uhuru.simulate(500)
        >>> y = uhuru.crossmatch(detections, counterparts)["main_type"]
        >>> classifier = uhuru.Classifier(method="bayes").fit(detections, y)
        >>> classifier.predict_proba(detections).shape
        (500, 10)
        """
        values, texts = _labels(y)
        classes, ids = None, None
        if self.recipe is None or values.dtype.kind in "biuf":
            classes, ids = _own_classes(values, texts)
        names = [] if classes is None else [str(label) for label in classes.tolist()]
        table = self.recipe is not None and _tables.is_table(X)
        if self.recipe is not None:
            recipe = self._mission_recipe(self.recipe, names)
        if not table:
            X = self._rows(X, True, dtype=np.float64, order="C", ensure_min_samples=2)
            check_consistent_length(X, texts, groups)
        if self.recipe is None:
            recipe, X = self._array_recipe(X, names)
        if ids is None:
            ids = _core.class_ids(recipe, texts)
        else:
            texts = [recipe.classes[i] if i >= 0 else "" for i in ids]
        jobs = _options.n_jobs(self.n_jobs)
        with Bar(self.progress) as progress:
            if table:
                columns = {recipe.label_column: texts}
                if groups is not None:
                    columns[recipe.name_column] = groups
                source = _tables.source(X, add=columns, recipe=recipe)
                model, notes = _core.fit_table(recipe, source, recipe.label_column, jobs, progress)
            else:
                sources = np.unique([] if groups is None else groups, return_inverse=True)[1]
                model, notes = _core.fit_rows(
                    recipe, X, ids, sources.astype(np.uint32), jobs, progress
                )
        self.model_ = Model(model)
        self.notes_ = [*self.notes_, *notes]
        self.classes_ = np.array(recipe.classes) if classes is None else classes
        self._shares = None if classes is None else np.bincount(ids[ids >= 0]) / (ids >= 0).sum()
        return self

    def _settings(self) -> dict[str, Any]:
        """Return what the parameters change in a recipe."""
        if self.n_components is not None:
            require_count("n_components", self.n_components)
        return {
            "method": self.method or "",
            "components": self.n_components or 0,
            "seed": None if self.random_state is None else seed(self.random_state),
        }

    def _mission_recipe(
        self, recipe: str | os.PathLike[str], classes: list[str]
    ) -> _core.Recipe:
        """Return the recipe, with these classes instead of its own if there are any."""
        settings = self._settings()
        found = _core.load_recipe(_tables.file_name(recipe), **settings)
        if classes:
            found = _core.parse_recipe(with_classes(found.text, classes), found.name, **settings)
        self.feature_names_in_ = np.array([each["name"] for each in found.features], dtype=object)
        self.n_features_in_ = len(found.features)
        self._used = None
        self.notes_ = []
        return found

    def _array_recipe(self, X: Array, classes: list[str]) -> tuple[_core.Recipe, Array]:
        """Return a recipe for the columns of X that are not constant, and these columns."""
        used = np.fmin.reduce(X, axis=0) < np.fmax.reduce(X, axis=0)
        if not used.any():
            raise ValueError("no column of X has two distinct values")
        names = getattr(self, "feature_names_in_", [f"x{i}" for i in range(X.shape[1])])
        constant = [name for name, is_used in zip(names, used) if not is_used]
        self._used = used
        self.notes_ = [f"left out, being constant: {', '.join(constant)}"] if constant else []
        columns = [name for name, is_used in zip(names, used) if is_used]
        components = max(1, min(6, len(X) // 10))
        text = array_recipe(columns, classes, self.scaling, components)
        return _core.parse_recipe(text, "array", **self._settings()), self._of_used(X)

    def _of_used(self, X: Array) -> Array:
        if self._used is None or self._used.all():
            return X
        return np.ascontiguousarray(X[:, self._used])

    def _rows(self, X: Any, reset: bool, **checks: Any) -> Array:
        """Return X as an array whose columns are the features."""
        if self.recipe is None:
            if isinstance(X, Table):
                raise ValueError(
                    "without a recipe, X must be an array or a data frame of numbers; found "
                    f"{type(X).__name__}"
                )
            return validated(self, X, reset=reset, **checks)
        X = check_array(filled(X), **CHECKS, **checks)
        if X.shape[1] != self.n_features_in_:
            raise ValueError(
                f"X has another number of columns than recipe {self.recipe} has features; expected "
                f"{self.n_features_in_}: {', '.join(self.feature_names_in_)}; found {X.shape[1]}"
            )
        return X

    def _posteriors(self, X: Any) -> tuple[Array, Array]:
        """Return the probabilities, and which rows have no class."""
        check_is_fitted(self, "model_")
        if self.recipe is None or not _tables.is_table(X):
            X = self._of_used(self._rows(X, False, dtype=[np.float64, np.float32]))
        found = self.model_._numbers(X, self.n_jobs, self.progress)
        probabilities, without = found["probabilities"], found["classes"] < 0
        if self._shares is not None:
            probabilities[without] = self._shares
        return probabilities, without

    def predict_proba(self, X: Any) -> Array:
        """Return the probabilities of the classes.

        Parameters
        ----------
        X : table or array (n_rows, n_features)
            As in `fit`, without labels. NaN is a missing value: "bayes" integrates over it,
            "mahalanobis" takes the median of the training sample.

        Returns
        -------
        ndarray (n_rows, n_classes)
            In the order of ``classes_``. For rows without a class see Notes.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before `fit`.
        ValueError
            If X has other columns than in `fit`, or an infinite value.
        """
        return self._posteriors(X)[0]

    def predict_log_proba(self, X: Any) -> Array:
        """Return the logarithms of the probabilities of `predict_proba`.

        Parameters
        ----------
        X : table or array (n_rows, n_features)
            See `predict_proba`.

        Returns
        -------
        ndarray (n_rows, n_classes)
            Minus infinity for classes that were not learned.

        Raises
        ------
        ValueError
            See `predict_proba`.
        """
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def predict(self, X: Any) -> Array:
        """Return the most probable class of each row.

        Parameters
        ----------
        X : table or array (n_rows, n_features)
            See `predict_proba`.

        Returns
        -------
        ndarray (n_rows,)
            Elements of ``classes_``; with the classes of a recipe, "" if the model has none for a
            row.

        Raises
        ------
        ValueError
            See `predict_proba`.
        """
        probabilities, without = self._posteriors(X)
        classes = self.classes_[probabilities.argmax(axis=1)]
        if self._shares is None:
            classes[without] = ""
        return classes

    @property
    def mixture_(self) -> GaussianMixture:
        check_is_fitted(self, "model_")
        core = self.model_.core
        return GaussianMixture(len(core.weights))._set(core.weights, core.means, core.covariances)

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the model as a file, for `uhuru.load_model` and ``uhuru predict --model``.

        Parameters
        ----------
        path : str or path
            A JSON file.
        overwrite : bool, default False
            Whether to replace an existing file.

        Raises
        ------
        FileExistsError
            If the file exists, unless `overwrite` is true.
        sklearn.exceptions.NotFittedError
            Before `fit`.
        """
        check_is_fitted(self, "model_")
        self.model_.save(path, overwrite=overwrite)

    @property
    def _repr_html_(self) -> Any:
        fitted = hasattr(self, "model_")
        return self.model_._repr_html_ if fitted else super()._repr_html_

    def _repr_mimebundle_(self, **options: Any) -> Any:
        if not hasattr(self, "model_"):
            return super()._repr_mimebundle_(**options)
        return {"text/plain": repr(self), "text/html": self.model_._repr_html_()}
