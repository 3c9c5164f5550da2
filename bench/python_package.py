"""Times of the Python package beside the core alone, scikit-learn and astropy: see bench/python."""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
from astropy.table import QTable
from sklearn.mixture import GaussianMixture

import uhuru

ROOT = pathlib.Path(__file__).resolve().parents[1]
BENCH = ROOT / "build/release/bench/uhuru_bench"
JOBS = len(os.sched_getaffinity(0))
# --short: the same work on few rows, once, to see that all of it still works.
SHORT = "--short" in sys.argv
FIT_ROWS = ((1_000, 1), (2_000, 1)) if SHORT else ((29_655, 5), (1_000_000, 1))


def timed(work, times=5):
    """The median time of a call, in seconds."""
    seconds = []
    for _ in range(1 if SHORT else times):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def duration(seconds):
    return f"{seconds:.2f} s" if seconds >= 1 else f"{1000 * seconds:.1f} ms"


def row(what, peer, peer_seconds, seconds, goal):
    ratio = peer_seconds / seconds
    shown = f"{seconds / peer_seconds:.2f} × its time" if peer == "the core alone" else f"{ratio:.1f}×"
    print(f"| {what} | {peer} | {duration(peer_seconds)} | {duration(seconds)} | {shown} | {goal} |", flush=True)


def predict():
    """10⁶ rows from an array; the core alone is the C++ benchmark with as many threads."""
    model = uhuru.load_model("csc2-published")
    uniform = np.random.RandomState(1).uniform(size=(1_000_000, 12))
    detections = uhuru.simulate(2000)[0]
    medians = np.nanmedian(uhuru.features(detections), axis=0)
    X = medians * (1 + 0.1 * uniform)
    for jobs in sorted({1, JOBS}):
        out = subprocess.check_output(
            [BENCH, f"--benchmark_filter=predict_rows/rows:1000000/threads:{jobs}/",
             "--benchmark_format=json", "--benchmark_repetitions=5"], stderr=subprocess.DEVNULL)
        core = next(one["real_time"] / 1000 for one in json.loads(out)["benchmarks"]
                    if one.get("aggregate_name") == "median")
        ours = timed(lambda: model.predict_proba(X, n_jobs=jobs, progress=False))
        row(f"predict_proba, 10⁶ × 12, {jobs} threads", "the core alone", core, ours, "≤ 1.1 × its time")


def fit():
    """As many rows as the published method has, and many."""
    model = uhuru.load_model("csc2-published")
    for rows, times in FIT_ROWS:
        X = uhuru.features(uhuru.simulate(rows * 15 // 10, progress=False)[0])
        X = np.ascontiguousarray(model.core.scale(X[~np.isnan(X).any(axis=1)])[:rows])
        assert len(X) == rows
        ours = uhuru.GaussianMixture(6, random_state=42, n_jobs=JOBS, progress=False)
        peer = GaussianMixture(6, random_state=42)
        seconds, peers = timed(lambda: ours.fit(X)), timed(lambda: peer.fit(X), times)
        assert np.allclose(ours.means_, peer.means_, atol=1e-6), "not the same mixture"
        row(f"GaussianMixture.fit, {rows:,} × 12, K = 6, {JOBS} threads", "scikit-learn", peers, seconds, "≥ 40×")


def read():
    with tempfile.TemporaryDirectory(prefix="uhuru-bench-") as folder:
        rows = 1_000 if SHORT else 100_000
        table = uhuru.simulate(rows)[0]
        for name, theirs in (("votable", "votable"), ("votable-binary2", "votable"), ("fits", "fits"),
                             ("ecsv", "ascii.ecsv"), ("csv", "ascii.csv")):
            path = os.path.join(folder, "table")
            uhuru.write(table, path, format=name, overwrite=True)
            seconds = timed(lambda: uhuru.read(path, progress=False))
            peers = timed(lambda: QTable.read(path, format=theirs), 3)
            goal = "≥ 10×" if name == "votable" else ""
            row(f"read a QTable, {name}, {rows:,} rows", "astropy", peers, seconds, goal)


def memory():
    """The growth of the peak of the memory, for a million rows of 12 float64 (92 MiB)."""
    rows = 10_000 if SHORT else 1_000_000
    setup = (
        "import numpy as np, uhuru\n"
        "model = uhuru.load_model('csc2-published')\n"
        "X = 0.5 + np.random.RandomState(0).normal(0, 0.01, (ROWS, 12))\n"
        "model.predict_proba(X[:10]); uhuru.GaussianMixture(2, random_state=0).fit(X[:1000])\n"
        "from sklearn.mixture import GaussianMixture\n"
        "open('/proc/self/clear_refs', 'w').write('5')\n"
        "def peak(): return next(int(l.split()[1]) for l in open('/proc/self/status') if 'VmHWM' in l)\n"
        "before = peak()\n{}\nprint((peak() - before) // 1024)")
    for what, code in (("predict_proba (its result: 92 MiB)", "P = model.predict_proba(X)"),
                       ("GaussianMixture.fit, K = 6", "uhuru.GaussianMixture(6, random_state=0).fit(X)"),
                       ("scikit-learn's GaussianMixture.fit, K = 6, 5 iterations",
                        "GaussianMixture(6, random_state=0, max_iter=5).fit(X)")):
        grown = subprocess.check_output([sys.executable, "-W", "ignore", "-c", setup.replace("ROWS", str(rows)).format(code)], text=True)
        print(f"| {what} | memory grows by {grown.strip()} MiB |", flush=True)


if __name__ == "__main__":
    print("| work | peer | its time | uhuru | ratio | goal |\n|---|---|---|---|---|---|")
    named = [name for name in sys.argv[1:] if name != "--short"]
    for part in (predict, fit, read, memory):
        if not named or part.__name__ in named:
            part()
