"""Reading and writing tables, also through astropy's unified I/O."""

from __future__ import annotations

from typing import Any

from astropy.io import registry
from astropy.table import QTable, Table

from . import _core
from ._options import FORMATS, n_jobs as threads_of, table_format, warn
from ._progress import Bar
from ._qtables import qtable
from ._tables import PathLike, TableLike, file_name, source


def read(path: PathLike, *, n_jobs: int | None = -1, progress: bool = True) -> QTable:
    """Read a table in any format that the program reads.

    Parameters
    ----------
    path : str or path-like
        A VOTable (in any serialisation), FITS, ECSV, CSV, TSV or IPAC file, also gzipped; the
        format is found from the content. "file.vot#2" is the second table of a file,
        "file.fits[EVENTS]" an extension. A folder, a pattern such as "fields/*.fits", or
        "@list.txt", a text with names, is several files that are one table.
    n_jobs : int or None
        Threads, as in scikit-learn; -1: one per processor.
    progress : bool
        Whether to show a bar if it takes more than a second.

    Returns
    -------
    `~astropy.table.QTable`
        With units, descriptions and UCDs (``info.meta["ucd"]``). Missing values are masked; missing
        floats are also NaN. Parameters of the table are in ``meta``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not a table, with the row and column of what is wrong.

    Warns
    -----
    UhuruWarning
        What was odd in the file, and how it was understood.

    Examples
    --------
    >>> import uhuru
    >>> detections, counterparts = uhuru.simulate(50)
    >>> uhuru.write(detections, "detections.vot")
    >>> table = uhuru.read("detections.vot")
    >>> len(table), str(table["ra"].unit)
    (50, 'deg')
    """
    with Bar(progress) as bar:
        result = _core.read_table(_core.Source(file_name(path)), threads_of(n_jobs), bar)
    warn(result["notes"])
    return qtable(result)


def write(
    table: TableLike,
    path: PathLike,
    *,
    format: str | None = None,
    overwrite: bool = False,
    n_jobs: int | None = -1,
    progress: bool = True,
) -> None:
    """Write a table; the file appears when it is complete, or not at all.

    Parameters
    ----------
    table : table
        An astropy table, a data frame, a structured array, ...
    path : str or path-like
        The file.
    format : str, optional
        "votable", "votable-binary", "votable-binary2", "fits", "ecsv", "csv" or "tsv"; by default
        that of the file's name.
    overwrite : bool
        Whether to replace an existing file.
    n_jobs : int or None
        Threads, as in scikit-learn; -1: one per processor.
    progress : bool
        Whether to show a bar if it takes more than a second.

    Raises
    ------
    FileExistsError
        If the file exists, unless `overwrite` is true.
    OSError
        If the file cannot be written.
    ValueError
        If neither `format` nor the name says how to write, or a column cannot be written.

    Warns
    -----
    UhuruWarning
        What the format cannot keep, and columns that were left out.

    Examples
    --------
    >>> import uhuru
    >>> detections, counterparts = uhuru.simulate(50)
    >>> uhuru.write(detections, "detections.fits")
    >>> uhuru.write(detections, "detections.csv.gz")

    The same through astropy:

    >>> detections.write("detections.ecsv", format="uhuru.ecsv")
    """
    with Bar(progress) as bar:
        notes = _core.write_table(
            source(table, strict=True),
            file_name(path),
            table_format(format),
            bool(overwrite),
            threads_of(n_jobs),
            bar,
        )
    warn(notes)


def register() -> None:
    """Make the formats known to ``Table.read`` and ``Table.write``, as "uhuru.votable" etc."""

    def writer(name: str) -> Any:
        def write_it(table: Table, path: PathLike, **options: Any) -> None:
            write(table, path, format=name, **options)

        return write_it

    def read_table(path: PathLike, **options: Any) -> Table:
        return Table(read(path, **options), copy=False)

    for name, registered in FORMATS.items():
        registry.register_reader(registered, QTable, read, force=True)
        registry.register_reader(registered, Table, read_table, force=True)
        registry.register_writer(registered, Table, writer(name), force=True)
