"""Results as one HTML page."""

from __future__ import annotations

from pathlib import Path

from . import _core
from ._options import n_jobs as threads_of, text, warn
from ._tables import PathLike, file_name


def report(
    results: PathLike,
    path: PathLike | None = None,
    *,
    validation: PathLike = "",
    overwrite: bool = False,
    recipe: PathLike = "",
    model: PathLike = "",
    class_column: str = "",
) -> Path:
    """Write a run, or other tables with classes, as one HTML page.

    Parameters
    ----------
    results : str or path-like
        The folder of a run or of `predict --vote`, or a table with classes in a file.
    path : str or path-like, optional
        The page; by default report.html in the folder, or the name of the table with the ending
        .html.
    validation : str or path-like
        A validation.json to include.
    overwrite : bool
        Whether to replace an existing page.
    recipe : str or path-like
        Of tables that are not a run's: a recipe with their classes and columns; by default the
        built-in one that fits, else one is made from the table.
    model : str or path-like
        The model that classified them; one of the method bayes combines detections as evidence.
    class_column : str
        The column of their classes; by default class_name, main_type, class and the like.

    Returns
    -------
    `~pathlib.Path`
        The page. Warnings say which sections it lacks, and why.

    Raises
    ------
    FileExistsError
        If the page exists, unless `overwrite` is true.
    FileNotFoundError
        If there is no such file or folder.
    ValueError
        If the package was built without pages, since Node.js was missing; or there are no classes.
    """
    out, notes = _core.report(
        file_name(results),
        file_name(validation),
        file_name(path or ""),
        bool(overwrite),
        file_name(recipe),
        file_name(model),
        text("class_column", class_column),
        threads_of(-1),
    )
    warn(notes)
    return Path(out)
