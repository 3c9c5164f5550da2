"""Columns of numpy arrays as the compiled core reads them."""

from __future__ import annotations

from typing import Any, Optional

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
#: A column for the core: name, data, mask, ends, unit, ucd, description, arraysize.
Spec = tuple[str, Array, Optional[Array], Optional[Array], str, str, str, str]


class Unreadable(ValueError):
    """A column is of a kind that the core does not have."""


def clean(text: object) -> str:
    """A text that can be encoded."""
    return str(text).encode("utf-8", "replace").decode()


def plain_column(
    name: str, data: Array, mask: Array | None, unit: str, ucd: str, description: str
) -> Spec:
    """A column whose data have a type of the core's."""
    name, ends, arraysize = clean(name), None, ""
    if data.dtype.kind == "O":
        data, mask, ends = _from_objects(name, data, mask)
    if data.dtype.kind == "M":
        mask = np.isnat(data) if mask is None else np.isnat(data) | mask
        data = np.datetime_as_string(data) if data.size else data.astype("U1")
    if mask is not None and mask.ndim > 1:  # elements of arrays
        data, mask = _mask_elements(name, data, mask)
    if data.dtype.kind == "S":
        data = np.char.decode(data, "utf-8", "replace")
    if data.dtype.kind == "U" and data.dtype.itemsize == 0:
        data = data.astype("U1")
    wanted = _native(name, data, mask)
    if data.dtype != wanted:
        data = data.astype(wanted)
    if data.ndim > 1 and 0 in data.shape[1:]:
        raise Unreadable(f"column {name}: expected values; found arrays of shape {data.shape[1:]}")
    if data.ndim > 1 and not data[:1].flags.c_contiguous:
        data = np.ascontiguousarray(data)
    if data.dtype.kind == "U" and data.ndim > 1:
        data, arraysize = _joined(data)
    if mask is not None and not mask.any():
        mask = None
    return (name, data, mask, ends, unit, ucd, description, arraysize)


def _joined(data: Array) -> tuple[Array, str]:
    """Arrays of texts as texts of as many characters each, one after the other, and their size."""
    width = data.dtype.itemsize // 4
    padded = np.char.ljust(data, width).reshape(len(data), -1)
    texts = np.ascontiguousarray(padded).view(f"U{width * padded.shape[1]}").reshape(-1)
    return texts, "x".join(map(str, [width, *reversed(data.shape[1:])]))


def _mask_elements(name: str, data: Array, mask: Array) -> tuple[Array, Array]:
    """Values in arrays that are masked as NaN, and whether all of a row are masked."""
    rows = mask.reshape(len(mask), -1).all(axis=1)
    partly = (mask.reshape(len(mask), -1).any(axis=1) & ~rows).any()
    if data.dtype.kind in "iu" and partly:
        data = data.astype(float)
    if data.dtype.kind == "f":
        data = np.where(mask, np.nan, data).astype(data.dtype)
    elif partly:
        raise Unreadable(f"column {name}: expected whole arrays; found some with masked elements")
    return data, rows


def _native(name: str, data: Array, mask: Array | None) -> np.dtype[Any]:
    kind, size = data.dtype.kind, data.dtype.itemsize
    if kind == "u" and size > 1:
        known = data if mask is None else data[~mask]
        if size == 8 and known.size and int(known.max()) >= 2**63:
            return np.dtype("U20")  # with every digit, as from a file
        return np.dtype("i4" if size == 2 else "i8")
    if kind == "i" and size == 1:
        return np.dtype("i2")
    if kind == "f" and size not in (4, 8):
        return np.dtype("f4" if size == 2 else "f8")
    if kind in "biufU":
        return data.dtype.newbyteorder("=")
    raise Unreadable(
        f"column {name}: expected numbers, booleans or texts; found {data.dtype}"
    )


def _from_objects(
    name: str, data: Array, mask: Array | None
) -> tuple[Array, Array | None, Array | None]:
    """Texts, numbers, or arrays of different lengths, some of them missing."""
    if data.ndim > 1:
        raise Unreadable(f"column {name}: expected values; found arrays of objects")
    missing = np.array(
        [value is None or value is np.ma.masked or is_nan(value) for value in data.tolist()], bool
    )
    if mask is not None:
        missing |= mask
    known = [value for value, gone in zip(data, missing) if not gone]
    if any(isinstance(value, (np.ndarray, list, tuple)) for value in known):
        return _from_arrays(name, data, missing)
    if known and all(isinstance(value, (bool, np.bool_)) for value in known):
        return np.where(missing, False, data).astype(bool), missing, None
    if known and all(isinstance(value, (int, np.integer, bool)) for value in known):
        if -(2**63) <= min(known) and max(known) < 2**63:
            return np.where(missing, 0, data).astype(np.int64), missing, None
    elif known and all(isinstance(value, (int, float, np.number, bool)) for value in known):
        return np.where(missing, np.nan, data).astype(float), None, None
    texts = ["" if gone else label_text(value) for value, gone in zip(data, missing)]
    return np.array(texts, dtype="U") if texts else np.zeros(0, "U1"), missing, None


def _from_arrays(name: str, data: Array, missing: Array) -> tuple[Array, Array, Array]:
    """Arrays of different lengths, one after the other, and where each ends."""
    arrays = []
    for value, gone in zip(data, missing):
        array = np.ma.asarray([] if gone else value).reshape(-1)
        if np.ma.is_masked(array):
            if array.dtype.kind not in "iuf":
                raise Unreadable(f"column {name}: expected whole arrays; found masked elements")
            array = array.astype(float).filled(np.nan)
        arrays.append(np.ma.getdata(array))
    ends = np.cumsum([len(array) for array in arrays], dtype=np.int64)
    values = np.concatenate([array for array in arrays if len(array)] or [np.zeros(0)])
    if values.dtype.kind not in "biuf":
        raise Unreadable(f"column {name}: expected numbers; found arrays of {values.dtype}")
    return values, missing, ends


def label_text(value: object) -> str:
    if value is None or value is np.ma.masked or is_nan(value):
        return ""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else clean(value)


def is_nan(value: object) -> bool:
    """Whether a value is NaN of any kind, NaT or pandas.NA."""
    if type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, (float, np.floating, np.datetime64)) and bool(value != value)
