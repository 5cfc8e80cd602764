# SPDX-License-Identifier: BSD-3-Clause
"""The workloads: our own programs, and real ones on generated input."""

import dataclasses
import os
import shutil
import sys

import inputs


@dataclasses.dataclass(frozen=True)
class Workload:
    name: str
    kind: str                 # synthetic, real; extra: not in the means
    argv: list
    environment: dict = dataclasses.field(default_factory=dict)
    stdin: str = os.devnull
    client: object = None     # called while argv runs; returns the wall time


# Suffix of a workload's name: the same workload, with one thread.
ONE_THREAD = "-1"

# Name, arguments after the scale, kind.
PROGRAMS = [
    ("burst", [], "synthetic"),
    ("cache-scratch", [], "synthetic"),
    ("cache-thrash", [], "synthetic"),
    ("cfrac", [], "synthetic"),
    ("drift", [], "synthetic"),
    ("grow", [], "synthetic"),
    ("large", [], "synthetic"),
    ("larson", [], "synthetic"),
    ("mid", ["2"], "synthetic"),
    ("mstress", [], "synthetic"),
    ("repeat", [], "synthetic"),
    ("sparse", [], "synthetic"),
    ("storm", [], "synthetic"),
    ("tables", [], "synthetic"),
    ("threadtest", ["2"], "synthetic"),
    ("xmalloc", [], "synthetic"),
    # For the target on returned memory, and for scaling.
    ("burst-idle", ["1", "idle"], "extra"),
    ("threadtest-1", ["1"], "extra"),
    ("mid-1", ["1"], "extra"),
    ("first-touch", ["2"], "extra"),
    ("first-touch-1", ["1"], "extra"),
    ("spin", ["2"], "extra"),
    ("spin-1", ["1"], "extra"),
]


def synthetic(builddir, scale):
    for name, arguments, kind in PROGRAMS:
        program = name.removesuffix("-idle").removesuffix(ONE_THREAD)
        path = os.path.join(builddir, "bench", program)
        yield Workload(name, kind, [path, str(scale), *arguments])


def real(directory, scale):
    """The real programs of this machine; writes their input files to directory."""
    def written(name, text):
        path = os.path.join(directory, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        return path

    def found(*names):
        return next(filter(None, map(shutil.which, names)), None)

    for name, part in ("clang", 0.3), ("gcc", 1):
        if path := found(name):
            source = written(f"{name}.c", inputs.c_source(part * scale))
            yield Workload(name, "real", [path, "-O1", "-S", "-o", os.devnull,
                                          source])
    if path := found("git"):
        yield Workload("git", "real",
                       [path, "-C", inputs.repository(directory, scale),
                        "log", "-p", "--stat", "main"])
    if path := found("jq"):
        yield Workload("jq", "real", [path, inputs.JQ_PROGRAM,
                                      written("rows.json",
                                              inputs.json_rows(scale))])
    if path := found("lua5.4", "lua"):
        yield Workload("lua", "real",
                       [path, written("trees.lua", inputs.lua(scale))])
    if path := found("perl"):
        yield Workload("perl", "real",
                       [path, written("words.pl", inputs.perl(scale))],
                       {"PERL_HASH_SEED": "0"})
    # Not by its name: the one in PATH may be a shell script.
    yield Workload("python3", "real",
                   [os.path.realpath(sys.executable), "-S",
                    written("records.py", inputs.python(scale))],
                   {"PYTHONMALLOC": "malloc", "PYTHONHASHSEED": "0"})
    if found("redis-server") and found("redis-benchmark"):
        yield inputs.redis(directory, scale, Workload)
    if path := found("ruby"):
        yield Workload("ruby", "real",
                       [path, written("records.rb", inputs.ruby(scale))])
    if path := found("sqlite3"):
        yield Workload("sqlite3", "real", [path, ":memory:"],
                       stdin=written("rows.sql", inputs.sql(scale)))
    if path := found("z3"):
        yield Workload("z3", "real",
                       [path, written("products.smt2", inputs.smt(scale))])
