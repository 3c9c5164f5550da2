"""How time and memory grow with the number of detections; bench/scale runs it."""

import math
import pathlib
import re
import sys
import tempfile
import time

from compare import ROOT, UHURU, Measured, machine, seconds_of_stages, write_section

ITERATIONS = 10
TASKS = ["simulate", "cluster", "predict"]
STAGES = ["simulate", "read", "k-means", "mixture", "labels", "write", "predict"]


def measure(rows, folder):
    """Seconds of each stage, MiB of each command, number of clustered detections."""
    recipe = folder / "scale.toml"
    text = (ROOT / "recipes/csc2.toml").read_text()
    text = re.sub(r"(?m)^max_iterations = .*$", f"max_iterations = {ITERATIONS}", text)
    recipe.write_text(re.sub(r"(?m)^tolerance = .*$", "tolerance = 0", text))
    detections, clusters, classes = (folder / f"{name}.fits" for name in "dcp")
    # Small sizes are repeated: their times scatter.
    times = max(1, min(7, 3_000_000 // rows))
    simulate = Measured([UHURU, "simulate", "--rows", rows, "--out", detections, "--overwrite"],
                        times)
    cluster = Measured([UHURU, "cluster", detections, "--out", clusters, "--recipe", recipe,
                        "--overwrite", "--verbose"], times)
    clustered = int(re.search(r"clustered ([0-9,]+)", cluster.out).group(1).replace(",", ""))
    clusters.unlink()
    predict = Measured([UHURU, "predict", detections, "--model", "csc2-published", "--out", classes,
                        "--overwrite"], times)
    classes.unlink()
    detections.unlink()
    seconds = {stage: cluster.stage(stage) for stage in seconds_of_stages(cluster.out)}
    seconds.update(simulate=simulate.seconds, predict=predict.seconds)
    return seconds, [task.mib for task in (simulate, cluster, predict)], clustered


def slope(sizes, seconds):
    """Of the logarithms, by least squares."""
    x, y = [math.log(n) for n in sizes], [math.log(s) for s in seconds]
    mx, my = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mx) * (b - my) for a, b in zip(x, y)) / sum((a - mx) ** 2 for a in x)


def main():
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 10**7
    if most < 10**5:
        sys.exit("at least 100000 detections, for a slope")
    # Less than 10⁷ shows that it works, no more.
    sizes = [10**p for p in range(5 if most >= 10**7 else 3, 12) if 10**p <= most]
    where = machine()
    print(where)
    lines = [f"Measured on {time.strftime('%Y-%m-%d')}: {where}. Ten iterations of the mixture.", "",
             "| detections | clustered | " + " | ".join(f"{s}, s" for s in STAGES) + " | " +
             " | ".join(f"{t}, MiB" for t in TASKS) + " |",
             "|" + " --- |" * (2 + len(STAGES) + len(TASKS))]
    found = []
    parent = sys.argv[2] if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory(prefix="uhuru-scale-", dir=parent) as folder:
        for rows in sizes:
            seconds, memory, clustered = measure(rows, pathlib.Path(folder))
            found.append(seconds)
            lines.append(f"| {rows:,} | {clustered:,} | " +
                         " | ".join(f"{seconds[stage]:.3g}" for stage in STAGES) + " | " +
                         " | ".join(f"{mib:,.0f}" for mib in memory) + " |")
            print(lines[-1], flush=True)
    lines.append(f"| slope from {sizes[1]:,} on | | " + " | ".join(
        f"{slope(sizes[1:], [seconds[stage] for seconds in found[1:]]):.2f}" for stage in STAGES) +
        " |" + " |" * len(TASKS))
    print(lines[-1])
    if most >= 10**7:
        write_section("bench/scale", lines)


if __name__ == "__main__":
    main()
