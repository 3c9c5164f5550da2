"""Tables of the compiled core as astropy's QTables."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import astropy.units as u
import numpy as np
from astropy.table import Column, MaskedColumn, QTable
from numpy.typing import NDArray

Array = NDArray[Any]


def qtable(result: Mapping[str, Any], meta: Mapping[str, Any] | None = None) -> QTable:
    """A table of the core's as a `~astropy.table.QTable`; its numbers are not copied."""
    columns: dict[str, Any] = {}
    for spec in result["columns"]:
        name = spec["name"]
        number = 2
        while name in columns:  # FITS and CSV allow what astropy does not
            name = f"{spec['name']}_{number}"
            number += 1
        columns[name] = _to_column(name, spec)
    table = QTable(columns, copy=False)
    if result["description"]:
        table.meta["description"] = result["description"]
    for name, value, unit, kind in result["parameters"]:
        table.meta[name] = _parameter(value, unit, kind)
    table.meta.update(meta or {})
    return table


def _parameter(value: str, unit: str, kind: str) -> Any:
    if kind in ("float", "double", "byte", "short", "int", "long"):
        try:
            number = float(value) if kind in ("float", "double") else int(value)
        except ValueError:
            return value
        return u.Quantity(number, _parse_unit(unit)) if unit else number
    if kind == "boolean" and value in ("T", "F", "true", "false", "1", "0"):
        return value in ("T", "true", "1")
    return value


def _parse_unit(text: str) -> Any:
    for form in ("vounit", "cds", "ogip", "generic"):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", u.UnitsWarning)
                return u.Unit(text, format=form)
        except ValueError:
            continue
    return u.Unit(text, parse_strict="silent")


def _to_column(name: str, spec: Mapping[str, Any]) -> Any:
    values, mask, ends = spec["values"], spec["mask"], spec["ends"]
    if ends is not None:
        data = np.empty(len(ends), dtype=object)
        for row, part in enumerate(np.split(values, ends[:-1])):
            data[row] = _booleans(part) if spec["is_boolean"] else part
        values = data
    elif spec["is_boolean"]:
        unknown = values > 1
        if unknown.any():  # in arrays
            mask = unknown if mask is None else unknown | np.repeat(mask, len(values) // len(mask))
        values = (values == 1) if mask is not None else values.view(bool)
    if spec["shape"] and ends is None:
        values = values.reshape(-1, *reversed(spec["shape"]))
        if mask is not None and mask.size == values.size:
            mask = mask.reshape(values.shape)
    if isinstance(values, list):
        values = np.array(values, dtype=object)
    if spec["text_array"] and values.dtype.kind == "U":
        values = _text_array(values, spec["text_array"])
    if mask is not None and values.ndim > mask.ndim:
        element = np.isnan(values) if values.dtype.kind == "f" else np.zeros(values.shape, bool)
        mask = element | mask.reshape(-1, *[1] * (values.ndim - 1))
    meta = {key: spec[key] for key in ("ucd", "utype") if spec[key]}
    unit = _parse_unit(spec["unit"]) if spec["unit"] else None
    if values.dtype.kind in "UOb":
        unit = None
    kind = Column if mask is None else MaskedColumn
    keywords = {} if mask is None else {"mask": mask}
    return kind(
        values,
        name=name,
        unit=unit,
        description=spec["description"] or None,
        meta=meta,
        copy=False,
        **keywords,
    )


def _booleans(values: Array) -> Array:
    """Booleans of an array, masked where they are unknown."""
    unknown = values > 1
    return np.ma.MaskedArray(values == 1, unknown) if unknown.any() else values.astype(bool)


def _text_array(values: Array, arraysize: str) -> Array:
    """Strings of a fixed length that stand in one text."""
    length = int(arraysize.split("x")[0].rstrip("*") or 1)
    count = max(1, -(-values.dtype.itemsize // 4 // length))
    padded = values.astype(f"U{length * count}")
    parts = padded.view(f"U{length}").reshape(len(values), count)
    return np.char.rstrip(parts)
