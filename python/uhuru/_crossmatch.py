"""Cross-match of two tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import astropy.units as u
import numpy as np
from astropy.coordinates import Angle, SkyCoord
from astropy.table import Column, MaskedColumn, QTable
from astropy.utils.masked import Masked
from numpy.typing import NDArray

from . import _core
from ._options import n_jobs as threads_of, one_of, text, warn
from ._progress import Bar
from ._tables import TableLike, as_qtable, source


def crossmatch(
    left: TableLike,
    right: TableLike,
    radius: u.Quantity = 1 * u.arcsec,
    *,
    find: str = "best",
    ra: str = "ra",
    dec: str = "dec",
    right_ra: str = "ra",
    right_dec: str = "dec",
    n_jobs: int | None = -1,
    progress: bool = True,
) -> QTable:
    """Join two tables by position, keeping every row of the left one.

    Parameters
    ----------
    left, right : table or `~astropy.coordinates.SkyCoord`
        A table with columns of positions, or of sky coordinates. Numbers are degrees, or in the
        unit of their column; texts may be sexagesimal. Sky coordinates of any frame are transformed
        to ICRS.
    radius : `~astropy.units.Quantity`, float or str
        The maximum separation, inclusive; a number is in arcsec, a text as
        `~astropy.coordinates.Angle` reads it.
    find : {"best", "all"}
        The nearest row of `right`, or all within the radius.
    ra, dec, right_ra, right_dec : str
        The columns of the positions.
    n_jobs, progress
        See `check`.

    Returns
    -------
    `~astropy.table.QTable`
        The columns of `left`, those of `right` (with "_2" where the name is taken), masked where
        nothing matches, and ``separation_arcsec``. With "best", one row per row of `left`, in its
        order; with "all", one per pair, and one for each row of `left` without any.

    Raises
    ------
    FileNotFoundError
        If there is no such table.
    ValueError
        If a column is absent, is no position, or none can be read; or the radius is no angle.

    Warns
    -----
    UhuruWarning
        Rows of `right` that are equally near: the first is taken.

    Examples
    --------
    >>> import uhuru
    >>> from astropy.table import QTable
    >>> here = QTable({"ra": [10.0, 20.0], "dec": [0.0, 0.0]})
    >>> there = QTable({"ra": [10.0001], "dec": [0.0], "main_type": ["QSO"]})
    >>> uhuru.crossmatch(here, there)["main_type"].tolist()
    ['QSO', None]
    """
    find = one_of("find", find, ("best", "all"))
    columns = [
        text(name, value)
        for name, value in zip(("ra", "dec", "right_ra", "right_dec"), (ra, dec, right_ra, right_dec))
    ]
    ours, theirs = as_qtable(left), as_qtable(right)
    pairs = _pairs(ours, theirs, arcsec(radius), find == "all", columns, n_jobs, progress)
    rows, others = pairs["left"], pairs["right"]
    if find == "all":  # unmatched rows stay, in their place
        lonely = np.setdiff1d(np.arange(len(ours)), rows)
        order = np.argsort(np.concatenate([rows, lonely]), kind="stable")
        places = np.concatenate([others, np.full(len(lonely), -1)])[order]
        separations = np.concatenate(
            [pairs["separation_arcsec"], np.full(len(lonely), np.nan)]
        )[order]
        result = QTable(ours[np.concatenate([rows, lonely])[order]], copy=False)
    else:
        places = np.full(len(ours), -1)
        places[rows] = others
        separations = np.full(len(ours), np.nan)
        separations[rows] = pairs["separation_arcsec"]
        result = QTable(ours, copy=True)
    if isinstance(left, SkyCoord):
        result.remove_column("position")
    for name in theirs.colnames:
        result[_free_name(name, result.colnames)] = _taken(theirs[name], places)
    result[_free_name("separation_arcsec", result.colnames)] = (
        MaskedColumn(separations, mask=np.isnan(separations), unit=u.arcsec,
                     description="Separation of the match")
        if np.isnan(separations).any()
        else Column(separations, unit=u.arcsec, description="Separation of the match")
    )
    return result


def _pairs(
    left: QTable,
    right: QTable,
    radius_arcsec: float,
    all_pairs: bool,
    columns: Sequence[str],
    n_jobs: int | None,
    progress: bool,
) -> Any:
    ours, theirs = (positions(table, names) for table, names in
                    ((left, columns[:2]), (right, columns[2:])))
    with Bar(progress) as bar:
        pairs = _core.crossmatch(
            ours, columns[0], columns[1], theirs, columns[2], columns[3], radius_arcsec, all_pairs,
            threads_of(n_jobs), bar,
        )
    warn(pairs["notes"])
    if pairs["tied"]:
        warn([f"several right rows are equally near to {pairs['tied']:,} left rows; the first was "
              "taken"])
    return pairs


def positions(table: QTable, names: Sequence[str]) -> _core.Source:
    """The columns of positions; those of sky coordinates are called ra and dec."""
    coordinates = [name for name in table.colnames if isinstance(table[name], SkyCoord)]
    wanted = [name for name in names if name in table.colnames]
    if len(wanted) < 2:  # upper and lower case are the same
        lower = [name.lower() for name in names]
        wanted = [name for name in table.colnames if name.lower() in lower]
    if len(wanted) < 2 and coordinates:
        position = table[coordinates[0]].icrs
        return source({names[0]: position.ra.deg, names[1]: position.dec.deg})
    return source(table[wanted] if wanted else table)


def arcsec(radius: u.Quantity | float | str) -> float:
    """A radius in arcsec: a number is one already."""
    try:
        if isinstance(radius, str):
            radius = float(radius) if _is_number(radius) else Angle(radius)
        quantity = radius if isinstance(radius, u.Quantity) else u.Quantity(radius, u.arcsec)
        return float(quantity.to_value(u.arcsec))
    except (u.UnitsError, TypeError, ValueError):
        raise ValueError(f"radius: expected an angle, or a number of arcsec; found {radius!r}") from None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _free_name(name: str, taken: Sequence[str]) -> str:
    """The name, or with "_2", "_3", ... if it is taken in upper or lower case."""
    lower = {other.lower() for other in taken}
    free, number = name, 2
    while free.lower() in lower:
        free = f"{name}_{number}"
        number += 1
    return free


def missing(column: Any) -> NDArray[np.bool_]:
    """Whether each value is masked."""
    mask: Any = np.ma.getmaskarray(column)
    return np.asarray(mask, bool)


def _taken(column: Any, places: NDArray[np.int64]) -> Any:
    """Rows of a column, missing where the place is -1."""
    absent = places < 0
    if len(column) == 0:
        column = _one_row(column)
    taken = column[np.where(absent, 0, places)]
    if not absent.any():
        return taken
    if isinstance(column, SkyCoord):  # these have no masks
        longitude, latitude = (np.array(part.deg) for part in (taken.spherical.lon, taken.spherical.lat))
        longitude[absent] = latitude[absent] = np.nan
        return SkyCoord(longitude, latitude, unit="deg", frame=taken.frame.replicate_without_data())
    unit = getattr(taken, "unit", None)
    values = np.asarray(getattr(getattr(taken, "unmasked", taken), "value", taken))
    mask = np.zeros(values.shape, bool)
    mask[absent] = True
    mask |= np.asarray(taken.mask) if isinstance(taken, Masked) else missing(taken)
    return MaskedColumn(values, mask=mask, unit=unit, description=column.info.description,
                        meta=dict(column.info.meta or {}))


def _one_row(column: Any) -> Any:
    """A column like this one, with a row; of coordinates, one that is nowhere."""
    if isinstance(column, SkyCoord):
        nowhere = np.full(1, np.nan)
        return SkyCoord(nowhere, nowhere, unit="deg", frame=column.frame.replicate_without_data())
    values = np.asarray(getattr(getattr(column, "unmasked", column), "value", column))
    return Column(np.zeros((1, *values.shape[1:]), values.dtype), unit=getattr(column, "unit", None),
                  description=column.info.description, meta=dict(column.info.meta or {}))
