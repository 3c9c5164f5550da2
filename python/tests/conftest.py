"""Tables that the tests share."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

import uhuru

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def program() -> str:
    """The program, to compare with; the variable UHURU says where it is."""
    path = os.environ.get("UHURU", str(ROOT / "build/release/uhuru"))
    if not Path(path).is_file():
        pytest.skip("the program is not there: UHURU names it")
    return path


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory, program: str) -> Path:
    """A folder with detections.vot and labels.vot, written by the program."""
    folder = tmp_path_factory.mktemp("simulated")
    call(program, "simulate", "--rows", "4000", "--out", folder / "detections.vot",
         "--labels-out", folder / "labels.vot")
    return folder


@pytest.fixture(scope="session")
def detections(simulated: Path) -> Any:
    return uhuru.read(simulated / "detections.vot")


@pytest.fixture(scope="session")
def y(simulated: Path, detections: Any) -> Any:
    """The labels of the detections, masked where there is none."""
    return uhuru.crossmatch(detections, simulated / "labels.vot")["main_type"]


def call(program: str, *arguments: Any) -> None:
    """Run a command of the program."""
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
