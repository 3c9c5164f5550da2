"""Trained classifiers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.table import QTable
from numpy.typing import ArrayLike, NDArray

from . import _core, _display
from ._options import n_jobs as threads_of, warn
from ._progress import Bar
from ._qtables import qtable
from ._tables import PathLike, TableLike, file_name, is_table, numbers, source

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def prior_text(prior: str | Mapping[str, float] | None) -> str:
    """A prior as the program's option has it."""
    if prior is None or isinstance(prior, str):
        return prior or ""
    if not isinstance(prior, Mapping):
        raise TypeError(f"prior: expected a text, or probabilities by class; found {prior!r}")
    return ",".join(f"{name}={_number('prior', p)!r}" for name, p in prior.items())


def part(name: str, value: float | None) -> float | None:
    """The value of an option that is a number, or None."""
    return None if value is None else _number(name, value)


def _number(name: str, value: Any) -> float:
    if isinstance(value, (str, bytes)) or not hasattr(value, "__float__"):
        raise TypeError(f"{name}: expected a number; found {value!r}")
    return float(value)


class Model:
    """A trained classifier, as `uhuru.load_model`, `Classifier` and `Run` have it.

    Attributes
    ----------
    name, method, version : str
        Its name, "mahalanobis" (as published) or "bayes", and the version that wrote it.
    classes_ : ndarray of str
        The classes of its recipe, in the order of the columns of `predict_proba`.
    features_ : list of str
        The features, in the order of the columns of arrays.

    Notes
    -----
    Models are immutable, can be pickled, and can be used from several threads. In Jupyter they
    display a card: recipe, classes, training sample, clusters, features.

    Examples
    --------
    >>> import uhuru
    >>> model = uhuru.load_model("csc2-published")
    >>> model.method, len(model.features_), len(model.classes_)
    ('mahalanobis', 12, 10)
    """

    def __init__(self, core: _core.Model) -> None:
        if not isinstance(core, _core.Model):
            raise TypeError("a Model is made by uhuru.load_model, or by fitting a Classifier")
        self.core = core

    @property
    def name(self) -> str:
        return self.core.name

    @property
    def method(self) -> str:
        return self.core.method

    @property
    def version(self) -> str:
        return self.core.version

    @property
    def classes_(self) -> NDArray[np.str_]:
        return np.array(self.core.recipe.classes)

    @property
    def groups_(self) -> NDArray[np.str_]:
        """The group of each class, such as XB of HMXB, LMXB and XB."""
        return np.array(self.core.recipe.groups)

    @property
    def class_columns_(self) -> list[str]:
        """The columns of tables with the probability of each class, such as p_ttau of TTau*."""
        return list(self.core.recipe.class_columns)

    @property
    def group_columns_(self) -> list[str]:
        """The columns of tables with the probability of each group, such as p_group_xb of XB."""
        return list(self.core.recipe.group_columns)

    @property
    def features_(self) -> list[str]:
        return [feature["name"] for feature in self.core.recipe.features]

    def predict_table(
        self,
        table: TableLike,
        *,
        prior: str | Mapping[str, float] | None = None,
        coverage: float | None = None,
        n_jobs: int | None = -1,
        progress: bool = True,
    ) -> QTable:
        """Classify the detections of a table.

        Parameters
        ----------
        table : table
            Detections with the columns that the recipe names. A missing value, or column, is
            integrated out by the method bayes, and set to the median of the training sample by
            mahalanobis.
        prior : str or mapping of str to float, optional
            How often classes occur among what is classified, for the method bayes: "sources", as
            among the labelled sources; "detections", as among their detections; or a probability
            for some classes, of which the others share the rest. The default is the model's.
        coverage : float, optional
            The part of the sources whose class is in their set of classes, 0.5 to 0.999, for the
            method bayes. The default is the model's, 0.9 (column ``set_90``).
        n_jobs : int or None
            Threads, as in scikit-learn; -1: one per processor. It does not change the result.
        progress : bool
            Whether to show a bar if it takes more than a second.

        Returns
        -------
        `~astropy.table.QTable`
            One row per row of `table`, in the same order: name, observation and position, if they
            are there; ``cluster``; ``class_name``, the most probable class, and ``class_group``; the
            probability of each class and group (``p_qso``, ``p_group_agn``); ``set_90`` and ``p_known`` of the method bayes;
            ``features_missing``; the features, and how unusual the detection is. Columns of a row
            without a class are masked: it has no feature, or the method mahalanobis has learned no
            class in its cluster. ``meta`` says which model, recipe and version computed it.

        Raises
        ------
        FileNotFoundError
            If there is no such table.
        ValueError
            If the table has no feature of the recipe, a column has the wrong unit or type, or the
            prior or the coverage is invalid.

        Warns
        -----
        UhuruWarning
            Columns that are taken otherwise than usual, such as measurement errors that are absent.

        Examples
        --------
        >>> import uhuru
        >>> detections, counterparts = uhuru.simulate(100)
        >>> classes = uhuru.load_model("csc2-published").predict_table(detections)
        >>> len(classes), classes["p_qso"].info.meta["ucd"], classes.meta["recipe"]
        (100, 'stat.probability', 'csc2')
        """
        core = self.core
        if prior is not None or coverage is not None:
            core = core.asked(prior_text(prior), part("coverage", coverage))
        inputs = source(table, recipe=core.recipe)
        with Bar(progress) as bar:
            result = _core.predict_table(core, inputs, threads_of(n_jobs), bar)
        warn(result["notes"])
        return qtable(result, self._provenance(inputs))

    def predict_proba(
        self, X: ArrayLike | TableLike, *, n_jobs: int | None = -1, progress: bool = True
    ) -> NDArray[np.float64]:
        """The probability of each class.

        Parameters
        ----------
        X : array_like of shape (n, D), or table
            Features as `uhuru.features` returns them, in the order of `features_` and in the units
            of the recipe, NaN where missing; or detections. An array that is float64 and
            C-contiguous is not copied.
        n_jobs, progress
            See `predict_table`.

        Returns
        -------
        ndarray of shape (n, C)
            In the order of `classes_`. A row without a class has only zeros.

        Raises
        ------
        ValueError
            If an array has another number of columns than the model has features; for a table, see
            `predict_table`.

        Examples
        --------
        >>> import numpy as np
        >>> import uhuru
        >>> model = uhuru.load_model("csc2-published")
        >>> detections, counterparts = uhuru.simulate(100)
        >>> P = model.predict_proba(uhuru.features(detections))
        >>> P.shape, bool(np.allclose(P.sum(axis=1), 1))
        ((100, 10), True)
        >>> bool((P == model.predict_proba(detections)).all())
        True
        """
        probabilities: NDArray[np.float64] = self._numbers(X, n_jobs, progress)["probabilities"]
        return probabilities

    def predict(
        self, X: ArrayLike | TableLike, *, n_jobs: int | None = -1, progress: bool = True
    ) -> NDArray[np.str_]:
        """The most probable class of each row.

        Parameters
        ----------
        X : array_like of shape (n, D), or table
            See `predict_proba`.
        n_jobs, progress
            See `predict_table`.

        Returns
        -------
        ndarray of str of shape (n,)
            "" where there is none: the row has no feature, or the method mahalanobis has learned no
            class in its cluster.

        Raises
        ------
        ValueError
            See `predict_proba`.
        """
        ids = self._numbers(X, n_jobs, progress)["classes"]
        names: NDArray[np.str_] = np.append(self.classes_, "")
        return names[ids]

    def _numbers(self, X: Any, n_jobs: int | None, progress: bool) -> Any:
        threads = threads_of(n_jobs)
        with Bar(progress) as bar:
            if is_table(X):
                return _core.predict_numbers(
                    self.core, source(X, recipe=self.core.recipe), threads, bar
                )
            return _core.predict_rows(self.core, numbers(X), threads, bar)

    def _provenance(self, inputs: _core.Source) -> dict[str, str]:
        return {
            "model": self.core.name,
            "recipe": self.core.recipe.name,
            "method": self.core.method,
            "inputs": inputs.name,
            "version": _core.version,
        }

    def save(self, path: PathLike, *, overwrite: bool = False) -> None:
        """Write the model to a file, which ``uhuru predict --model`` reads, too.

        Parameters
        ----------
        path : str or path-like
            A JSON file. It contains the recipe.
        overwrite : bool
            Whether to replace an existing file.

        Raises
        ------
        FileExistsError
            If the file exists, unless `overwrite` is true.
        OSError
            If the file cannot be written.

        Examples
        --------
        >>> import uhuru
        >>> model = uhuru.load_model("csc2-published")
        >>> model.save("model.json")
        >>> uhuru.load_model("model.json").method
        'mahalanobis'
        """
        self.core.save(file_name(path), bool(overwrite))

    def plot_clusters(
        self,
        x: str | None = None,
        y: str | None = None,
        *,
        points: ArrayLike | None = None,
        ax: Axes | None = None,
    ) -> Axes:
        """Draw the components of the mixture in the plane of two features, with matplotlib.

        Each has the curves of 1 and 2 sigma of its marginal distribution, and its number at its
        mean; the heavier a component, the bolder it is.

        Parameters
        ----------
        x, y : str, optional
            Features; by default the first two.
        points : array_like of shape (n, D), optional
            Features of detections in the features' own values, as `uhuru.features` returns them,
            drawn beneath; NaN is not drawn. Of more than 20,000, evenly spaced ones are drawn.
        ax : `~matplotlib.axes.Axes`, optional
            Where to draw; by default a new figure.

        Returns
        -------
        `~matplotlib.axes.Axes`

        Raises
        ------
        ValueError
            If there is no such feature, both are the same, or `points` has another shape.
        ImportError
            If matplotlib is not installed.
        """
        from . import _plots

        return _plots.plot_clusters(
            self.core, x, y, ax=ax, points=None if points is None else np.asarray(points, float)
        )

    def __getstate__(self) -> dict[str, Any]:
        return {"json": self.core.json(), "name": self.core.name}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.core = _core.Model.parse(state["json"], state["name"])

    def __repr__(self) -> str:
        return _display.model_text(self.core)

    def _repr_html_(self) -> str:
        return _display.model_html(self.core)


def load_model(name: PathLike) -> Model:
    """A built-in model, or one from a file.

    Parameters
    ----------
    name : str or path-like
        "csc2-published", the classifier as published, or a JSON file that ``uhuru run``,
        `Classifier.save` or `Model.save` wrote.

    Returns
    -------
    Model

    Raises
    ------
    FileNotFoundError
        If there is neither.
    ValueError
        If the file is not a model.

    Examples
    --------
    >>> import uhuru
    >>> model = uhuru.load_model("csc2-published")
    >>> model.classes_[:3].tolist()
    ['QSO', 'AGN', 'Seyfert_1']
    """
    return Model(_core.Model.load(file_name(name)))
