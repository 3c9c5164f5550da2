"""What the program's commands do, for tables in memory."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import astropy.units as u
import numpy as np
from astropy.table import QTable
from numpy.typing import NDArray

from . import _core
from ._crossmatch import arcsec
from ._io import read
from ._model import Model, part, prior_text
from ._options import n_jobs as threads_of, one_of, table_format, text, warn, whole
from ._progress import Bar
from ._qtables import qtable
from ._results import Check, Run, Validation, load_validation
from ._tables import (
    PathLike,
    TableLike,
    as_qtable,
    file_name,
    is_file,
    is_frame,
    is_table,
    labels,
    source,
)


def recipes() -> list[str]:
    """The names of the built-in recipes.

    Returns
    -------
    list of str

    Examples
    --------
    >>> import uhuru
    >>> "csc2-bayes" in uhuru.recipes()
    True
    """
    return _core.built_in_recipes()


def check(
    table: TableLike, recipe: PathLike | Model = "csc2", *, n_jobs: int | None = -1, progress: bool = True
) -> Check:
    """Say what a recipe finds in a table: features, gaps, ranges, labels, and all that is wrong.

    Parameters
    ----------
    table : table
        Detections.
    recipe : str, path-like or Model
        A built-in recipe, a TOML file, or a model, whose recipe is used.
    n_jobs : int or None
        Threads, as in scikit-learn; -1: one per processor. It does not change the result.
    progress : bool
        Whether to show a bar if it takes more than a second.

    Returns
    -------
    Check
        It displays itself, and is true if the recipe fits the table.

    Raises
    ------
    FileNotFoundError
        If there is no such recipe or table.
    ValueError
        If the recipe or the table cannot be read, or a column has a unit that cannot be converted
        to the recipe's. What else the table lacks is no error: the result says it.

    Examples
    --------
    >>> import uhuru
    >>> detections, counterparts = uhuru.simulate(100)
    >>> check = uhuru.check(detections)
    >>> bool(check)
    True
    >>> check.data["selected"], check.problems
    (100, [])
    >>> uhuru.check(detections["name", "obsid", "ra", "dec"]).problems
    ['the table lacks columns required by recipe csc2; ...']
    """
    core = _recipe(recipe)
    problems = []
    try:
        inputs = source(table, recipe=core)
    except ValueError as error:  # a wrong unit; the rest can still be checked
        problems.append(str(error))
        inputs = source(table)
    with Bar(progress) as bar:
        data = _core.check_table(core, inputs, threads_of(n_jobs), bar)
    return Check({**data, "problems": problems + data["problems"], "recipe": core.name})


def features(
    table: TableLike,
    recipe: PathLike | Model = "csc2",
    *,
    n_jobs: int | None = -1,
    progress: bool = True,
) -> NDArray[np.float64]:
    """The features of detections, as an array for `Model.predict_proba`, scikit-learn and others.

    Parameters
    ----------
    table : table
        Detections. Units of columns are converted to those of the recipe.
    recipe : str, path-like or Model
        A built-in recipe, a TOML file, or a model, whose recipe is used.
    n_jobs, progress
        See `check`.

    Returns
    -------
    ndarray of shape (n, D)
        One row per row of `table`, also of those that the recipe's selection excludes; one column
        per feature of the recipe, in its order and units. NaN where a value is missing, out of the
        feature's range, or undefined.

    Raises
    ------
    FileNotFoundError
        If there is no such recipe or table.
    ValueError
        If the table has no feature of the recipe, or a column has the wrong unit or type.

    Examples
    --------
    >>> import uhuru
    >>> detections, counterparts = uhuru.simulate(100)
    >>> X = uhuru.features(detections)
    >>> X.shape
    (100, 12)
    >>> uhuru.load_model("csc2-published").features_[:4]
    ['hard_hm', 'hard_hs', 'hard_ms', 'powlaw_gamma']
    """
    core = _recipe(recipe)
    with Bar(progress) as bar:
        values, notes = _core.features(
            core, source(table, recipe=core), threads_of(n_jobs), bar
        )
    warn(notes)
    return values


def vote(classes: TableLike, model: Model, *, n_jobs: int | None = -1) -> QTable:
    """Combine the classes of the detections of each source.

    Parameters
    ----------
    classes : table
        What `Model.predict_table` returned, all detections of a source together.
    model : Model
        The model that computed it.
    n_jobs : int or None
        Threads, as in scikit-learn; -1: one per processor.

    Returns
    -------
    `~astropy.table.QTable`
        One row per source, those with most detections first: ``name``, ``ra`` and ``dec``;
        ``detection_count``; ``class_name`` with its ``probability`` and ``class_group`` with its
        ``group_probability``, masked if no detection has a class; ``hard_class``, which most of its
        detections have; ``standing``, "classified" or "without class"; the probability of each
        class and group (``p_qso``, ``p_group_agn``); and how unusual the source is.

    Raises
    ------
    ValueError
        If a column is absent or has an unknown class.

    Examples
    --------
    >>> import uhuru
    >>> detections, counterparts = uhuru.simulate(100)
    >>> model = uhuru.load_model("csc2-published")
    >>> sources = uhuru.vote(model.predict_table(detections), model)
    >>> int(sources["detection_count"].sum())
    100
    >>> certain = sources[sources["probability"] > 0.9]
    """
    if not isinstance(model, Model):
        raise TypeError(f"model: expected a uhuru.Model; found {type(model).__name__}")
    inputs = source(classes)
    result = _core.vote(inputs, model.core, threads_of(n_jobs))
    warn(result["notes"])
    return qtable(result, model._provenance(inputs))


def simulate(
    rows: int, model: PathLike = "csc2-published", *, random_state: int = 42, progress: bool = True
) -> tuple[QTable, QTable]:
    """Draw detections from a model, with the difficulties of a real catalog.

    A fourth of them lack features, some sources have many detections, and a third of the sources
    have a label.

    Parameters
    ----------
    rows : int
        The number of detections.
    model : str or path-like
        A built-in model, or a file.
    random_state : int
        The same seed gives the same tables.
    progress : bool
        Whether to show a bar if it takes more than a second.

    Returns
    -------
    detections : `~astropy.table.QTable`
        With the columns of the model's recipe.
    counterparts : `~astropy.table.QTable`
        The objects with a label near some of them.

    Raises
    ------
    FileNotFoundError
        If there is no such model.
    ValueError
        If `rows` is not positive, or the file is not a model.

    Examples
    --------
    >>> import uhuru
    >>> detections, counterparts = uhuru.simulate(100)
    >>> y = uhuru.crossmatch(detections, counterparts)["main_type"]
    >>> len(y), bool(y.mask.any())
    (100, True)
    """
    with tempfile.TemporaryDirectory(prefix="uhuru-") as folder:
        first, second = (os.path.join(folder, name) for name in ("detections.vot", "labels.vot"))
        with Bar(progress) as bar:
            _core.simulate(
                _core.Model.load(file_name(model)),
                whole("rows", rows, 1, 2**53),
                whole("random_state", random_state, 0, 2**32 - 1),
                first,
                second,
                bar,
            )
        return read(first, progress=False), read(second, progress=False)


def _recipe(
    name: PathLike | Model,
    method: str | None = None,
    n_components: int | None = None,
    random_state: int | None = None,
) -> _core.Recipe:
    if isinstance(name, Model):
        return name.core.recipe
    components = 0 if n_components is None else whole("n_components", n_components, 1, 1000)
    seed = None if random_state is None else whole("random_state", random_state, 0, 2**32 - 1)
    return _core.load_recipe(file_name(name), text("method", method or ""), components, seed)


class _Labelled:
    """Detections and labels, as `run` and `validate` take them."""

    def __init__(self, table: TableLike, y: Any, recipe: _core.Recipe) -> None:
        self.label_column = ""
        self.labels: _core.Source | None = None
        if y is None:
            self.detections = source(table, recipe=recipe)
        elif is_table(y) and not _is_labels(y, table):
            self.detections, self.labels = source(table, recipe=recipe), source(y)
        else:
            whole = as_qtable(table) if is_file(table) else table
            self.label_column = recipe.label_column
            if is_table(y):
                y = y.iloc[:, 0]
            texts = np.array(labels(y, len(whole)), dtype="U")
            self.detections = source(whole, add={self.label_column: texts}, recipe=recipe)


def _join(join: str | None) -> str:
    return one_of("join", join, ("position", "name")) if join else ""


def _is_labels(y: Any, table: TableLike) -> bool:
    """Whether `y` is a data frame of one column, with a label for each row."""
    return is_frame(y) and y.shape[1] == 1 and len(y) == len(table)


def _question(
    recipe: _core.Recipe, prior: str | Mapping[str, float] | None, coverage: float | None
) -> tuple[str, float | None]:
    if prior is not None and recipe.method != "bayes":
        raise ValueError(f"prior: it is for the method bayes; found the method {recipe.method}")
    return prior_text(prior), part("coverage", coverage)


def run(
    table: TableLike,
    y: Any = None,
    *,
    out: PathLike,
    recipe: PathLike = "csc2",
    method: str | None = None,
    n_components: int | None = None,
    random_state: int | None = None,
    clusters: PathLike = "",
    prior: str | Mapping[str, float] | None = None,
    coverage: float | None = None,
    join: str | None = None,
    radius: u.Quantity | float | None = None,
    unique_detections: bool = False,
    format: str | None = None,
    overwrite: bool = False,
    n_jobs: int | None = -1,
    progress: bool = True,
) -> Run:
    """Run the whole method: cluster, learn from the labels, classify the others, vote per source.

    Parameters
    ----------
    table : table
        Detections.
    y : array_like or table, optional
        The label of each row (masked, None, NaN or "": none); or a table of counterparts, which are
        matched by position or name. By default, the labels are a column of `table`.
    out : str or path-like
        The folder for the results.
    recipe : str or path-like
        A built-in recipe, or a TOML file.
    method : {"mahalanobis", "bayes"}, optional
        As published, or calibrated posteriors; by default the recipe's.
    n_components, random_state : int, optional
        Number of clusters, and seed, instead of the recipe's.
    clusters : str or path-like
        A model whose scaling and mixture are used instead of fitting them.
    prior, coverage
        See `Model.predict_table`.
    join : {"position", "name"}, optional
        How a table of counterparts is matched; by default by position, if the recipe has them.
    radius : `~astropy.units.Quantity`, float or str, optional
        The maximum separation, see `crossmatch`. By default the recipe's.
    unique_detections : bool
        Take a measurement that stands under several names once.
    format : str, optional
        Of the tables, as in `write`; by default "csv".
    overwrite : bool
        Whether to replace the results in `out`.
    n_jobs, progress
        See `check`.

    Returns
    -------
    Run
        The folder, with its tables and its model.

    Raises
    ------
    FileExistsError
        If `out` has results, unless `overwrite` is true.
    FileNotFoundError
        If there is no such table, recipe or model.
    ValueError
        If nothing can be learned, or the table does not fit the recipe.

    Warns
    -----
    UhuruWarning
        What was odd, and classes that were not learned; also in ``record["notes"]``.

    Examples
    --------
    >>> import uhuru
    >>> detections, counterparts = uhuru.simulate(1000)
    >>> run = uhuru.run(detections, counterparts, out="result")
    >>> run.record["counts"]["read"]
    1000
    >>> sources = run.sources
    >>> sources = sources[sources["standing"] == "classified"]
    """
    core = _recipe(recipe, method, n_components, random_state)
    inputs = _Labelled(table, y, core)
    with Bar(progress) as bar:
        notes = _core.run(
            core, inputs.detections, inputs.labels, _join(join),
            None if radius is None else arcsec(radius), inputs.label_column, file_name(out),
            table_format(format), bool(overwrite), file_name(clusters), *_question(core, prior, coverage), bool(unique_detections),
            threads_of(n_jobs), bar,
        )
    warn(notes)
    return Run(out)


def validate(
    table: TableLike,
    y: Any = None,
    *,
    recipe: PathLike = "csc2",
    method: str | None = None,
    n_components: int | None = None,
    random_state: int | None = None,
    split: str = "source",
    folds: int = 5,
    repeats: int = 1,
    bootstrap: int = 1000,
    prior: str | Mapping[str, float] | None = None,
    coverage: float | None = None,
    join: str | None = None,
    radius: u.Quantity | float | None = None,
    out: PathLike | None = None,
    format: str | None = None,
    overwrite: bool = False,
    n_jobs: int | None = -1,
    progress: bool = True,
) -> Validation:
    """Measure how right the classes are, by cross-validation of the whole method.

    Parameters
    ----------
    table, y, recipe, method, n_components, join, radius, format, n_jobs, progress
        See `run`.
    random_state : int, optional
        The seed of the folds and of the mixture, instead of the recipe's.
    split : {"source", "detection", "region"}
        What is kept together: detections of a source; none, as published; or those of a part of the
        sky.
    folds, repeats : int
        The parts of each cross-validation, and how many of them.
    bootstrap : int
        Samples of the sources for the intervals of the scores; 0: no intervals.
    prior, coverage
        See `Model.predict_table`.
    out : str or path-like, optional
        A folder for all scores, predictions and figures.
    overwrite : bool
        Whether to replace the results in `out`.

    Returns
    -------
    Validation
        It displays its scores and figures.

    Raises
    ------
    FileExistsError
        If `out` has results, unless `overwrite` is true.
    FileNotFoundError
        If there is no such table or recipe.
    ValueError
        If there are fewer than two classes, or the table does not fit the recipe.

    Warns
    -----
    UhuruWarning
        What was odd, and classes with fewer sources than folds; also in ``data["notes"]``.

    Examples
    --------
    >>> import uhuru
    >>> detections, counterparts = uhuru.simulate(1000)
    >>> quality = uhuru.validate(detections, counterparts, bootstrap=0)
    >>> accuracy = quality.evaluation("soft vote", "groups")["accuracy"]["value"]
    >>> bool(0.3 < accuracy < 1)
    True
    """
    core = _recipe(recipe, method, n_components, random_state)
    inputs = _Labelled(table, y, core)
    with tempfile.TemporaryDirectory(prefix="uhuru-") as folder:
        target = Path(folder) / "validation" if out is None else Path(os.fsdecode(out))
        with Bar(progress) as bar:
            notes = _core.validate(
                core, inputs.detections, inputs.labels, _join(join),
                None if radius is None else arcsec(radius), inputs.label_column,
                one_of("split", split, ("source", "detection", "region")),
                whole("folds", folds, 2, 1000), whole("repeats", repeats, 1, 1000), random_state,
                whole("bootstrap", bootstrap, 0, 100_000),
                *_question(core, prior, coverage), file_name(target), table_format(format),
                bool(overwrite), threads_of(n_jobs), bar,
            )
        warn(notes)
        return load_validation(target)
