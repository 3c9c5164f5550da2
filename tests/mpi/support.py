"""Shared by the tests under MPI: the program with some ranks, simulated tables."""

import os
import pathlib
import re
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("UHURU", str(ROOT / "build/release/uhuru"))


def scratch():
    """A folder that removes itself."""
    return tempfile.TemporaryDirectory(prefix="uhuru-mpi-")


def command(ranks, *arguments):
    """Of the program with this number of ranks, of one thread each; 0: without MPI."""
    own = [PROGRAM, *map(str, arguments)]
    if ranks == 0:
        return own
    return ["mpirun", "-n", str(ranks), *own, "--threads", "1"]


def run(ranks, *arguments, folder=None, code=0):
    """Runs the program; returns what it prints, without the launcher's own messages."""
    done = subprocess.run(command(ranks, *arguments), capture_output=True, text=True, cwd=folder,
                          timeout=600)
    if done.returncode != code:
        raise AssertionError(f"{arguments}, {ranks} ranks: exit code {done.returncode}\n"
                             f"{done.stdout}\n{done.stderr}")
    # The launcher gives the first rank a terminal of 80 columns, where lists take several lines.
    return re.sub(r"\s*\n {12}", " · ", done.stdout), without_launcher(done.stderr)


def without_launcher(text):
    """What Open MPI adds stands between lines of dashes."""
    rest, ours = text.split("\n"), []
    inside = False
    for line in rest:
        if re.fullmatch("-{40,}", line):
            inside = not inside
        elif not inside:
            ours.append(line)
    return "\n".join(ours).strip()


def files(folder):
    """Name and bytes of each file below a folder; without what differs between any two runs."""
    found = {}
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            if path.name == "run.json":
                content = re.sub(rb'"seconds": \{[^}]*\}|"threads": \d+', b"", content)
            found[str(path.relative_to(folder))] = content
    return found
