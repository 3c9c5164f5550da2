"""Classify X-ray sources from their X-ray properties: the program uhuru, in Python.

Wherever a parameter is a *table*, it can be an astropy Table or QTable, a pandas DataFrame, a pyvo
result, a structured array, a mapping of names to arrays, a list of astropy rows, or the name of a
file in any format that `read` reads. Units of columns are converted; masked values and NaN are
missing. Tables that functions return are QTables.

Examples
--------
>>> import uhuru
>>> detections, counterparts = uhuru.simulate(200)
>>> model = uhuru.load_model("csc2-published")
>>> classes = model.predict_table(detections)
>>> sources = uhuru.vote(classes, model)
>>> sources.colnames[:7]
['name', 'ra', 'dec', 'detection_count', 'class_name', 'class_group', 'probability']
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _core, _io
from ._core import ServiceError
from ._crossmatch import crossmatch
from ._fetch import fetch_csc, fetch_simbad
from ._functions import check, features, recipes, run, simulate, validate, vote
from ._io import read, write
from ._model import Model, load_model
from ._options import UhuruWarning
from ._report import report
from ._results import Check, Run, Validation, load_validation
from ._serve import Server, serve

if TYPE_CHECKING:
    from ._estimators import Classifier, GaussianMixture

__version__: str = _core.version
__all__ = [
    "Check",
    "Classifier",
    "GaussianMixture",
    "Model",
    "Run",
    "Server",
    "ServiceError",
    "UhuruWarning",
    "Validation",
    "check",
    "crossmatch",
    "features",
    "fetch_csc",
    "fetch_simbad",
    "load_model",
    "load_validation",
    "read",
    "recipes",
    "report",
    "run",
    "serve",
    "simulate",
    "validate",
    "vote",
    "write",
]

_io.register()


def __getattr__(name: str) -> Any:
    """Import the estimators when they are first used: scikit-learn takes a second."""
    if name in ("Classifier", "GaussianMixture"):
        from . import _estimators

        return getattr(_estimators, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
