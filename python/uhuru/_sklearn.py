"""What the estimators share, and what differs between versions of scikit-learn."""

from __future__ import annotations

import inspect
from numbers import Integral
from typing import Any

import numpy as np
import numpy.typing as npt
from astropy.utils.masked import Masked
from sklearn.base import BaseEstimator
from sklearn.utils import check_array, check_random_state

from ._tables import numbers

Array = npt.NDArray[Any]

# NaN is a missing value. The keyword has had another name before scikit-learn 1.6.
CHECKS: dict[str, Any] = {
    keyword: "allow-nan"
    for keyword in ("ensure_all_finite", "force_all_finite")
    if keyword in inspect.signature(check_array).parameters
}


class MissingValues:
    """An estimator whose X may contain NaN."""

    def _more_tags(self) -> dict[str, Any]:  # before scikit-learn 1.6
        return {"allow_nan": True}

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.input_tags.allow_nan = True
        return tags


def filled(X: Any) -> Any:
    """Return a masked array with NaN for what is masked, anything else as it is."""
    return numbers(X) if isinstance(X, (np.ma.MaskedArray, Masked)) else X


def validated(estimator: BaseEstimator, X: Any, **checks: Any) -> Array:
    """Return X as an array of two dimensions; its features are noted or compared (reset=False)."""
    X = filled(X)
    try:
        from sklearn.utils.validation import validate_data
    except ImportError:  # before scikit-learn 1.6
        return estimator._validate_data(X, **CHECKS, **checks)
    return validate_data(estimator, X, **CHECKS, **checks)


def require_count(name: str, value: Any, least: int = 1) -> None:
    """Raise ValueError unless the value of a parameter is a whole number, `least` or more."""
    if not (isinstance(value, Integral) and int(value) >= least):
        raise ValueError(f"{name} must be a whole number, at least {least}; found {value!r}")


def seed(random_state: Any) -> int:
    """Return an integer as it is, of a RandomState a number that it draws; None is numpy's own."""
    if isinstance(random_state, Integral):
        number = int(random_state)
        if not 0 <= number < 2**32:
            raise ValueError(f"random_state must be between 0 and 2**32 - 1; found {number}")
        return number
    return int(check_random_state(random_state).randint(2**31 - 1))
