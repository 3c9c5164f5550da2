"""Catalogs over HTTP."""

from __future__ import annotations

from types import TracebackType

from . import _core, _display
from ._options import n_jobs as threads_of, text, warn, whole
from ._tables import PathLike, file_name


class Server:
    """A server of a catalog, as `uhuru.serve` returns it; a context manager that ends it.

    It runs in threads of its own, and ends with Python. In Jupyter it displays its addresses.

    Attributes
    ----------
    url : str
        The address of the pages, without a slash at its end.
    scs : str
        The address of the cone search, as pyvo and TOPCAT expect it.
    """

    def __init__(self, core: _core.Server) -> None:
        self._core = core

    @property
    def url(self) -> str:
        return self._core.url

    @property
    def scs(self) -> str:
        return self._core.url + "/scs?"

    @property
    def running(self) -> bool:
        """Whether it answers."""
        return self._core.running

    def close(self) -> None:
        """End the server; closing it again does nothing."""
        self._core.close()

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = f"at {self.url}" if self.running else "closed"
        return f"<uhuru server of {self._core.sources:,} sources, {state}>"

    def _repr_html_(self) -> str:
        return _display.server_html(self.url, self.scs, self._core.sources)


def serve(
    catalog: PathLike,
    *,
    port: int = 0,
    address: str = "127.0.0.1",
    title: str = "",
    vo_only: bool = False,
    public: bool = False,
    recipe: PathLike = "",
    model: PathLike = "",
    class_column: str = "",
    n_jobs: int | None = 1,
) -> Server:
    """Serve the catalog of a run or of other classes: pages to explore it, and a cone search.

    What has no catalog gets a temporary one, which a warning says; nothing is written beside it.

    Parameters
    ----------
    catalog : str or path-like
        catalog.sqlite, the folder of a run or of `predict --vote`, or a table with classes in a
        file.
    port : int
        0: any free port.
    address : str
        Where to listen; "0.0.0.0": everywhere.
    title : str
        Shown on the pages; by default the name of the folder.
    vo_only : bool
        Only the services of the Virtual Observatory, no pages.
    public : bool
        Let pages of other sites read cone searches, tables and the API.
    recipe : str or path-like
        Of tables that are not a run's: a recipe with their classes and columns; by default the
        built-in one that fits, else one is made from the table.
    model : str or path-like
        The model that classified them; one of the method bayes combines detections as evidence.
    class_column : str
        The column of their classes; by default class_name, main_type, class and the like.
    n_jobs : int or None
        Queries that are answered at the same time.

    Returns
    -------
    Server
        It runs until it is closed.

    Raises
    ------
    FileNotFoundError
        If there is no such file or folder.
    ValueError
        If the address or port cannot be used, or there are no classes.

    Examples
    --------
    >>> import uhuru
    >>> detections, counterparts = uhuru.simulate(1000)
    >>> run = uhuru.run(detections, counterparts, out="result")
    >>> with uhuru.serve("result") as server:
    ...     server.running
    True
    >>> server.running
    False
    """
    core = _core.Server(
        file_name(catalog),
        text("address", address),
        whole("port", port, 0, 65535),
        text("title", title),
        bool(vo_only),
        bool(public),
        file_name(recipe),
        file_name(model),
        text("class_column", class_column),
        threads_of(n_jobs),
    )
    warn(core.notes)
    return Server(core)
