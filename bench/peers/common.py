"""What both scripts of the peers share: workloads, the clock, the memory of the process, and the report.

Import this before anything that computes: it sets the number of threads of whatever comes after.
"""

import argparse
import gc
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import time

IMPORTED = time.time()

THREADS = 2

for name in ("OMP", "MKL", "OPENBLAS"):
    os.environ[f"{name}_NUM_THREADS"] = str(THREADS)
# XLA's pools on the CPU; the name without PJRT is that of older releases.
os.environ["PJRT_NPROC"] = os.environ["NPROC"] = str(THREADS)
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

WORKLOADS = json.loads((pathlib.Path(__file__).parent.parent / "workloads.json").read_text())


NETWORKS = pathlib.Path(__file__).parent.parent / "networks"


def time_calls(workload, call):
    for _ in range(workload["warmup"]):
        call()
    times, loss = [], None
    for _ in range(workload["samples"]):
        started = time.perf_counter()
        loss = call()
        times.append((time.perf_counter() - started) * 1e3)
    return {"times": times, "loss": loss}


def time_batches(workload, prepare):
    """A new model for each batch size; small batches are measured more often."""
    curve = []
    for batch in workload["batches"]:
        often = min(16, max(1, 64 // batch))
        counts = {name: workload[name] * often for name in ("warmup", "samples")}
        each = workload | {"batch": batch} | counts
        curve.append(time_calls(each, prepare(each))["times"])
    return {"curve": curve}


def time_startup(workload, prepare):
    """Milliseconds from the start of the process, which bench/implementations.mjs says, to the end of the first call."""

    def now():
        return time.time() * 1e3 - float(os.environ.get("EVENKEEL_BENCH_SPAWNED", IMPORTED * 1e3))

    started, imported = now() - (time.time() - IMPORTED) * 1e3, now()
    call = prepare(workload)
    built = now()
    loss = call()
    total = now()
    parts = {"process": started, "import": imported - started, "model": built - imported, "run": total - built}
    return {"parts": parts | {"total": total}, "loss": loss}


def time_fit(workload, fit):
    """`fit` takes a number of epochs and gives the seconds of each, and the loss."""
    seconds, loss = fit(workload["warmup"] + workload["samples"])
    times = [second * 1e3 / workload["steps"] for second in seconds]
    return {"times": times[workload["warmup"] :], "loss": loss}


def resident():
    """MiB of this process in memory now."""
    try:
        pages = pathlib.Path("/proc/self/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20
    except FileNotFoundError:  # not Linux
        kibibytes = subprocess.run(["ps", "-o", "rss=", "-p", str(os.getpid())], check=True, capture_output=True).stdout
        return int(kibibytes) / 2**10


def peak():
    """MiB of this process in memory when there were most of them: VmHWM on Linux, which counts from the start of the program."""
    if sys.platform == "linux":
        status = pathlib.Path("/proc/self/status").read_text()
        return int(re.search(r"VmHWM:\s*(\d+)", status)[1]) / 2**10
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / 2**20 if sys.platform == "darwin" else size / 2**10


def read_memory(workload, call):
    memory, times, loss, done = [], [], None, 0
    for mark in workload["marks"]:
        before, started = done, time.perf_counter()
        while done < mark:
            loss = call()
            done += 1
        times.append((time.perf_counter() - started) * 1e3 / max(1, done - before))
        gc.collect()
        memory.append(peak() if workload.get("peak") else resident())
    return {"memory": memory, "loss": loss} | ({"times": times} if workload.get("sizes") else {})


def measure(workload, prepare):
    if workload.get("startup"):
        return time_startup(workload, prepare)
    if "batches" in workload:
        return time_batches(workload, prepare)
    call = prepare(workload)
    if "marks" in workload:
        return read_memory(workload, call)
    return time_fit(workload, call) if workload["call"] == "fit" else time_calls(workload, call)


def run(prepare, versions):
    """`prepare` takes a workload and gives the call that is timed, or `fit`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("workload", nargs="+", choices=WORKLOADS)
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    for name in args.workload:
        workload = WORKLOADS[name] | (WORKLOADS[name].get("quick", {}) if args.quick else {})
        try:
            report = measure(workload, prepare)
        except Exception as error:  # the workloads after it are measured all the same
            report = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps({"workload": name, **report, "versions": versions}), flush=True)
