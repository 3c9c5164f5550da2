"""Tables from the archives."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from typing import Any

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.table import QTable

from . import _core
from ._crossmatch import arcsec, missing, positions
from ._io import read
from ._options import n_jobs as threads_of, text, warn
from ._progress import Bar
from ._tables import PathLike, TableLike, as_qtable, file_name


def fetch_csc(
    cone: Sequence[Any] | None = None,
    *,
    release: str | float = "current",
    where: str = "",
    all: bool = False,
    columns: Sequence[str] = (),
    out: PathLike | None = None,
    overwrite: bool = False,
    restart: bool = False,
    services: PathLike = "default",
    n_jobs: int | None = 1,
    progress: bool = True,
) -> QTable:
    """Fetch detections from the Chandra Source Catalog.

    Parameters
    ----------
    cone : (ra, dec, radius) or (SkyCoord, radius), optional
        Only sources within a radius of a position: numbers in degrees, or quantities. By default
        the whole catalog.
    release : str
        "2.0", "2.1" or "current".
    where : str
        An additional condition in ADQL, such as "o.theta < 5".
    all : bool
        Include faint detections and those without a spectrum, which the method excludes.
    columns : sequence of str
        Columns to fetch in addition to name, observation and position, instead of those that the
        method uses.
    out : str or path-like, optional
        A table to write; an interrupted fetch to it is resumed.
    overwrite, restart : bool
        Whether to replace `out`, and to discard the pieces of an interrupted fetch.
    services : str or path-like
        A file of services, timeouts and queries, as ``uhuru fetch services`` prints it.
    n_jobs, progress
        See `check`.

    Returns
    -------
    `~astropy.table.QTable`
        One row per detection, ready for `check`, `Model.predict_table` and `run`.

    Raises
    ------
    ServiceError
        If the service does not answer, refuses, or its answer is incomplete.
    FileExistsError
        If `out` exists, unless `overwrite` is true.
    ValueError
        For an unknown release, an invalid column or cone.

    Examples
    --------
    >>> import uhuru
    >>> orion = uhuru.fetch_csc(cone=(83.8, -5.4, 0.2))  # doctest: +SKIP
    """
    def fetch(target: str, bar: Any) -> list[str]:
        return _core.fetch_detections(
            file_name(services), str(release), bool(all), text("where", where), _cone(cone),
            [columns] if isinstance(columns, str) else [text("columns", name) for name in columns],
            False, target, bool(overwrite), bool(restart), threads_of(n_jobs), bar,
        )

    return _fetched(fetch, out, progress)


def fetch_simbad(
    table: TableLike,
    radius: u.Quantity = 1 * u.arcsec,
    *,
    ra: str = "ra",
    dec: str = "dec",
    service: str = "tap",
    services: PathLike = "default",
    n_jobs: int | None = 1,
    progress: bool = True,
) -> QTable:
    """Fetch the objects of SIMBAD near the positions of a table.

    Parameters
    ----------
    table : table or `~astropy.coordinates.SkyCoord`
        Positions, see `crossmatch`.
    radius : `~astropy.units.Quantity`, float or str
        The maximum separation, see `crossmatch`. At most 180 arcsec.
    ra, dec : str
        The columns of the positions.
    service : {"tap", "xmatch"}
        SIMBAD's TAP service, or CDS X-Match.
    services, n_jobs, progress
        See `fetch_csc`.

    Returns
    -------
    `~astropy.table.QTable`
        One row per object: ``main_id``, ``main_type``, ``otype`` (masked with X-Match), ``ra`` and
        ``dec`` of the object; in the order of the positions. `crossmatch` finds which belongs to
        which.

    Raises
    ------
    ServiceError
        If the service does not answer, refuses, or its answer is incomplete.
    ValueError
        If the positions cannot be read, or the radius is too large.

    Examples
    --------
    >>> import uhuru
    >>> detections = uhuru.fetch_csc(cone=(83.8, -5.4, 0.2))  # doctest: +SKIP
    >>> simbad = uhuru.fetch_simbad(detections)  # doctest: +SKIP
    >>> y = uhuru.crossmatch(detections, simbad)["main_type"]  # doctest: +SKIP
    """
    where = positions(as_qtable(table), (text("ra", ra), text("dec", dec)))
    with tempfile.TemporaryDirectory(prefix="uhuru-") as folder:
        inputs, result = os.path.join(folder, "in.vot"), os.path.join(folder, "out.vot")
        _core.write_table(where, inputs, "votable-binary2", False, 1, None)
        with Bar(progress) as bar:
            notes = _core.fetch_counterparts(
                file_name(services), inputs, ra, dec, arcsec(radius), True, service, False, [],
                result, False, False, threads_of(n_jobs), bar,
            )
        found = read(result, progress=False)
    warn(notes)
    found = found["main_id", "main_type", "otype", "simbad_ra", "simbad_dec"]
    found.rename_columns(["simbad_ra", "simbad_dec"], ["ra", "dec"])
    objects: dict[Any, int] = {}
    absent = missing(found["main_id"])
    for row, key in enumerate(zip(found["main_id"], np.asarray(found["ra"]))):
        if not absent[row]:
            objects.setdefault(key, row)
    chosen = found[list(objects.values())]
    for name in ("ra", "dec"):  # now all of them are there
        chosen[name] = u.Quantity(np.asarray(getattr(chosen[name], "unmasked", chosen[name])), u.deg)
    return chosen


def _cone(cone: Sequence[Any] | None) -> list[float] | None:
    if cone is None:
        return None
    wrong = ValueError(
        "cone: expected right ascension, declination and radius, in degrees or as quantities, or a "
        f"SkyCoord and a radius; found {cone!r}"
    )
    try:
        if isinstance(cone[0], SkyCoord):
            position = cone[0].icrs
            cone = (position.ra, position.dec, *cone[1:])
        if len(cone) != 3:
            raise wrong
        return [
            float(u.Quantity(value, getattr(value, "unit", None) or u.deg).to_value(u.deg))
            for value in cone
        ]
    except (u.UnitsError, TypeError, IndexError):
        raise wrong from None


def _fetched(fetch: Any, out: PathLike | None, progress: bool) -> QTable:
    with tempfile.TemporaryDirectory(prefix="uhuru-") as folder:
        target = file_name(os.path.join(folder, "table.vot") if out is None else out)
        with Bar(progress) as bar:
            notes = fetch(target, bar)
        warn(notes)
        return read(target, progress=False)
