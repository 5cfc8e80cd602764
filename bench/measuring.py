# SPDX-License-Identifier: BSD-3-Clause
"""Allocators, and one run of one workload under one of them."""

import dataclasses
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

# The distribution's allocators. glibc is preloaded too, so that it also takes
# precedence over an allocator that a program (redis-server) is linked with.
DISTRIBUTION = {
    "glibc": "libc.so.6",
    "libjemalloc": "libjemalloc.so.2",
    "libtcmalloc": "libtcmalloc_minimal.so.4",
    "libmimalloc": "libmimalloc.so.2.0",
}
BACKENDS = ["native", "jemalloc", "tcmalloc"]


TIMEOUT = 600  # seconds, for one run


def end(process):
    """Kills what is left of a run: the command and all that it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@dataclasses.dataclass(frozen=True)
class Allocator:
    name: str
    library: str              # what is preloaded
    is_peer: bool             # in plain memory, and not our own
    environment: dict


@dataclasses.dataclass
class Run:
    workload: str
    kind: str
    allocator: str
    round: int
    status: int = -1
    wall: float = 0           # seconds
    user: float = 0
    sys: float = 0
    peak: int = 0             # KiB
    pool_peak: int = 0        # KiB committed in the pool; 0 without a pool
    minor: int = 0            # page faults
    major: int = 0
    metrics: str = ""         # what the program printed: NAME=VALUE ...


def backend_of(name):
    """The backend of NAME or NAME@PLACE; None if it is no backend."""
    backend = name.partition("@")[0]
    return backend if backend in BACKENDS else None


def find_allocators(names, peers, backend_path, library):
    """The allocators that were found, and the names of those that were not."""
    found, missing = [], []
    for name in names:
        if backend := backend_of(name):
            there = os.path.exists(os.path.join(backend_path, backend + ".so"))
            environment = {"VMMALLOC_BACKEND": backend,
                           "VMMALLOC_BACKEND_PATH": backend_path}
            if place := name.partition("@")[2]:
                environment["VMMALLOC_POOL_DIR"] = place
            allocator = Allocator(name, library, False, environment)
        else:
            path = peers.get(name) or DISTRIBUTION[name]
            # The dynamic linker looks up a bare name; whose_malloc checks it.
            there = "/" not in path or os.path.exists(path)
            allocator = Allocator(name, path, True, {})
        if there:
            found.append(allocator)
        else:
            missing.append(name)
    return found, missing


def in_turn(there, number):
    """
    The order of a round. Over n rounds of n allocators, or 2 n if n is odd,
    each follows each other one equally often: what one leaves behind then
    affects all alike. The same as whose_turn() of cli/compare/comparison.c; after E. J.
    Williams, "Experimental designs balanced for the estimation of residual
    effects of treatments", Australian Journal of Scientific Research A 2, 1949.
    """
    count = len(there)
    order = [(number + ((k + 1) // 2 if k % 2 else -k // 2)) % count
             for k in range(count)]
    if count % 2 and number // count % 2:
        order.reverse()
    return [there[who] for who in order]


def copied(allocator, directory):
    """
    The same allocator, from copies of its files in directory. The physical pages
    that hold the code can change the speed by more than allocators differ, and
    they stay the same while a file is in memory. New copies for each run
    randomise them, so that the median is meaningful. After C. Curtsinger and
    E. D. Berger, "STABILIZER: Statistically Sound Performance Evaluation",
    ASPLOS 2013.
    """
    environment = dict(allocator.environment)
    backends = environment.get("VMMALLOC_BACKEND_PATH")
    if backends:
        shutil.copy(os.path.join(
            backends, environment["VMMALLOC_BACKEND"] + ".so"), directory)
        environment["VMMALLOC_BACKEND_PATH"] = directory
    return dataclasses.replace(
        allocator, library=shutil.copy(allocator.library, directory),
        environment=environment)


class Bench:
    """The paths of the programs and the settings of every run."""

    def __init__(self, builddir, directory, pool_dir, pool_size, warm=1024):
        self.builddir = builddir
        self.warm = warm      # MiB of huge pages to touch before each run
        self.directory = directory
        self.environment = {
            name: value for name, value in os.environ.items()
            if not name.startswith(("LD_", "VMMALLOC_", "MALLOC_", "PYTHON"))}
        self.pool = {"VMMALLOC_POOL_DIR": pool_dir,
                     "VMMALLOC_POOL_SIZE": pool_size}

    def settings(self, allocator):
        return {"LD_PRELOAD": allocator.library, **self.pool,
                **allocator.environment}

    def whose_malloc(self, allocator):
        """The file that malloc really comes from, and the output on stderr."""
        environment = {**self.environment, **self.settings(allocator)}
        done = subprocess.run([os.path.join(self.builddir, "bench/whose")],
                              env=environment, capture_output=True, text=True)
        return done.stdout.strip(), done.stderr.strip()

    def preloaded(self, there, missing):
        """
        Those whose malloc a program really gets, with the files that it comes
        from; says which are left out.
        """
        chosen = []
        for allocator in there:
            got, error = self.whose_malloc(allocator)
            if os.path.basename(got).split(".so")[0] == \
                    os.path.basename(allocator.library).split(".so")[0]:
                chosen.append(dataclasses.replace(allocator, library=got))
            else:
                missing.append(
                    f"{allocator.name} ({error or 'malloc is ' + got})")
        for name in missing:
            print(f"left out: {name}", file=sys.stderr)
        return chosen

    def run(self, workload, allocator, number):
        with tempfile.TemporaryDirectory(dir=self.directory) as copies:
            return self.run_from(workload, copied(allocator, copies), number)

    def run_from(self, workload, allocator, number):
        settings = {**self.settings(allocator), **workload.environment,
                    "VMMALLOC_STATS_FILE": self.directory + "/stats.%p"}
        result = Run(workload.name, workload.kind, allocator.name, number)
        from_child, to_us = os.pipe()
        with tempfile.TemporaryFile("w+") as output, \
                open(workload.stdin) as stdin, os.fdopen(from_child) as report:
            # A session of its own, so that all of its processes can be killed.
            process = subprocess.Popen(
                [os.path.join(self.builddir, "bench/measure"), str(to_us),
                 str(self.warm),
                 *(f"{name}={value}" for name, value in settings.items()),
                 *workload.argv],
                env=self.environment, stdin=stdin, stdout=output,
                stderr=output, pass_fds=[to_us], cwd=self.directory,
                start_new_session=True)
            os.close(to_us)
            timer = threading.Timer(TIMEOUT, end, [process])
            timer.start()
            try:
                wall = self.drive(workload.client, process)
                self.read(result, report.read().split())
                process.wait()
            finally:
                timer.cancel()
                end(process)
            output.seek(0)
            text = output.read()
        if wall is not None:
            result.wall = wall
        result.metrics = " ".join(
            "=".join(line.split()[1:]) for line in text.splitlines()
            if line.startswith("metric "))
        result.pool_peak = self.take_pool_peak()
        return result, text

    @staticmethod
    def drive(client, process):
        if client is None:
            return None
        try:
            return client()
        except (TimeoutError, subprocess.CalledProcessError):
            end(process)
            return None

    @staticmethod
    def read(result, fields):
        if len(fields) != 7:
            return
        result.status = int(fields[0])
        result.wall, result.user, result.sys = map(float, fields[1:4])
        result.peak, result.minor, result.major = map(int, fields[4:])

    def take_pool_peak(self):
        peak = 0
        for name in glob.glob(self.directory + "/stats.*"):
            with open(name) as file:
                try:
                    peak = max(peak, json.load(file)["pool"]["committed_peak"])
                except (ValueError, KeyError):
                    pass
            os.unlink(name)
        return peak // 1024
