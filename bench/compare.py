"""Measures uhuru and its peers side by side; bench/compare runs it."""

import json
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
UHURU = ROOT / "build/release/uhuru"
BENCH = ROOT / "build/release/bench/uhuru_bench"
PEERS = [sys.executable, "-W", "ignore", str(ROOT / "bench/compare_peers.py")]
STILTS = ["stilts", "-Xmx8g"]
# --short: the same work on few rows, once, to see that all of it still works.
SHORT = "--short" in sys.argv
SIMULATED_ROWS, PUBLISHED_ROWS, LARGE_ROWS, TABLE_ROWS, SKY_ROWS = (
    (4_000, 2_000, 4_000, 2_000, 10_000) if SHORT else
    (40_000, 29_655, 1_300_000, 200_000, 10**6))
FEATURES = 12
# For one row and component: differences, triangular product, squares; differences, weights, first
# and second moments. Exponentials are not counted.
STEP_FLOPS = (3 * FEATURES + FEATURES * (FEATURES + 1)) + (3 * FEATURES + FEATURES * (FEATURES + 1))


class Measured:
    """Seconds (the median) and peak memory of a command, and its last output."""

    def __init__(self, command, times=5):
        seconds, memory, self.of_stages = [], [], {}
        for _ in range(1 if SHORT else times):
            begin = time.perf_counter()
            process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True)
            self.out, errors = process.stdout.read(), process.stderr.read()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = status
            seconds.append(time.perf_counter() - begin)
            memory.append(usage.ru_maxrss / 1024)
            if status != 0:
                raise SystemExit(f"{' '.join(map(str, command))} failed:\n{errors}")
            for stage, value in seconds_of_stages(self.out).items():
                self.of_stages.setdefault(stage, []).append(value)
        self.seconds = statistics.median(seconds)
        self.mib = statistics.median(memory)

    def stage(self, name):
        return statistics.median(self.of_stages[name])


def seconds_of_stages(out):
    """The stages of --verbose: "times       read 0.417 s · labels 0.013 s"."""
    times = out.partition("\ntimes ")[2]
    return {name: float(value)
            for name, value in re.findall(r"([a-z][a-z-]*) ([0-9.]+) s(?= |$)", times, re.M)}


def uhuru(*arguments, times=5):
    return Measured([UHURU, *arguments], times)


def peer(work, *arguments, times=5):
    """A peer's own time for a piece of work, without the start of Python."""
    measured = Measured([*PEERS, work, *arguments], 1)
    result = json.loads(measured.out)
    for _ in range(0 if SHORT else times - 1):
        result["all"].extend(json.loads(Measured([*PEERS, work, *arguments], 1).out)["all"])
    result["seconds"] = statistics.median(result["all"])
    result["mib"] = measured.mib
    return result


def benchmark(name, env=None):
    """Real time in seconds of a case of uhuru_bench, the median of five, and its counters."""
    command = [BENCH, f"--benchmark_filter={name}", "--benchmark_format=json",
               "--benchmark_repetitions=5", "--benchmark_report_aggregates_only=true",
               *(["--benchmark_min_time=0.001"] if SHORT else [])]
    out = subprocess.run(command, env={**os.environ, **(env or {})}, capture_output=True, text=True,
                         check=True).stdout
    median = [case for case in json.loads(out)["benchmarks"]
              if case.get("aggregate_name") == "median"]
    unit = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
    return {case["run_name"]: (case["real_time"] * unit[case["time_unit"]], case)
            for case in median}


rows = []


def report(work, name, theirs, ours, goal, their_mib=None, our_mib=None, note=""):
    """One line of the table; times in seconds."""
    def time_text(seconds):
        return f"{seconds:.3g} s" if seconds >= 0.9995 else f"{seconds * 1000:.3g} ms"

    def memory_text(mib):
        return "–" if mib is None else f"{mib:,.0f} MiB"
    rows.append([work, name, time_text(theirs), time_text(ours), f"{theirs / ours:,.1f}×", goal,
                 memory_text(their_mib), memory_text(our_mib), note])
    print(" | ".join(rows[-1]), flush=True)


def same(condition, what):
    if not condition:
        raise SystemExit(f"the results differ: {what}")


def fit(folder):
    ours = uhuru("cluster", folder / "published.fits", "--out", folder / "c.fits", "--model-out",
                 folder / "m.json", "--overwrite", "--verbose")
    theirs = peer("fit", folder / "published.fits", folder / "c.fits", 6, 100, times=3)
    same(theirs["labels_differ"] == 0, "labels of the mixture")
    report(f"mixture fit, {PUBLISHED_ROWS:,} × 12, K = 6, the same labels", "scikit-learn",
           theirs["seconds"], ours.stage("k-means") + ours.stage("mixture"), "≥ 60×",
           theirs["mib"], ours.mib)


def fit_large(folder):
    most, _ = peak()
    for components, iterations in [(6, 100), (20, 5)]:
        recipe = folder / f"large{components}.toml"
        text = (ROOT / "recipes/csc2.toml").read_text()
        recipe.write_text(re.sub(r"(?m)^max_iterations = .*$", f"max_iterations = {iterations}",
                                 text))
        ours = uhuru("cluster", folder / "large.fits", "--out", folder / "c.fits", "--recipe",
                     recipe, "--components", components, "--overwrite", "--verbose", times=3)
        theirs = peer("fit", folder / "large.fits", folder / "c.fits", components, iterations,
                      times=1)
        count = int(re.search(r"iterations (\d+)", ours.out).group(1))
        gflops = count * LARGE_ROWS * components * STEP_FLOPS / ours.stage("mixture") / 1e9
        what = "" if iterations == 100 else f", the first {iterations} iterations"
        report(f"mixture fit, {LARGE_ROWS:,} × 12, K = {components}{what}", "scikit-learn (once)",
               theirs["seconds"], ours.stage("k-means") + ours.stage("mixture"), "≥ 40×",
               theirs["mib"], ours.mib,
               f"{theirs['labels_differ']} labels differ; EM {gflops:.0f} GFLOP/s, "
               f"{100 * gflops / most:.0f} % of the peak of {most:.0f}")


def silhouette(folder):
    ours = uhuru("select", folder / "published.fits", "--from", 6, "--to", 6, "--starts", 1,
                 "--out", folder / "s.csv", "--overwrite", "--verbose")
    theirs = peer("silhouette", folder / "published.fits", folder / "s.csv", times=1)
    same(theirs["difference"] < 1e-9, f"silhouettes, by {theirs['difference']}")
    report(f"silhouette, {PUBLISHED_ROWS:,} × 12", "scikit-learn (once)", theirs["seconds"],
           ours.stage("silhouettes"), "≥ 50×", theirs["mib"], ours.mib,
           f"equal within {theirs['difference']:.0e}")


def select(folder):
    ours = uhuru("select", folder / "published.fits", "--quiet", times=1)
    theirs = peer("select", folder / "published.fits", times=1)
    report("choice of K = 1 … 20, 10 starts, BIC and silhouette", "scikit-learn (estimated)",
           theirs["seconds"], ours.seconds, "≤ 90 s", theirs["mib"], ours.mib,
           "peer from one start at K = 2, 8, 14, 20 and one silhouette")


def run(folder):
    ours = uhuru("run", "--detections", folder / "d.vot", "--labels", folder / "l.csv", "--out",
                 folder / "run", "--overwrite", "--quiet")
    theirs = Measured([*PEERS, "run", folder / "d.vot", folder / "l.csv", folder / "theirs"], 1)
    report(f"whole run, {SIMULATED_ROWS:,} detections, three quarters of them complete", "the published method in Python (once)",
           theirs.seconds, ours.seconds, "≤ 0.25 s, ≤ 150 MiB", theirs.mib, ours.mib,
           "whole processes")


def classes(folder):
    ours = uhuru("run", "--detections", folder / "d.vot", "--labels", folder / "l.csv", "--out",
                 folder / "run", "--overwrite", "--verbose")
    theirs = peer("classes", folder / "run", times=1)
    report(f"class probabilities of {SIMULATED_ROWS:,} detections", "numpy, N × N (once)", theirs["seconds"],
           ours.stage("learn") + ours.stage("probabilities"), "≥ 500×", theirs["mib"], ours.mib,
           "both including learning the classes")


def read(folder):
    peer("make-table", folder / "t.fits", TABLE_ROWS, times=1)
    files = {"VOTable TABLEDATA": "t.vot", "VOTable BINARY2": "t2.vot", "CSV": "t.csv",
             "FITS": "t.fits"}
    uhuru("convert", folder / "t.fits", "--out", folder / "t.vot", times=1)
    uhuru("convert", folder / "t.fits", "--out", folder / "t2.vot", "--format", "votable-binary2",
          times=1)
    uhuru("convert", folder / "t.fits", "--out", folder / "t.csv", times=1)
    for name, file in files.items():
        path = folder / file
        size = f"{path.stat().st_size / 1e6:.0f} MB"
        table, _ = benchmark("^read_file", {"UHURU_BENCH_FILE": str(path)}).popitem()[1]
        show = uhuru("show", path)
        goals = ("≥ 20×", "≥ 8×") if file == "t.vot" else ("≥ 4×", "≥ 4×")
        theirs = peer("read", path, TABLE_ROWS, times=5 if file != "t.vot" else 3)
        report(f"read {name}, {size}, {TABLE_ROWS:,} × 20, into a table", "astropy", theirs["seconds"],
               table, goals[0], theirs["mib"], show.mib)
        form = {".vot": "votable", ".csv": "csv", ".fits": "fits"}[path.suffix]
        stilts = Measured([*STILTS, "tpipe", f"in={path}", f"ifmt={form}", "cmd=cache",
                           "omode=count"])
        report(f"read {name}, whole process", "stilts, into its cache", stilts.seconds, show.seconds,
               goals[1], stilts.mib, show.mib, "uhuru: show, which reads every cell")


def crossmatch(folder):
    peer("make-sky", folder / "a.fits", folder / "b.fits", SKY_ROWS, times=1)
    ours = uhuru("crossmatch", folder / "a.fits", folder / "b.fits", "--radius", 1, "--out",
                 folder / "x.fits", "--overwrite", "--verbose")
    theirs = peer("crossmatch", folder / "a.fits", folder / "b.fits", folder / "x.fits", times=3)
    same(theirs["pairs_differ"] == 0, "pairs of the cross-match")
    report(f"cross-match {SKY_ROWS:,} × {SKY_ROWS:,}, 1 arcsec, best: the search", "astropy", theirs["seconds"],
           ours.stage("search"), "≥ 10×", theirs["mib"], ours.mib, "the same pairs")
    stilts = Measured([*STILTS, "tmatch2", "matcher=sky", "params=1", "find=best1", "join=all1",
                       f"in1={folder / 'a.fits'}", f"in2={folder / 'b.fits'}", "values1=ra dec",
                       "values2=ra dec", "progress=none", "ofmt=fits", f"out={folder / 'y.fits'}"],
                      3)
    report(f"cross-match {SKY_ROWS:,} × {SKY_ROWS:,}, whole process, FITS to FITS", "stilts", stilts.seconds,
           ours.seconds, "≥ 20×", stilts.mib, ours.mib)


def peak():
    """GFLOP/s of multiply-adds on all processors together, and the instruction set."""
    _, case = max(benchmark("^peak").items())[1]
    return case["FLOP/s"] / 1e9, case["label"]


def machine():
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    most, instructions = peak()
    return (f"{cpu.group(1) if cpu else platform.machine()}, {os.cpu_count()} processors, "
            f"instruction set {instructions}, measured peak {most:.0f} GFLOP/s in "
            f"double")


def write_section(script, lines, document="docs/performance.md"):
    """Inserts lines into a document between the script's markers."""
    page = ROOT / document
    begin, end = f"<!-- {script} writes from here -->\n", "<!-- to here -->"
    head, rest = page.read_text().split(begin)
    page.write_text(head + begin + "\n".join(lines) + "\n" + end + rest.split(end, 1)[1])
    print(f"written to {page.relative_to(ROOT)}")


def prepare(folder):
    """Simulated detections: a VOTable, and complete ones as exact numbers in FITS."""
    uhuru("simulate", "--rows", SIMULATED_ROWS, "--out", folder / "d.vot", "--labels-out", folder / "l.csv",
          "--quiet", times=1)
    peer("complete", folder / "d.vot", folder / "published.fits", PUBLISHED_ROWS, times=1)


PARTS = {"fit": fit, "fit-large": fit_large, "silhouette": silhouette, "select": select, "run": run,
         "classes": classes, "read": read, "crossmatch": crossmatch}
HEAD = ["work", "peer", "peer's time", "uhuru's time", "ratio", "goal", "peer's memory",
        "uhuru's memory", "remark"]


def main():
    named = [name for name in sys.argv[1:] if name != "--short"]
    wanted = named or list(PARTS)
    for name in wanted:
        if name not in PARTS:
            raise SystemExit(f"no part {name!r}; there are: {', '.join(PARTS)}")
    with tempfile.TemporaryDirectory(prefix="uhuru-compare-") as folder:
        folder = pathlib.Path(folder)
        where = machine()
        print(where)
        prepare(folder)
        if "fit-large" in wanted:
            uhuru("simulate", "--rows", LARGE_ROWS * 14 // 10, "--seed", 7, "--out",
                  folder / "l.fits", "--quiet", times=1)
            peer("complete", folder / "l.fits", folder / "large.fits", LARGE_ROWS, times=1)
            (folder / "l.fits").unlink()
        for name in wanted:
            PARTS[name](folder)
    if named or SHORT:
        return
    lines = [f"Measured on {time.strftime('%Y-%m-%d')}: {where}.", "",
             "| " + " | ".join(HEAD) + " |", "|" + " --- |" * len(HEAD),
             *("| " + " | ".join(row) + " |" for row in rows)]
    write_section("bench/compare", lines)


if __name__ == "__main__":
    main()
