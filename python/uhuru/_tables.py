"""Tables between Python and the compiled core.

A table is an astropy Table or QTable, a pandas DataFrame, a pyvo result, a structured array, a
mapping of names to arrays, a list of astropy rows, or the name of a file.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from typing import Any, Union

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.table import Column, QTable, Row, Table
from astropy.time import Time
from astropy.utils.masked import Masked

from . import _core
from ._columns import Array, Spec, Unreadable, clean, label_text, plain_column
from ._options import n_jobs, warn
from ._qtables import qtable

TableLike = Any
PathLike = Union[str, bytes, "os.PathLike[str]"]


def is_file(table: object) -> bool:
    """Whether `table` is the name of a file."""
    return isinstance(table, (str, bytes, os.PathLike))


def file_name(path: PathLike) -> bytes:
    """The name of a file as the system has it, in any encoding."""
    return os.fsencode(path)


def is_table(x: object) -> bool:
    """Whether `x` is a table of one of the kinds above: not an array of numbers, not a list."""
    if is_file(x) or isinstance(x, (Table, Mapping)) or is_frame(x):
        return True
    if isinstance(x, np.ndarray):
        return x.dtype.names is not None
    if isinstance(x, (list, tuple)):
        return len(x) > 0 and all(isinstance(row, Row) for row in x)
    return hasattr(x, "to_table") and not hasattr(x, "dtype")


def labels(y: Any, n: int | None = None) -> list[str]:
    """The texts of labels; "" where one is masked, None, NaN or empty.

    Parameters
    ----------
    y : array_like
        One label per row.
    n : int, optional
        The expected number of labels.

    Raises
    ------
    ValueError
        If there are not `n` labels, or `y` has more than one dimension.
    """
    if _is_series(y):
        y = y.astype(object).to_numpy()
    mask: Array | None = None
    if isinstance(y, Masked):
        y, mask = y.unmasked, np.asarray(y.mask)
    elif isinstance(y, np.ma.MaskedArray):
        y, mask = np.ma.getdata(y), np.ma.getmaskarray(y)
    if isinstance(y, (list, tuple)):  # numpy would make texts of what is missing
        values = np.empty(len(y), dtype=object)
        for row, value in enumerate(y):
            values[row] = value
    else:
        values = np.asarray(y)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        raise ValueError(f"expected one label per row; found an array of shape {values.shape}")
    if n is not None and len(values) != n:
        raise ValueError(f"expected {n} labels, one per row; found {len(values)}")
    if values.dtype.kind == "S":
        values = np.char.decode(values, "utf-8", "replace")
    texts = [label_text(value) for value in values.tolist()]
    if mask is not None:
        texts = ["" if missing else text for text, missing in zip(texts, mask.reshape(-1))]
    return texts


def is_frame(table: object) -> bool:
    """Whether `table` is a data frame, as of pandas."""
    return (
        not isinstance(table, Table) and hasattr(table, "columns") and hasattr(table, "iloc")
    )


def _is_series(values: object) -> bool:
    return hasattr(values, "isna") and hasattr(values, "iloc") and not hasattr(values, "columns")


def as_qtable(table: TableLike) -> QTable:
    """A table of any kind as a `~astropy.table.QTable`; a QTable itself is not copied."""
    if isinstance(table, QTable):
        return table
    if is_file(table):
        result = _core.read_table(_core.Source(file_name(table)), n_jobs(-1), None)
        warn(result["notes"])
        return qtable(result)
    if isinstance(table, (list, tuple)) and table and isinstance(table[0], Row):
        parent = table[0].table
        if all(row.table is parent for row in table):
            return QTable(parent[[row.index for row in table]], copy=False)
        return QTable(rows=[dict(zip(row.colnames, row)) for row in table])
    if is_frame(table):
        return QTable.from_pandas(_named(table))
    if isinstance(table, SkyCoord):
        return QTable({"position": table.reshape(-1)})
    if not is_table(table):
        raise TypeError(
            "expected a table: of astropy, pandas or pyvo, a structured array, a mapping of names to "
            f"arrays, or the name of a file; found {type(table).__name__}"
        )
    if isinstance(table, Mapping) and not isinstance(table, Table):
        table = {name: np.atleast_1d(column) if np.ndim(column) == 0 else column
                 for name, column in table.items()}
    if hasattr(table, "to_table") and not isinstance(table, Table):
        table = table.to_table()
    return QTable(table, copy=False)


def _named(frame: Any) -> Any:
    """A data frame with texts as names, each once, and what its index names as columns."""
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    names = [str(name) for name in frame.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"the data frame has several columns named {', '.join(twice)}")
    return frame.set_axis(names, axis=1)


def source(
    table: TableLike,
    *,
    add: Mapping[str, Any] | None = None,
    recipe: _core.Recipe | None = None,
    strict: bool = False,
) -> _core.Source:
    """A table as the core reads it.

    Arrays are not copied, unless their type or byte order is one that the core does not have.

    Parameters
    ----------
    table : table
        See the module.
    add : mapping of str to array_like, optional
        Columns of one value per row that replace or extend those of the table.
    recipe : Recipe, optional
        States the units of some columns: others are converted.
    strict : bool
        Whether a column that the core cannot read is an error; otherwise it is left out, with a
        warning.

    Raises
    ------
    ValueError
        If a column cannot be understood, or its unit is not the recipe's.
    """
    if is_file(table) and not add:
        return _core.Source(file_name(table))
    name: str | bytes = file_name(table) if is_file(table) else "table in memory"
    add = dict(add or {})
    taken = {key.lower() for key in add}
    specs: list[Spec] = []
    meta: Mapping[str, Any] = {}
    if is_frame(table):
        table = _named(table)
        names, n_rows = list(table.columns), len(table)

        def convert(key: str, column: Any) -> list[Spec]:
            return _from_series(key, column)

    else:
        table = as_qtable(table)
        names, n_rows, meta = table.colnames, len(table), table.meta
        present = {str(key).lower() for key in names}

        def convert(key: str, column: Any) -> list[Spec]:
            return _from_column(key, column, recipe, present)

    for key in names:
        if key.lower() in taken:
            continue
        try:
            specs.extend(convert(key, table[key]))
        except Unreadable as error:
            if strict:
                raise
            warn([f"{error}; it was left out"])
    for key, values in add.items():
        specs.append(plain_column(key, np.asarray(values), None, "", "", ""))
    return _core.Source(specs, _parameters(meta), n_rows, name)


def _parameters(meta: Mapping[str, Any]) -> list[tuple[str, Any, str]]:
    """What a table says of itself: texts and numbers, also those of one level below."""
    found: list[tuple[str, Any, str]] = []
    for key, value in meta.items():
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, (str, bool, int, float)) and (
            not isinstance(value, int) or -(2**63) <= value < 2**63
        ):
            found.append((clean(key), clean(value) if isinstance(value, str) else value, ""))
    return found


def _unit_text(unit: Any) -> str:
    if unit is None or str(unit) == "":
        return ""
    if unit == u.hourangle:
        return "hourangle"  # which VOUnits would write as 15deg
    try:
        with warnings.catch_warnings():  # of units that the standard deprecates, such as erg
            warnings.simplefilter("ignore", u.UnitsWarning)
            return str(unit.to_string("vounit"))
    except (ValueError, AttributeError):
        return str(unit)


def _unit_of(name: str, recipe: _core.Recipe | None) -> str | None:
    """The unit that a recipe expects of a column, under any of its names."""
    if recipe is None:
        return None
    units = {key.lower(): unit for key, unit in recipe.units.items()}
    for key, others in recipe.other_names.items():
        for other in others:
            units.setdefault(other.lower(), units.get(key.lower(), ""))
    return units.get(name.lower()) or None


def _is_dimensionless(unit: Any) -> bool:
    return bool(getattr(unit, "is_equivalent", lambda _: False)(u.one))


def _converted(name: str, data: Array, unit: Any, recipe: _core.Recipe | None) -> tuple[Array, Any]:
    if unit is None or str(unit) == "" or data.dtype.kind not in "iuf":
        return data, unit
    expected = _unit_of(name, recipe)
    if expected is None:
        if recipe is None or name.lower() not in {f["name"].lower() for f in recipe.features}:
            return data, unit
        if not _is_dimensionless(unit):
            warn([f"column {name} has the unit {unit}, of which the recipe says nothing"])
            return data, unit
    target = u.Unit(expected or "")
    if unit == target:
        return data, target
    try:
        return u.Quantity(data, unit).to_value(target), target
    except (u.UnitsError, TypeError, ValueError):
        raise ValueError(
            f"column {name}: wrong unit; expected {expected}, or one that can be converted to it; "
            f"found {unit}"
        ) from None


def _from_column(
    name: str, column: Any, recipe: _core.Recipe | None, present: set[str]
) -> list[Spec]:
    info = column.info
    meta = info.meta or {}
    ucd = clean(meta.get("ucd") or "")
    description = clean(info.description or "")
    if isinstance(column, SkyCoord):
        return _positions(column, recipe, present)
    if isinstance(column, Time):
        column = column.isot
    mask = None
    if isinstance(column, Masked):
        mask, column = np.asarray(column.mask), column.unmasked
    unit = getattr(column, "unit", None)
    if isinstance(column, u.Quantity):
        data = column.value
    elif isinstance(column, np.ma.MaskedArray):
        mask, data = np.ma.getmaskarray(column), np.ma.getdata(column)
        data = np.asarray(data)
    elif isinstance(column, (Column, np.ndarray)):
        data = np.asarray(column)
    else:
        kind = type(column).__name__
        raise Unreadable(f"column {name}: expected numbers, booleans or texts; found {kind}")
    if recipe is not None:
        data, unit = _converted(name, data, unit, recipe)
    return [plain_column(name, data, mask, _unit_text(unit), ucd, description)]


def _positions(column: SkyCoord, recipe: _core.Recipe | None, present: set[str]) -> list[Spec]:
    """A column of sky coordinates as ICRS positions, unless the table has columns of these names."""
    names = (recipe.ra_column, recipe.dec_column) if recipe and recipe.ra_column else ("ra", "dec")
    if names[0].lower() in present or names[1].lower() in present:
        return []
    icrs = column.reshape(-1).icrs
    return [
        plain_column(names[0], icrs.ra.deg, None, "deg", "pos.eq.ra;meta.main", "Right ascension, ICRS"),
        plain_column(names[1], icrs.dec.deg, None, "deg", "pos.eq.dec;meta.main", "Declination, ICRS"),
    ]


def _from_series(name: str, series: Any) -> list[Spec]:
    missing = series.isna().to_numpy()
    kind = getattr(series.dtype, "kind", "O")
    if kind in "mM":
        series = series.astype(str)
    elif hasattr(series, "sparse"):
        series = series.sparse.to_dense()
    elif not isinstance(series.dtype, np.dtype):  # nullable, or a category
        absent = {"f": np.nan, "b": False}.get(kind, 0)
        wanted = np.dtype(f"{kind}{series.dtype.itemsize}") if kind in "iufb" else np.dtype(object)
        series = series.to_numpy(wanted, na_value=absent if kind in "iufb" else None)
    data = np.asarray(series)
    mask = missing if missing.any() and data.dtype.kind != "f" else None  # NaN says it
    return [plain_column(name, data, mask, "", "", "")]


def numbers(X: Any) -> Array:
    """An array of numbers: NaN for what is masked, and as it is where nothing is."""
    if isinstance(X, Masked):
        X, mask = X.unmasked, np.asarray(X.mask)
        X = np.ma.MaskedArray(getattr(X, "value", X), mask)
    if isinstance(X, np.ma.MaskedArray):
        X = np.ma.filled(X if X.dtype.kind == "f" else X.astype(float), np.nan)
    array = np.asarray(X)
    if array.dtype.kind not in "biufO":
        raise ValueError(f"expected an array of numbers; found {array.dtype}")
    return array
