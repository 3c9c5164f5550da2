"""Shared by the tests against peers: the program, stilts, the real data, scratch folders."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("UHURU", str(ROOT / "build/release/uhuru"))
DATA = ROOT.parent / "shared/data"

# Otherwise the Java of stilts starts arbitrarily many compiler and collector threads.
STILTS = ["stilts", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]

needs_data = unittest.skipUnless(DATA.is_dir(), "../shared/data is absent")


def scratch():
    """A folder that removes itself."""
    return tempfile.TemporaryDirectory(prefix="uhuru-peers-")


def uhuru(*arguments):
    """Runs the program; a failure shows its messages. Returns its standard output."""
    command = [PROGRAM, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


def uhuru_error(*arguments):
    """Runs the program, which must reject its input (exit code 1); returns its message."""
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 1:
        raise AssertionError(f"{arguments}: exit code {done.returncode}, not 1\n{done.stderr}")
    return done.stderr


def stilts(*arguments):
    """Runs one task of stilts."""
    done = subprocess.run([*STILTS, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"stilts {' '.join(map(str, arguments))}\n{done.stderr}")
    return done.stdout


def probe(what, table, *arguments):
    """Results of the library that no command shows, for a pandas table."""
    program = pathlib.Path(PROGRAM).parent / "tests/uhuru_metrics_probe"
    with scratch() as folder:
        path = pathlib.Path(folder) / "table.csv"
        table.to_csv(path, index=False)
        command = [program, what, f"{path}#csv", *map(str, arguments)]
        return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
