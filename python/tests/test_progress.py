"""The progress bar: when it appears, what it shows, that nothing stays."""

from __future__ import annotations

import fcntl
import io
import itertools
import os
import pty
import struct
import sys
import termios
import threading
import types
from typing import Any, Callable, Iterator

import pytest

from uhuru import _progress
from uhuru._progress import Bar, Progress, _line


class Clock:
    """Seconds that pass only when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    """A terminal that remembers each line drawn; `screen` is what stands there now."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True

    def drawn(self) -> list[str]:
        return [line for line in self.getvalue().split("\r") if line.strip()]

    def screen(self) -> str:
        line: list[str] = []
        place = 0
        for character in self.getvalue():
            if character == "\r":
                place = 0
                continue
            line[place : place + 1] = [character]
            place += 1
        return "".join(line).rstrip()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the bar takes for `sys`: pytest itself sets `sys.stderr` before each test."""
    fake = types.SimpleNamespace(stderr=None, modules={})
    monkeypatch.setattr(_progress, "sys", fake)
    return fake


@pytest.fixture
def terminal(process: Any, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    stream = process.stderr = Terminal()
    monkeypatch.setenv("COLUMNS", "60")
    return stream


def test_appears_after_a_second(clock: Clock, terminal: Terminal) -> None:
    with Bar(clock=clock) as progress:
        assert progress
        progress("read", 10, 100)
        clock.now += 0.99
        progress("read", 20, 100)
        assert terminal.getvalue() == ""
        clock.now += 0.02
        progress("read", 25, 100)
        assert len(terminal.drawn()) == 1
    assert terminal.screen() == ""


def test_short_work_leaves_no_trace(clock: Clock, terminal: Terminal) -> None:
    with Bar(clock=clock) as progress:
        assert progress
        progress("read", 100, 100)
    assert terminal.getvalue() == ""


def test_redraws_eight_times_a_second(clock: Clock, terminal: Terminal) -> None:
    with Bar(clock=clock) as progress:
        assert progress
        clock.now += 1
        for step in range(1000):
            clock.now += 0.002
            progress("read", step, 1000)
    assert 14 <= len(terminal.drawn()) <= 17


def test_shows_stage_part_and_times(clock: Clock, terminal: Terminal) -> None:
    with Bar(clock=clock) as progress:
        assert progress
        progress("read", 0, 200)
        clock.now += 30
        progress("read", 50, 200)
        line = terminal.screen()
        assert line.startswith("read ")
        assert line.endswith(" 25% 0:30<1:30")
        bar = line.split()[1]
        assert bar.count("━") == int(len(bar) * 0.25) and set(bar) == {"━", "┄"}


def test_remaining_time_is_of_the_stage(clock: Clock, terminal: Terminal) -> None:
    with Bar(clock=clock) as progress:
        assert progress
        progress("read", 0, 10)
        clock.now += 100
        progress("learn", 0, 10)
        clock.now += 2
        progress("learn", 5, 10)
        assert terminal.screen().endswith(" 50% 1:42<0:02")
        progress("learn", 0, 10)  # another fold
        clock.now += 4
        progress("learn", 2, 10)
        assert terminal.screen().endswith(" 20% 1:46<0:16")


def test_unknown_total_moves_a_mark(clock: Clock, terminal: Terminal) -> None:
    with Bar(clock=clock) as progress:
        assert progress
        for step in range(1, 9):
            clock.now += 1
            progress("mixture", step, 0)
    lines = terminal.drawn()
    assert len({line.index("━") for line in lines}) > 4
    assert all("%" not in line and line.count("━") == 3 for line in lines)


def test_a_shorter_line_replaces_a_longer_one(clock: Clock, terminal: Terminal) -> None:
    with Bar(clock=clock) as progress:
        assert progress
        clock.now += 2
        progress("a-very-long-name-of-a-stage", 0, 0)
        clock.now += 2
        progress("b", 0, 0)
        assert terminal.screen().startswith("b ") and terminal.screen().endswith(" 0:04")


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_exceptions_pass_and_clear(
    error: type[BaseException], clock: Clock, terminal: Terminal
) -> None:
    with pytest.raises(error):
        with Bar(clock=clock) as progress:
            assert progress
            clock.now += 2
            progress("read", 1, 2)
            assert terminal.screen()
            raise error
    assert terminal.screen() == ""


def test_nothing_is_drawn_afterwards(clock: Clock, terminal: Terminal) -> None:
    with Bar(clock=clock) as progress:
        pass
    assert progress
    clock.now += 5
    progress("read", 1, 2)
    assert terminal.getvalue() == ""


def test_none_without_place(process: Any, terminal: Terminal) -> None:
    with Bar(show=False) as progress:
        assert progress is None
    for stream in (io.StringIO(), None):
        process.stderr = stream
        with Bar() as progress:
            assert progress is None


def test_work_goes_on_without_the_terminal(clock: Clock, terminal: Terminal) -> None:
    with Bar(clock=clock) as progress:
        assert progress
        clock.now += 2
        terminal.close()  # writing raises ValueError
        progress("read", 1, 2)
        clock.now += 2
        progress("read", 2, 2)


def test_plain_characters_where_needed(
    clock: Clock, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "encoding", "ascii", raising=False)
    with Bar(clock=clock) as progress:
        assert progress
        clock.now += 2
        progress("read", 1, 2)
        assert terminal.screen().isascii() and "#" in terminal.screen()


@pytest.mark.parametrize("part", [None, 0.0, 0.5, 1.0])
def test_lines_fit(part: float | None) -> None:
    for width in range(100):
        for elapsed in (0.0, 1.3, 4000.0):
            line = _line("mixture", part, elapsed, None if part is None else 12.0, width, False)
            assert len(line) <= width
        assert width < 60 or len(line) > 40


@pytest.fixture
def narrow(process: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """A real terminal of 24 columns; the function reads what came to it."""
    try:
        master, slave = pty.openpty()
    except OSError:  # in a bare chroot
        pytest.skip("there are no pseudo-terminals")
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 5, 24, 0, 0))
    stream = open(slave, "w", encoding="utf-8")
    process.stderr = stream
    monkeypatch.setenv("COLUMNS", "200")

    def read() -> str:
        text = os.read(master, 100_000).decode()
        while not text.endswith("\r"):  # a terminal passes on what it has
            text += os.read(master, 100_000).decode()
        return text

    yield read
    stream.close()
    os.close(master)


def test_width_is_that_of_standard_error(clock: Clock, narrow: Callable[[], str]) -> None:
    with Bar(clock=clock) as progress:
        assert progress
        clock.now += 2
        progress("read", 1, 2)
    lines = narrow().split("\r")
    assert lines[0] == "" and "50%" in lines[1]
    assert max(map(len, lines)) <= 23
    assert lines[-1] == "" and lines[-2].strip() == ""


class Output:
    """An output of a notebook: what `display` and its handle were given."""

    def __init__(self) -> None:
        self.shown: list[dict[str, str]] = []

    def display(self, data: dict[str, str], *, raw: bool, display_id: bool) -> Output:
        assert raw and display_id
        self.shown.append(data)
        return self

    def update(self, data: dict[str, str], *, raw: bool) -> None:
        assert raw and self.shown
        self.shown.append(data)


@pytest.fixture
def notebook(process: Any, monkeypatch: pytest.MonkeyPatch) -> Output:
    output = Output()
    process.stderr = Terminal()  # not used
    ipython: Any = types.ModuleType("IPython")
    ipython.get_ipython = lambda: types.SimpleNamespace(kernel=object())
    display: Any = types.ModuleType("IPython.display")
    display.display = output.display
    process.modules["IPython"] = ipython
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    return output


def test_notebook(clock: Clock, process: Any, notebook: Output) -> None:
    with Bar(clock=clock) as progress:
        assert progress
        clock.now += 2
        progress("<read>", 0, 4)
        clock.now += 2
        progress("<read>", 1, 4)
    first, second, cleared = notebook.shown
    assert "&lt;read&gt;" in second["text/html"] and "<read>" not in second["text/html"]
    assert 'value="0.250"' in second["text/html"]
    assert "25 % · 0:04 · 0:06 left" in second["text/html"]
    assert "25%" in second["text/plain"]
    assert cleared == {}
    assert process.stderr.getvalue() == ""


def test_notebook_with_unknown_total(clock: Clock, notebook: Output) -> None:
    with Bar(clock=clock) as progress:
        assert progress
        clock.now += 2
        progress("mixture", 7, 0)
    assert "<progress></progress>" in notebook.shown[0]["text/html"]
    assert "%" not in notebook.shown[0]["text/html"]


def test_ipython_in_a_terminal_is_a_terminal(
    clock: Clock, process: Any, terminal: Terminal
) -> None:
    process.modules["IPython"] = types.SimpleNamespace(get_ipython=types.SimpleNamespace)
    with Bar(clock=clock) as progress:
        assert progress
        clock.now += 2
        progress("read", 1, 2)
    assert len(terminal.drawn()) == 1


def test_threads(terminal: Terminal) -> None:
    with Bar(clock=itertools.count().__next__) as progress:
        assert progress

        def work(report: Progress) -> None:
            for step in range(200):
                report("read", step, 200)

        threads = [threading.Thread(target=work, args=(progress,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert terminal.drawn() and terminal.screen() == ""
