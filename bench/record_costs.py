#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""record_costs.py BUILD [RUNS]: what vmmalloc record costs.

Prints, for programs of bench/ and for python3, the processor time of vmmalloc
run and the ratios of that of vmmalloc record to it. Each time is the least of
RUNS runs (3); the runs are interleaved. BUILD is a directory in which make and
make bench/cfrac bench/larson have been run.
"""

import os
import resource
import subprocess
import sys
import tempfile

WAYS = {
    "run": None,
    "record": [],
    "--stacks": ["--stacks"],
    "--sample=512K": ["--sample=512K"],
    "both": ["--sample=512K", "--stacks"],
}
JSON = "import json\nfor i in range(100000): json.loads(json.dumps({i: [i] * 30}))"


def processor_time(command):
    """Seconds of the command and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime -
            before.ru_stime)


def measure(build, program, runs, trace):
    """The least time of each way."""
    best = {}
    for _ in range(runs):
        for way, options in WAYS.items():
            command = [os.path.join(build, "vmmalloc")]
            command += (["run"] if options is None else
                        ["record", "-o", trace] + options)
            time = processor_time(command + ["--"] + program)
            best[way] = min(time, best.get(way, time))
    return best


def main():
    build = sys.argv[1]
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    programs = {
        "cfrac": [os.path.join(build, "bench/cfrac"), "0.2"],
        "larson": [os.path.join(build, "bench/larson"), "0.3"],
        "python3": [sys.executable, "-c", JSON],
    }
    print("| program | run, s |", " | ".join(list(WAYS)[1:]), "|")
    print("| --- |" + " ---: |" * len(WAYS))
    with tempfile.TemporaryDirectory() as scratch:
        for name, program in programs.items():
            best = measure(build, program, runs, os.path.join(scratch, "t"))
            print(f"| {name} | {best['run']:.2f} |", " | ".join(
                f"{best[way] / best['run']:.2f}" for way in list(WAYS)[1:]),
                "|", flush=True)


main()
