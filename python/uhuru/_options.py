"""Values of options, and what the package tells besides its results."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from . import _core


class UhuruWarning(UserWarning):
    """What was odd in a table or a result, and how it was understood.

    Examples
    --------
    To turn these warnings into errors, or to hide them:

    >>> import warnings
    >>> import uhuru
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("error", uhuru.UhuruWarning)
    ...     detections, counterparts = uhuru.simulate(100)
    >>> warnings.filterwarnings("ignore", category=uhuru.UhuruWarning)
    """


def warn(notes: Iterable[str]) -> None:
    """Pass on what the core found odd, as a warning at the caller of the package."""
    level = 2
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__package__") == __package__:
        frame = frame.f_back
        level += 1
    for note in notes:
        warnings.warn(_core.in_python(note), UhuruWarning, stacklevel=level)


def one_of(name: str, value: Any, allowed: Sequence[str]) -> str:
    """The value of an option that is one of some words."""
    if value not in allowed:
        words = ", ".join(map(repr, allowed[:-1]))
        raise ValueError(f"{name}: expected {words} or {allowed[-1]!r}; found {value!r}")
    return str(value)


def text(name: str, value: Any) -> str:
    """The value of an option that is a text."""
    if not isinstance(value, str):
        raise TypeError(f"{name}: expected a text; found {value!r}")
    return value


#: The formats of tables, with the names that astropy knows them by.
FORMATS = {
    "votable": "uhuru.votable",
    "votable-binary": "uhuru.votable-binary",
    "votable-binary2": "uhuru.votable-binary2",
    "fits": "uhuru.fits",
    "ecsv": "uhuru.ecsv",
    "csv": "uhuru.csv",
    "tsv": "uhuru.tsv",
}


def table_format(value: Any) -> str:
    """The value of `format`, by either name; "" for None."""
    return "" if value is None else text("format", value).removeprefix("uhuru.")


def whole(name: str, value: Any, least: int, most: int) -> int:
    """The value of an option as a whole number within limits."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name}: expected a whole number; found {value!r}")
    if not least <= value <= most:
        raise ValueError(f"{name}: expected {least} to {most}; found {value}")
    return int(value)


def n_jobs(value: int | None) -> int:
    """The number of threads for scikit-learn's ``n_jobs``.

    Parameters
    ----------
    value : int or None
        None means 1, unless a context of joblib says otherwise; -1 all processors, -2 all but one.
    """
    if value is None:
        joblib = sys.modules.get("joblib")
        return int(joblib.effective_n_jobs(None)) if joblib else 1
    value = whole("n_jobs", value, -(2**31), 2**31 - 1)
    if value == 0:
        raise ValueError("n_jobs: expected a positive or negative number; found 0")
    return value if value > 0 else max(1, len(os.sched_getaffinity(0)) + 1 + value)
