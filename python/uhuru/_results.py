"""What checks, validations and runs return, and how they display themselves."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from astropy.table import QTable

from . import _core, _display
from ._io import read
from ._model import Model, load_model
from ._report import report
from ._tables import PathLike

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Check:
    """What a recipe finds in a table, as `uhuru.check` returns it.

    It is true if the recipe fits the table. In Jupyter it displays a card; ``print`` shows the same
    as text.

    Attributes
    ----------
    problems : list of str
        Why the recipe cannot be used with the table; empty if it can.
    notes : list of str
        What to mind.
    data : dict
        All that is displayed: features with their gaps and ranges, conditions, labels.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = dict(data)

    @property
    def problems(self) -> list[str]:
        return list(self.data["problems"])

    @property
    def notes(self) -> list[str]:
        return list(self.data["notes"])

    def __bool__(self) -> bool:
        """Whether the recipe fits the table."""
        return not self.problems

    def __repr__(self) -> str:
        return _display.check_text(self.data)

    def _repr_html_(self) -> str:
        return _display.check_html(self.data)


class Validation:
    """How right the classes are, as `uhuru.validate` returns it.

    In Jupyter it displays a card: scores with their intervals, figures; ``print`` shows the scores.

    Attributes
    ----------
    data : dict
        The content of validation.json: counts, scores with their intervals, curves.
    figures : dict of str to str
        Figures as SVG, by the name of their file.
    predictions : `~astropy.table.QTable`
        Each labelled detection with its fold and its probabilities.
    """

    def __init__(
        self, data: Mapping[str, Any], figures: Mapping[str, str], predictions: QTable
    ) -> None:
        self.data = dict(data)
        self.figures = dict(figures)
        self.predictions = predictions

    def evaluation(self, level: str = "soft vote", of: str = "groups") -> dict[str, Any]:
        """One of the evaluations, with its scores.

        Parameters
        ----------
        level : {"soft vote", "hard vote", "detection"}
            What a row is: a source, with its soft or hard vote, or a detection.
        of : {"groups", "classes"}
            What a label is.

        Returns
        -------
        dict
            Scores such as "accuracy", "log_loss" and "calibration_error", each a dict of its
            "value" and the "low" and "high" end of its interval; "labels", "confusion", "per_label"
            and curves. The hard vote has no probabilities, and no scores that need them.

        Raises
        ------
        ValueError
            If there is no such level or label.

        Examples
        --------
        >>> import uhuru
        >>> detections, counterparts = uhuru.simulate(1000)
        >>> quality = uhuru.validate(detections, counterparts, bootstrap=100)
        >>> sorted(quality.evaluation()["accuracy"])
        ['high', 'low', 'value']
        """
        for one in self.data["evaluations"]:
            if (one["level"], one["of"]) == (level, of):
                return dict(one)
        raise ValueError(
            "expected the level 'soft vote', 'hard vote' or 'detection', of 'groups' or 'classes'; "
            f"found {level!r} of {of!r}"
        )

    def plot_reliability(
        self, *, level: str = "soft vote", of: str = "groups", ax: Axes | None = None
    ) -> Axes:
        """Draw accuracy against probability, with matplotlib.

        Parameters
        ----------
        level : {"soft vote", "detection"}
            See `evaluation`.
        of : {"groups", "classes"}
            See `evaluation`.
        ax : `~matplotlib.axes.Axes`, optional
            Where to draw; by default a new figure.

        Returns
        -------
        `~matplotlib.axes.Axes`
            Points are bins of the largest probability; their areas are in proportion to the counts.

        Raises
        ------
        ValueError
            If there is no such evaluation, or it has no probabilities.
        ImportError
            If matplotlib is not installed.
        """
        from . import _plots

        return _plots.plot_reliability(self.evaluation(level, of), ax=ax)

    def plot_confusion(
        self, *, level: str = "soft vote", of: str = "groups", ax: Axes | None = None
    ) -> Axes:
        """Draw what was predicted for each true class, with matplotlib.

        Parameters
        ----------
        level : {"soft vote", "hard vote", "detection"}
            See `evaluation`.
        of : {"groups", "classes"}
            See `evaluation`.
        ax : `~matplotlib.axes.Axes`, optional
            Where to draw; by default a new figure.

        Returns
        -------
        `~matplotlib.axes.Axes`
            Counts, on colours that are parts of the row.

        Raises
        ------
        ValueError
            If there is no such evaluation.
        ImportError
            If matplotlib is not installed.
        """
        from . import _plots

        return _plots.plot_confusion(self.evaluation(level, of), ax=ax)

    def plot_roc(
        self, *, level: str = "soft vote", of: str = "groups", ax: Axes | None = None
    ) -> Axes:
        """Draw true against false positive rates of each class, with matplotlib.

        Parameters
        ----------
        level, of, ax
            See `plot_reliability`.

        Returns
        -------
        `~matplotlib.axes.Axes`

        Raises
        ------
        ValueError
            If there is no such evaluation, or it has no probabilities.
        ImportError
            If matplotlib is not installed.
        """
        from . import _plots

        return _plots.plot_roc(self.evaluation(level, of), ax=ax)

    def plot_precision_recall(
        self, *, level: str = "soft vote", of: str = "groups", ax: Axes | None = None
    ) -> Axes:
        """Draw precision against recall of each class, with matplotlib.

        Parameters
        ----------
        level, of, ax
            See `plot_reliability`.

        Returns
        -------
        `~matplotlib.axes.Axes`

        Raises
        ------
        ValueError
            If there is no such evaluation, or it has no probabilities.
        ImportError
            If matplotlib is not installed.
        """
        from . import _plots

        return _plots.plot_precision_recall(self.evaluation(level, of), ax=ax)

    def __repr__(self) -> str:
        return _display.validation_text(self.data)

    def _repr_html_(self) -> str:
        return _display.validation_html(self.data, self.figures)


def load_validation(folder: PathLike) -> Validation:
    """A validation from the folder that ``uhuru validate`` or `uhuru.validate` wrote.

    Parameters
    ----------
    folder : str or path-like
        With validation.json, the table predictions, and figures.

    Returns
    -------
    Validation

    Raises
    ------
    FileNotFoundError
        If there is none.

    Examples
    --------
    >>> import uhuru
    >>> detections, counterparts = uhuru.simulate(1000)
    >>> quality = uhuru.validate(detections, counterparts, bootstrap=0, out="validation")
    >>> uhuru.load_validation("validation").data == quality.data
    True
    """
    root = Path(os.fsdecode(folder))
    if not (root / "validation.json").is_file():
        raise FileNotFoundError(f"{root}: the folder is not of a validation: no validation.json")
    data = json.loads((root / "validation.json").read_text("utf-8"))
    figures = {path.stem: path.read_text("utf-8") for path in sorted(root.glob("*.svg"))}
    return Validation(data, figures, read(_table(root, "predictions"), progress=False))


def _table(folder: Path, stem: str, written: Iterable[str] = ()) -> Path:
    """The table of a folder in whatever format: the one among those `written`, if there are more."""
    for name in written:
        if name.partition(".")[0] == stem and (folder / name).is_file():
            return folder / name
    return folder / (_core.find_table(str(folder), stem) or f"{stem}.csv")


class Run:
    """A run of the whole method, as `uhuru.run` returns it.

    ``Run("result")`` is that of a folder which `uhuru.run` or the program wrote. In Jupyter it
    displays a card; ``print`` shows the same as text.

    Parameters
    ----------
    path : str or path-like
        The folder.

    Attributes
    ----------
    path : `~pathlib.Path`
        The folder.
    record : dict
        The content of run.json: what went in, what became of it, version and recipe.

    Raises
    ------
    FileNotFoundError
        If the folder has no run.
    """

    def __init__(self, path: PathLike) -> None:
        self.path = Path(os.fsdecode(path))
        record = self.path / "run.json"
        if not record.is_file():
            raise FileNotFoundError(f"{self.path}: the folder is not a run folder: no run.json")
        self.record: dict[str, Any] = json.loads(record.read_text("utf-8"))

    def __fspath__(self) -> str:
        """The folder: a run can be given to `serve` and to what reads files."""
        return str(self.path)

    @property
    def model(self) -> Model:
        """The classifier that was trained: `Model`."""
        return load_model(self.path / "model.json")

    @property
    def sources(self) -> QTable:
        """The sources, also those that were learned (``standing``): `~astropy.table.QTable`."""
        return self._read("sources")

    @property
    def detections(self) -> QTable:
        """The classified detections, without those whose label was learned:
        `~astropy.table.QTable`."""
        table = self._read("detection_level_classification")
        if table.colnames[0] == "col1":  # without name in CSV, it numbers the rows
            table.remove_column("col1")
        return table

    @property
    def clusters(self) -> QTable:
        """All clustered detections with label, cluster and features: `~astropy.table.QTable`."""
        return self._read("clusters")

    def _read(self, stem: str) -> QTable:
        return read(_table(self.path, stem, self.record.get("files", ())))

    def report(
        self, path: PathLike | None = None, *, validation: PathLike = "", overwrite: bool = False
    ) -> Path:
        """Write the run as one HTML page.

        Parameters
        ----------
        path : str or path-like, optional
            The page; by default report.html in the folder.
        validation : str or path-like
            A validation.json to include.
        overwrite : bool
            Whether to replace an existing page.

        Returns
        -------
        `~pathlib.Path`
            The page.

        Raises
        ------
        FileExistsError
            If the page exists, unless `overwrite` is true.
        ValueError
            If the package was built without pages, since Node.js was missing; or the folder's files
            are not those of one run.
        """
        return report(self.path, path, validation=validation, overwrite=overwrite)

    def __repr__(self) -> str:
        return _display.run_text(self.record, str(self.path))

    def _repr_html_(self) -> str:
        return _display.run_html(self.record, str(self.path))
