"""A progress bar for terminals and Jupyter, shown only while long work lasts."""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import sys
import threading
import time
from html import escape
from types import TracebackType
from typing import Any, Callable, Literal, TextIO

Progress = Callable[[str, int, int], None]

_DELAY = 1.0  # seconds of work before anything is shown
_INTERVAL = 0.125  # seconds between two redraws
_WIDEST = 30  # characters of the bar


def _duration(seconds: float) -> str:
    """``"0:07"``, ``"1:02:03"``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _line(
    stage: str, part: float | None, elapsed: float, left: float | None, width: int, plain: bool
) -> str:
    """A line of at most `width` characters; part None: unknown, a mark moves to and fro."""
    full, empty = ("#", "-") if plain else ("━", "┄")
    tail = "" if part is None else f" {100 * part:3.0f}%"
    tail += f" {_duration(elapsed)}" + ("" if left is None else f"<{_duration(left)}")
    cells = min(_WIDEST, width - len(stage) - 1 - len(tail))
    if cells < 4:  # no space for a bar
        return (stage + tail)[:width]
    if part is None:
        place = int(4 * elapsed) % (2 * (cells - 3)) if cells > 3 else 0
        place = min(place, 2 * (cells - 3) - place)
        drawn = empty * place + full * 3 + empty * (cells - 3 - place)
    else:
        done = int(cells * part)
        drawn = full * done + empty * (cells - done)
    return f"{stage} {drawn}{tail}"


class _Terminal:
    """Redraws one line of a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._drawn = 0
        self._plain = "utf" not in (getattr(stream, "encoding", None) or "").lower()

    def _width(self) -> int:
        try:
            columns = os.get_terminal_size(self._stream.fileno()).columns
        except (OSError, ValueError):
            columns = 0
        # In the last column, some terminals begin a new line.
        return max(1, (columns or shutil.get_terminal_size().columns) - 1)

    def draw(self, stage: str, part: float | None, elapsed: float, left: float | None) -> None:
        line = _line(stage, part, elapsed, left, self._width(), self._plain)
        before, self._drawn = self._drawn, len(line)
        self._stream.write("\r" + line.ljust(before))
        self._stream.flush()

    def clear(self) -> None:
        self._stream.write("\r" + " " * self._drawn + "\r")
        self._stream.flush()


class _Notebook:
    """Updates one output of a notebook's cell; cleared, it shows and saves nothing."""

    def __init__(self, display: Callable[..., Any]) -> None:
        self._display = display
        self._handle: Any = None

    def draw(self, stage: str, part: float | None, elapsed: float, left: float | None) -> None:
        line = _line(stage, part, elapsed, left, 79, False)
        value = "" if part is None else f' value="{part:.3f}"'
        times = ("" if part is None else f"{100 * part:.0f} % · ") + _duration(elapsed)
        times += "" if left is None else f" · {_duration(left)} left"
        html = (
            '<div style="display:flex;gap:1em;font-variant-numeric:tabular-nums">'
            f"<span>{escape(stage)}</span><progress{value}></progress><span>{times}</span></div>"
        )
        data = {"text/plain": line, "text/html": html}
        if self._handle is None:
            self._handle = self._display(data, raw=True, display_id=True)
        else:
            self._handle.update(data, raw=True)

    def clear(self) -> None:
        if self._handle is not None:
            self._handle.update({}, raw=True)


def _place() -> _Terminal | _Notebook | None:
    """Where to draw: in a notebook, a terminal, or nowhere."""
    ipython: Any = sys.modules.get("IPython")  # not imported here: it would take a second
    shell = ipython.get_ipython() if hasattr(ipython, "get_ipython") else None
    if getattr(shell, "kernel", None) is not None:
        return _Notebook(importlib.import_module("IPython.display").display)
    if sys.stderr is not None and sys.stderr.isatty():
        return _Terminal(sys.stderr)
    return None


class Bar:
    """A progress bar, as a context manager that yields the function to call with progress.

    Parameters
    ----------
    show : bool
        Whether to show anything.
    clock : callable
        Seconds that have passed, as `time.monotonic`.

    Notes
    -----
    The bar appears after a second of work, is redrawn at most eight times a second, and is removed
    at the end, also by an exception. The function takes the name of the stage, the steps done and
    their total (0: unknown), from any thread. It is None if nothing is to be shown: without `show`,
    or if standard error is no terminal and there is no notebook.

    Examples
    --------
    >>> with Bar(show=False) as progress:
    ...     print(progress)
    None
    """

    def __init__(self, show: bool = True, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._place = _place() if show else None
        self._clock = clock
        self._lock = threading.Lock()
        self._begin = clock()
        self._drawn: float | None = None  # when
        self._stages: dict[str, tuple[float, int, int]] = {}  # begin, steps done then and lately
        self._open = False

    def __enter__(self) -> Progress | None:
        if self._place is None:
            return None
        self._begin = self._clock()
        self._open = True
        return self._report

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> Literal[False]:
        with self._lock:
            self._open = False
            if self._place is not None and self._drawn is not None:
                with contextlib.suppress(OSError, ValueError):
                    self._place.clear()
        return False

    def _report(self, stage: str, done: int, total: int) -> None:
        if not self._lock.acquire(blocking=False):
            return  # another thread is drawing
        try:
            if self._open:
                self._update(stage, done, total)
        except (OSError, ValueError):
            self._open = False  # the terminal is gone; the work goes on
        finally:
            self._lock.release()

    def _update(self, stage: str, done: int, total: int) -> None:
        assert self._place is not None
        now = self._clock()
        begin, first, last = self._stages.get(stage, (now, done, done))
        if done < last:  # the stage began again
            begin, first = now, done
        self._stages[stage] = begin, first, done
        if now - self._begin < _DELAY:
            return
        if self._drawn is not None and now - self._drawn < _INTERVAL:
            return
        part = min(done / total, 1.0) if total > 0 else None
        known = part is not None and done > first
        left = max(0.0, (now - begin) * (total - done) / (done - first)) if known else None
        self._drawn = now
        self._place.draw(stage, part, now - self._begin, left)
