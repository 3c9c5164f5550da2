"""Time of several ranks, measured here and predicted for many machines; bench/ranks runs it."""

import math
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import numpy as np

from compare import FEATURES, ROOT, UHURU, Measured, machine, write_section

os.environ["UHURU"] = str(UHURU)
sys.path.insert(0, str(ROOT / "tests/mpi"))
import test_hosts  # noqa: E402

RANKS = [1, 2, 4, 8]
COMPONENTS = [6, 20]
FEW = 5  # iterations; the time of one is that of MORE of them less that of FEW
MORE = 25
STAGES = ["read", "k-means", "mixture", "write"]
DELAYS = [0, 0.001, 0.02]
PROCESSORS = len(os.sched_getaffinity(0))

# What is assumed of a cluster: one rank with so many processors for each node, and its network.
RANK_PROCESSORS = 16
NETWORKS = {"Ethernet": (50e-6, 1e9), "InfiniBand": (2e-6, 10e9)}  # seconds, bytes per second
PREDICTED_ROWS = [10**9, 10**10]
PREDICTED_PROCESSORS = [16, 64, 256, 1024, 4096]
PREDICTED_ITERATIONS = 100

# As in src/uhuru/method/mixture/row_blocks.cpp and kernels.hpp.
BLOCK_ROWS = 128


def chunk_rows(rows):
    """The rows of a chunk, the least part of the work of a rank and of a thread."""
    blocks = math.ceil(rows / BLOCK_ROWS)
    return BLOCK_ROWS * max(8, min(64, math.ceil(blocks / 64)), math.ceil(blocks / 4096))


def chunks(rows):
    return math.ceil(rows / chunk_rows(rows))


def sums(components):
    """The numbers that are summed over the rows in an iteration."""
    return components * (1 + FEATURES + FEATURES * (FEATURES + 1) // 2) + 1


def rows_of_busiest(rows, ranks, threads):
    """The rows that the busiest thread has in an iteration."""
    return math.ceil(math.ceil(chunks(rows) / ranks) / threads) * chunk_rows(rows)


def bytes_of_iteration(rows, components, ranks):
    """What the first rank sends in an iteration: the sums of its chunks to those who add them, the
    sizes of these messages, and its part of the totals."""
    if ranks == 1:
        return 0
    own = sums(components) // ranks
    return 8 * (chunks(rows) // ranks * (sums(components) - own) + ranks + own)


def recipe(folder, iterations):
    """That of the CSC with a fixed number of iterations."""
    path = folder / f"ranks{iterations}.toml"
    text = (ROOT / "recipes/csc2.toml").read_text()
    text = re.sub(r"(?m)^max_iterations = .*$", f"max_iterations = {iterations}", text)
    path.write_text(re.sub(r"(?m)^tolerance = .*$", "tolerance = 0", text))
    return path


def of_ranks(ranks, *arguments):
    """A command of this many ranks, which share the processors; one runs without MPI."""
    return (["mpirun", "-n", ranks] if ranks > 1 else []) + [UHURU, *arguments]


def traffic(out):
    """How often ranks met, and the bytes that the first one sent."""
    return [int(found.group(1).replace(",", "")) if found else 0
            for found in (re.search(r"\bmeetings ([0-9,]+)", out),
                          re.search(r"\bbytes sent by the first ([0-9,]+)", out))]


class Iteration:
    """Seconds, meetings and bytes of an iteration: `run(iterations)` gives them for a whole run."""

    def __init__(self, run, few, more):
        first, second = (np.array(run(n)) for n in (few, more))
        self.seconds, self.meetings, self.bytes = (second - first) / (more - few)
        self.seconds = max(self.seconds, 1e-6)  # of few rows, less than what scatters


class Fits:
    """What cluster takes for one number of components, with some number of ranks."""

    def __init__(self, folder, components, ranks, times):
        def run(iterations):
            measured = Measured(
                of_ranks(ranks, "cluster", folder / "d.fits", "--out", folder / "c.fits", "--recipe",
                         recipe(folder, iterations), "--components", components, "--overwrite",
                         "--verbose"), times)
            self.rows = int(re.search(r"clustered ([0-9,]+)", measured.out)[1].replace(",", ""))
            self.stages = {stage: measured.stage(stage) for stage in STAGES}
            return [measured.stage("mixture"), *traffic(measured.out)]
        self.components, self.ranks = components, ranks
        self.threads = max(1, PROCESSORS // ranks)
        self.iteration = Iteration(run, FEW, MORE)
        # Ranks beyond the number of processors take turns.
        self.turns = max(1, ranks * self.threads / PROCESSORS)


def seconds_of_small_fit(command):
    """Runs a fit of a table so small that ranks do little but meet; see Iteration."""
    done = subprocess.run(command, shell=isinstance(command, str), capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{command} failed:\n{done.stderr}")
    return [float(re.search(r"\bmixture ([0-9.]+) s", done.stdout)[1]), *traffic(done.stdout)]


def small_fit(folder, iterations):
    return ["cluster", folder / "small.fits", "--out", folder / "small.csv", "--recipe",
            recipe(folder, iterations), "--components", 2, "--overwrite", "--verbose"]


def meetings_here(folder, iterations):
    """The cost of an iteration of a small table for each number of ranks, less that of one rank."""
    found = {}
    for ranks in RANKS:
        found[ranks] = Iteration(lambda n, ranks=ranks: seconds_of_small_fit(
            list(map(str, of_ranks(ranks, *small_fit(folder, n), "--threads", 1)))),
            5, 5 + iterations)
    return found


def meetings_over_line(folder, iterations):
    """The same for two ranks in two network namespaces, for each delay of the line between them;
    nothing where namespaces cannot be made."""
    found = {}
    for delay in DELAYS:
        test_hosts.DELAY = delay
        hosts = test_hosts.Hosts
        try:
            hosts.setUpClass()
        except unittest.SkipTest as reason:
            print(f"no line with a delay: {reason}")
            return {}
        try:
            more = max(10, min(iterations, int(1 / (delay + 0.001))))
            found[delay] = Iteration(lambda n: seconds_of_small_fit(
                hosts.on_two_hosts(None, folder, *small_fit(folder, n))), 5, 5 + more)
        finally:
            hosts.doClassCleanups()
    return found


def nonnegative_fit(terms, values):
    """Factors of the terms for the least relative squares; a negative one becomes zero."""
    kept = list(range(terms.shape[1]))
    while True:
        factors = np.zeros(terms.shape[1])
        factors[kept] = np.linalg.lstsq(terms[:, kept] / values[:, None], np.ones(len(values)),
                                        rcond=None)[0]
        if (factors >= 0).all():
            return factors
        kept.remove(int(np.argmin(factors)))


def fit_model(fits):
    """Seconds for a row, component and square of features on one processor; for a doubling of the
    ranks; for a byte: of an iteration here. Also the largest relative error."""
    terms = np.array([[rows_of_busiest(f.rows, f.ranks, f.threads) * f.turns * f.components *
                       FEATURES**2, math.log2(f.ranks),
                       bytes_of_iteration(f.rows, f.components, f.ranks)] for f in fits])
    values = np.array([f.iteration.seconds for f in fits])
    factors = nonnegative_fit(terms, values)
    return factors, max(abs(terms @ factors / values - 1))


def waits_of_iteration(over_line):
    """How many delays of the line an iteration of two ranks waits for."""
    delays = list(over_line)
    return np.polyfit(delays, [over_line[delay].seconds for delay in delays], 1)[0]


def predicted(rows, components, processors, network, work, waits):
    """Seconds of an iteration: all, and those of exchange."""
    ranks = processors // RANK_PROCESSORS
    latency, bandwidth = NETWORKS[network]
    exchange = (waits * latency * math.log2(ranks) +
                (bytes_of_iteration(rows, components, ranks) + 8 * ranks**2) / bandwidth
                ) if ranks > 1 else 0
    compute = work * rows_of_busiest(rows, ranks, RANK_PROCESSORS) * components * FEATURES**2
    return compute + exchange, exchange


def number(value):
    if value >= 10:
        return f"{value:,.0f}"
    return np.format_float_positional(value, precision=2, fractional=False, trim="-")


def table(head, lines):
    return ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head),
            *("| " + " | ".join(line) + " |" for line in lines), ""]


def table_of_fits(fits, predictions):
    head = ["K", "ranks", "threads of each", *(f"{stage}, s" for stage in STAGES),
            "an iteration, ms", "meetings", "bytes sent by the first", "by the formula",
            "`predict`, s"]
    return table(head, [[
        str(f.components), str(f.ranks), str(f.threads), *(f"{f.stages[s]:.3g}" for s in STAGES),
        f"{f.iteration.seconds * 1000:.3g}", f"{f.iteration.meetings:.0f}",
        f"{f.iteration.bytes:,.0f}", f"{bytes_of_iteration(f.rows, f.components, f.ranks):,.0f}",
        f"{predictions[f.ranks]:.3g}"] for f in fits])


def table_of_meetings(here, over_line):
    def line(what, each):
        more = 1000 * (each.seconds - here[1].seconds)
        return [what, f"{each.meetings:.0f}", f"{max(0, more):.3g}"]  # less is scatter

    lines = [line(f"{ranks} ranks here", each) for ranks, each in here.items() if ranks > 1]
    lines += [line(f"2 ranks, a line with a delay of {delay * 1000:g} ms", each)
              for delay, each in over_line.items()]
    return table(["where", "meetings of an iteration", "ms of an iteration"], lines)


def table_of_predictions(work, waits, read, write):
    """`read`, `write`: processor seconds of a row, seconds of a row."""
    head = ["rows", "K", "processors", "features of a rank, GB", "an iteration, s", "efficiency",
            *(f"exchange, {network}, s" for network in NETWORKS), "read, s",
            f"{PREDICTED_ITERATIONS} iterations, s", "write, s", "write `--parts`, s"]
    lines = []
    for rows in PREDICTED_ROWS:
        for components in COMPONENTS:
            ideal = work * rows * components * FEATURES**2
            for processors in PREDICTED_PROCESSORS:
                of_network = [predicted(rows, components, processors, network, work, waits)
                              for network in NETWORKS]
                seconds = of_network[0][0]  # the slower network
                lines.append([f"{rows:.0e}".replace("1e+09", "10⁹").replace("1e+10", "10¹⁰"),
                              str(components), f"{processors:,}",
                              number(4e-9 * FEATURES * rows * RANK_PROCESSORS / processors),
                              number(seconds),
                              f"{100 * ideal / processors / seconds:.0f} %",
                              *(number(exchange) for _, exchange in of_network),
                              number(2 * read * rows / processors),
                              number(PREDICTED_ITERATIONS * seconds),
                              number(write * rows),
                              number(write * rows * RANK_PROCESSORS / processors)])
    return table(head, lines)


def main():
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 10**7
    # So that no namespace, table or rank is left.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    where = machine()
    print(where)
    lines = [f"Measured on {time.strftime('%Y-%m-%d')}: {where}, which all ranks share. `cluster` and "
             f"`predict` of {most:,} simulated detections; stages for {MORE} iterations.", ""]
    parent = sys.argv[2] if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory(prefix="uhuru-ranks-", dir=parent) as name:
        folder = pathlib.Path(name)
        for table_name, rows in {"d": most, "small": 2000}.items():
            Measured([UHURU, "simulate", "--rows", rows, "--out", folder / f"{table_name}.fits"], 1)
        fits, predictions = [], {}
        times = max(1, min(3, 3_000_000 // most))
        for ranks in RANKS:
            predictions[ranks] = Measured(
                of_ranks(ranks, "predict", folder / "d.fits", "--model", "csc2-published", "--out",
                         folder / "c.fits", "--overwrite"), times).seconds
            fits += [Fits(folder, components, ranks, times) for components in COMPONENTS]
            print(f"{ranks} ranks: " + ", ".join(f"{f.iteration.seconds:.3g} s" for f in fits[-2:]),
                  flush=True)
        fits.sort(key=lambda f: (f.components, f.ranks))
        iterations = 1000 if most >= 10**6 else 50
        here = meetings_here(folder, iterations)
        over_line = meetings_over_line(folder, iterations)
    (work, doubling, byte), error = fit_model(fits)
    lines += table_of_fits(fits, predictions) + table_of_meetings(here, over_line)
    if over_line:
        waits = waits_of_iteration(over_line)
        lines += [f"An iteration of two ranks waits for {waits:.1f} delays of the line."]
    else:
        waits = 7.0
        lines += [f"No line with a delay could be made here: an iteration of two ranks is taken to wait "
                  f"for {waits:.1f} delays of it."]
    lines += [f"The time of an iteration here is {work * 1e9:.3g} ns for each row, component and "
              f"D² on a processor, {doubling * 1e3:.3g} ms for each doubling of the ranks, and "
              f"{byte * 1e9:.3g} ns for each byte that a rank sends, within {100 * error:.0f} %.", ""]
    alone = fits[0].stages
    read = alone["read"] * PROCESSORS / most
    write = alone["write"] - alone["read"]  # it reads again
    write = (write if write > 0 else alone["write"]) / most
    networks = ", ".join(f"{latency * 1e6:g} µs and {bandwidth / 1e9:g} GB/s ({network})"
                         for network, (latency, bandwidth) in NETWORKS.items())
    lines += [f"Predicted from these numbers, for ranks of {RANK_PROCESSORS} processors such as those of "
              f"this machine, and networks of {networks}; times and efficiency are those with "
              f"{next(iter(NETWORKS))}. No cluster has been measured yet.", "",
              *table_of_predictions(work, waits, read, write)]
    print("\n".join(lines))
    # Fewer show that it works, no more.
    if most >= 10**7:
        write_section("bench/ranks", lines, "docs/cluster.md")


if __name__ == "__main__":
    main()
