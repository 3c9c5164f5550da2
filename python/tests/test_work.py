"""Long work: threads, the GIL, Ctrl-C, memory, fork, partitions."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import uhuru


@pytest.fixture(scope="module")
def model() -> uhuru.Model:
    return uhuru.load_model("csc2-published")


@pytest.fixture(scope="module")
def X() -> Any:
    detections = uhuru.simulate(2000)[0]
    return np.tile(uhuru.features(detections), (100, 1))


@pytest.mark.parametrize("dtype", ["f8", "f4", ">f8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_of_any_order(model: uhuru.Model, X: Any, dtype: str, order: str) -> None:
    some = X[:70000]  # more than are converted at a time
    array = np.asarray(some, dtype=dtype, order=order)
    expected = model.predict_proba(np.ascontiguousarray(array, "f8"))
    assert np.array_equal(model.predict_proba(array), expected)
    assert np.array_equal(model.predict_proba(array[::2]), expected[::2])
    assert np.array_equal(model.predict_proba(array.tolist()[:100]), expected[:100])
    for jobs in (1, 2, 3, -1):
        assert np.array_equal(model.predict_proba(array, n_jobs=jobs), expected)


def test_wrong_arrays(model: uhuru.Model) -> None:
    with pytest.raises(ValueError, match="another number of features.*12.*3"):
        model.predict_proba(np.zeros((5, 3)))
    with pytest.raises(ValueError, match="two dimensions"):
        model.predict_proba(np.zeros(12))
    assert model.predict_proba(np.zeros((0, 12))).shape == (0, 10)
    assert model.predict_proba(np.full((2, 12), np.nan)).sum() == 0


def test_other_threads_go_on(model: uhuru.Model, X: Any) -> None:
    """The GIL is free while C++ works."""
    ticks = 0
    done = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not done.wait(0.001):
            ticks += 1

    thread = threading.Thread(target=tick)
    thread.start()
    before = ticks
    model.predict_proba(X, n_jobs=1)  # takes some tenths of a second
    during = ticks - before
    done.set()
    thread.join()
    assert during > 10


def test_several_threads_at_once(model: uhuru.Model, X: Any) -> None:
    expected = model.predict_proba(X[:5000])
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: model.predict_proba(X[:5000], n_jobs=2), range(32)))
    assert all(np.array_equal(result, expected) for result in results)


def test_after_fork(model: uhuru.Model, X: Any) -> None:
    expected = model.predict_proba(X[:5000], n_jobs=2)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        same = np.array_equal(model.predict_proba(X[:5000], n_jobs=2), expected)
        os.write(write, b"1" if same else b"0")
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 1) == b"1"
    os.close(read)
    os.close(write)


INTERRUPTED = {
    "mixture": "uhuru.GaussianMixture(30, n_init=1000, tol=0, random_state=1).fit(X)",
    "predict": "while True: model.predict_proba(X)",
    "bayes": "while True: uhuru.Classifier('csc2', method='bayes', random_state=1).fit(X, y)",
    "run": "while True: uhuru.run(det, y, method='bayes', out='out', overwrite=True)",
    "validate": "uhuru.validate(det, y, method='bayes', repeats=1000)",
}


@pytest.mark.parametrize("what", INTERRUPTED)
def test_ctrl_c_stops(what: str, tmp_path: Path) -> None:
    # A shell starts what runs in the background with signals ignored.
    work = textwrap.dedent(f"""
        import signal, numpy as np, uhuru
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.alarm(60)
        det, lab = uhuru.simulate(20000)
        y = uhuru.crossmatch(det, lab)["main_type"]
        model = uhuru.load_model("csc2-published")
        X = uhuru.features(det)
        {"X = X[~np.isnan(X).any(axis=1)]" if what == "mixture" else ""}
        print("ready", flush=True)
        try:
            {INTERRUPTED[what]}
        except KeyboardInterrupt:
            print("stopped", flush=True)
    """)
    with subprocess.Popen([sys.executable, "-W", "ignore", "-c", work], stdout=subprocess.PIPE,
                          text=True, cwd=tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(1.5)
        start = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "stopped\n"
        taken = time.monotonic() - start
    # A second is promised; but a machine may be busy, and none of these would end by itself.
    assert taken < 10, taken
    assert not list(tmp_path.glob(".*")), "something unfinished was left"


def peak_growth(code: str) -> float:
    """By how many bytes the peak of a process's memory grows while `code` runs."""
    script = textwrap.dedent("""
        import numpy as np, resource, uhuru
        from uhuru import _core
        model = uhuru.load_model("csc2-published")
        rows = 1_000_000
        X = np.full((rows, 12), 0.5)
        X += np.random.RandomState(0).normal(0, 0.01, X.shape)
        {setup}
        def peak():
            return int([l for l in open("/proc/self/status") if l.startswith("VmHWM")][0].split()[1])
        open("/proc/self/clear_refs", "w").write("5")
        before = peak()
        {code}
        print((peak() - before) * 1024)
    """)
    setup = "model.predict_proba(X[:10]); uhuru.GaussianMixture(2, random_state=0).fit(X[:1000])"
    done = subprocess.run([sys.executable, "-c", script.format(setup=setup, code=code)],
                          capture_output=True, text=True, check=True)
    return float(done.stdout)


@pytest.mark.skipif(not os.access("/proc/self/clear_refs", os.W_OK), reason="needs Linux's /proc")
def test_arrays_are_not_copied() -> None:
    size = 1_000_000 * 12 * 8
    result = 1_000_000 * (10 * 8 + 3 * 4)  # probabilities, class, cluster, missing
    # What the core returns has optional classes and clusters, and vectors that grow.
    assert peak_growth("P = model.predict_proba(X)") < result + 0.6 * size
    labels = 1_000_000 * (2 * 4 + 8)
    assert peak_growth("uhuru.GaussianMixture(2, random_state=0).fit(X)") < labels + 0.6 * size


def test_partitions_give_the_same(model: uhuru.Model, X: Any) -> None:
    da = pytest.importorskip("dask.array")
    some = X[:10000]
    whole = model.predict_proba(some)
    parts = da.from_array(some, chunks=(1500, 12)).map_blocks(
        model.predict_proba, dtype="f8", chunks=((1500,) * 6 + (1000,), (10,)))
    assert np.array_equal(parts.compute(), whole)


def test_partitions_of_data_frames_give_the_same(model: uhuru.Model) -> None:
    dd = pytest.importorskip("dask.dataframe")
    detections, counterparts = uhuru.simulate(3000)
    frame = detections.to_pandas()
    objects = counterparts.to_pandas()

    def classes(part: Any) -> Any:
        found = model.predict_table(part, n_jobs=1).to_pandas()
        found.index = part.index
        return found

    def matches(part: Any) -> Any:
        found = uhuru.crossmatch(part, objects, n_jobs=1).to_pandas()
        found.index = part.index
        return found[["name", "main_type", "separation_arcsec"]]

    for function in (classes, matches):
        whole = function(frame)
        parts = dd.from_pandas(frame, npartitions=7).map_partitions(
            function, meta=function(frame[:10]).iloc[:0]).compute(scheduler="threads")
        assert len(whole) == len(parts)
        for name in whole.columns:
            one, other = whole[name], parts[name]
            assert ((one == other) | (one.isna() & other.isna())).all(), name


def test_pickle(model: uhuru.Model, X: Any) -> None:
    copy = pickle.loads(pickle.dumps(model))
    assert np.array_equal(copy.predict_proba(X[:1000]), model.predict_proba(X[:1000]))
    assert copy.name == model.name


def run_apart(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    script = textwrap.dedent(code)
    return subprocess.run([sys.executable, "-W", "ignore", "-c", script], cwd=folder, text=True,
                          capture_output=True, timeout=120)


SERVED = """
    import gc, os, sys, threading, uhuru
    det, lab = uhuru.simulate(3000)
    y = uhuru.crossmatch(det, lab)["main_type"]
    uhuru.run(det, y, out="result")
    server = uhuru.serve("result")
"""


def test_python_can_end_while_a_thread_works(tmp_path: Path) -> None:
    done = run_apart("""
        import threading, time, uhuru
        det = uhuru.simulate(5000)[0]
        model = uhuru.load_model("csc2-published")
        def work():
            while True: model.predict_table(det)
        threading.Thread(target=work, daemon=True).start()
        time.sleep(0.5)
    """, tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("end", ["", "del server; gc.collect()", "sys.exit(0)"])
def test_a_server_may_be_left_open(end: str, tmp_path: Path) -> None:
    done = run_apart(SERVED + f"    {end}", tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_server_is_closed_once(tmp_path: Path) -> None:
    done = run_apart(SERVED + """
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        other = uhuru.serve("result")
        threads = [threading.Thread(target=other.close) for _ in range(8)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        assert not other.running
    assert server.running and len(os.listdir("/proc/self/fd")) <= before + 2
    print(repr(other))
    """, tmp_path)
    assert done.returncode == 0 and "closed" in done.stdout, done.stderr


def test_a_server_belongs_to_its_process(tmp_path: Path) -> None:
    done = run_apart(SERVED + """
    child = os.fork()
    if child == 0:
        assert not server.running
        server.close()
        del server
        gc.collect()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert server.running
    """, tmp_path)
    assert done.returncode == 0, done.stderr
