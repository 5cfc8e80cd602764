# SPDX-License-Identifier: BSD-3-Clause
"""From the raw runs to tables, means and the targets."""

import math
import statistics

import workloads


def geometric_mean(values):
    return math.exp(statistics.fmean(map(math.log, values)))


class Results:
    """The successful runs of a session, and figures from them."""

    def __init__(self, runs, allocators):
        self.allocators = [a.name for a in allocators]
        self.peers = [a.name for a in allocators if a.is_peer]
        self.runs = {}
        self.kinds = {}
        for run in runs:
            self.kinds[run.workload] = run.kind
            if run.status == 0:
                self.runs.setdefault((run.workload, run.allocator),
                                     {})[run.round] = run

    def failed(self, workload):
        """The allocators without a successful run of the workload."""
        return [a for a in self.allocators if (workload, a) not in self.runs]

    def workloads(self, *kinds):
        """The workloads of these kinds that succeeded with every allocator."""
        return [w for w, kind in self.kinds.items()
                if kind in kinds and not self.failed(w)]

    def median(self, metric, workload, allocator):
        return statistics.median(
            metric(r) for r in self.runs[workload, allocator].values())

    def ratio(self, metric, workload, allocator, base):
        """Median of the ratios round by round, and half their range."""
        ours = self.runs[workload, allocator]
        theirs = self.runs[workload, base]
        ratios = [metric(ours[n]) / metric(theirs[n])
                  for n in ours.keys() & theirs.keys()]
        if not ratios:
            return math.nan, math.nan
        return (statistics.median(ratios), (max(ratios) - min(ratios)) / 2)

    def best_peer(self, metric, workload):
        return min(self.peers or self.allocators,
                   key=lambda a: self.median(metric, workload, a))

    def mean(self, metric, allocator, *kinds):
        """
        Geometric mean over workloads of the ratio to the best peer of each:
        two allocators' means divide into their ratio to each other.
        """
        return geometric_mean(
            self.ratio(metric, w, allocator, self.best_peer(metric, w))[0]
            for w in self.workloads(*kinds))

    def printed(self, workload, allocator, name):
        """Median of a value that the program printed; None without one."""
        values = [float(value)
                  for run in self.runs.get((workload, allocator), {}).values()
                  for key, value in (f.split("=") for f in run.metrics.split())
                  if key == name]
        return statistics.median(values) if values else None


def wall(run):
    return max(run.wall, 1e-6)


def processor(run):
    return max(run.user + run.sys, 1e-6)


def memory(run):
    """The peak resident set, or the peak committed in the pool if larger."""
    return max(run.peak, run.pool_peak, 1)


def faults(run):
    return max(run.minor + run.major, 1)


# Title, metric, how the best peer's median is shown.
TABLES = [
    ("wall time", wall, lambda v: f"{v:.3f} s"),
    ("processor time", processor, lambda v: f"{v:.3f} s"),
    ("peak memory", memory, lambda v: f"{v / 1024:.1f} MiB"),
    ("page faults", faults, lambda v: f"{v:.0f}"),
]


def table(results, title, metric, show, kind):
    workloads = results.workloads(kind)
    if not workloads:
        return
    print(f"\n{title}, {kind} workloads: ratio to the best peer, and half the "
          "range of the rounds in %")
    print(f"{'':14}{'best peer':>24}" +
          "".join(f"{a[:13]:>14}" for a in results.allocators))
    for w in workloads:
        best = results.best_peer(metric, w)
        cells = [results.ratio(metric, w, a, best) for a in results.allocators]
        print(f"{w:14}{best + ' ' + show(results.median(metric, w, best)):>24}"
              + "".join(f" {r:7.2f} ±{100 * s / r:3.0f}%" for r, s in cells))
    print(f"{'geometric mean':38}" + "".join(
        f"{results.mean(metric, a, kind):8.3f}      "
        for a in results.allocators).rstrip())


def extras(results):
    """What some programs print, and how work scales to two threads."""
    rows = [("drift: held over live bytes",
             lambda a: held(results, "drift", a)),
            ("burst-idle: held over peak",
             lambda a: results.printed("burst-idle", a, "held_ratio")),
            ("sparse: held over touched bytes",
             lambda a: held(results, "sparse", a)),
            ("mid: speed of 2 threads",
             lambda a: scaling(results, "mid", a)),
            ("threadtest: speed of 2 threads",
             lambda a: scaling(results, "threadtest", a)),
            ("first-touch: the same with new memory",
             lambda a: scaling(results, "first-touch", a))]
    print(f"\n{'other measures':38}" +
          "".join(f"{a[:13]:>14}" for a in results.allocators))
    for title, value in rows:
        values = map(value, results.allocators)
        print(f"{title:38}" + "".join(
            f"{'-':>14}" if v is None else f"{v:14.3f}" for v in values))
    if spin := without_allocator(results):
        print(f"{'spin: the same without an allocator':38}{spin:14.3f}")


def scaling(results, workload, *allocators):
    """Two threads' speed to one's: the median of the rounds."""
    speeds = []
    for allocator in allocators:
        two, one = (results.runs.get((name, allocator), {})
                    for name in (workload, workload + workloads.ONE_THREAD))
        speeds += [2 * wall(one[n]) / wall(two[n])
                   for n in one.keys() & two.keys()]
    return statistics.median(speeds) if speeds else None


def without_allocator(results):
    """The same for spin, over all rounds: the most this machine can gain."""
    return scaling(results, "spin", *results.allocators)


def lean_peers(results):
    return [a for a in results.peers
            if any(n in a for n in ("mimalloc", "jemalloc", "tcmalloc"))]


def held(results, workload, allocator):
    """What the program held at its end, to its live bytes."""
    figures = [results.printed(workload, allocator, name)
               for name in ("held_bytes", "live_bytes")]
    return None if None in figures else figures[0] / figures[1]


def targets(results, allocator):
    """The project's targets as (text, figure or None, limit, is_at_most)."""
    def against(peers, metric, *kinds):
        if not peers or not results.workloads(*kinds):
            return None
        return results.mean(metric, allocator, *kinds) / min(
            results.mean(metric, p, *kinds) for p in peers)

    def to_best(workload):
        if not peers or workload not in results.workloads("synthetic"):
            return None
        return results.ratio(wall, workload, allocator,
                             results.best_peer(wall, workload))[0]

    peers = results.peers
    worst = max(((to_best(w), w) for w in results.workloads("synthetic")),
                default=(None, "-")) if peers else (None, "-")
    spin = without_allocator(results)
    yield ("wall time, synthetic mean, to the best single peer",
           against(peers, wall, "synthetic"), 0.95, True)
    yield (f"wall time, worst synthetic workload ({worst[1]}), to its best "
           "peer", worst[0], 1.10, True)
    yield ("wall time, mid, to its best peer", to_best("mid"), 1.05, True)
    yield ("wall time, repeat, to its best peer", to_best("repeat"), 1.10, True)
    yield ("wall time, real mean, to the best single peer",
           against(peers, wall, "real"), 1.00, True)
    yield ("peak memory, mean of all, to the leanest of mimalloc, jemalloc, "
           "tcmalloc",
           against(lean_peers(results), memory, "synthetic", "real"), 1.05,
           True)
    yield ("peak memory, mean of all, to the leanest peer",
           against(peers, memory, "synthetic", "real"), 1.05, True)
    yield ("drift: held over live bytes", held(results, "drift", allocator),
           3.0, True)
    yield ("memory still held a second after a burst, of the peak",
           results.printed("burst-idle", allocator, "held_ratio"), 0.15, True)
    yield ("speed of two threads, thread-private work" +
           (f" (without an allocator: {spin:.3f})" if spin else ""),
           scaling(results, "threadtest", allocator), 1.9, False)
    yield ("speed of two threads, mid", scaling(results, "mid", allocator),
           1.8, False)


# Backends that adapt a library, and that library preloaded by itself.
STOCK = {"jemalloc": "libjemalloc", "tcmalloc": "libtcmalloc"}


def adapters(results):
    """The cost of a backend relative to the same library in plain memory."""
    pairs = [(b, stock) for b, stock in STOCK.items()
             if b in results.allocators and stock in results.allocators]
    workloads = results.workloads("synthetic", "real")
    if not pairs or not workloads:
        return
    print("\nwall time of a backend to its library, preloaded by itself" +
          f"\n{'':38}" + "".join(f"{b[:13]:>14}" for b, _ in pairs))
    for w in workloads:
        cells = [results.ratio(wall, w, *pair) for pair in pairs]
        print(f"{w:38}" + "".join(f" {r:7.2f} ±{100 * s / r:3.0f}%"
                                  for r, s in cells))
    for kinds in ("synthetic",), ("real",), ("synthetic", "real"):
        if not results.workloads(*kinds):
            continue
        means = [geometric_mean(results.ratio(wall, w, *pair)[0]
                                for w in results.workloads(*kinds))
                 for pair in pairs]
        print(f"{'geometric mean, ' + ' and '.join(kinds):38}" +
              "".join(f"{m:8.3f}      " for m in means).rstrip())


def print_report(results):
    for title, metric, show in TABLES:
        for kind in "synthetic", "real":
            table(results, title, metric, show, kind)
    extras(results)
    adapters(results)
    for w in results.kinds:
        if results.failed(w):
            print(f"\nnot in the tables: {w}, which failed under "
                  f"{', '.join(results.failed(w))}")
    for allocator in results.allocators:
        if allocator in results.peers:
            continue
        print(f"\ntargets: {allocator}")
        for text, figure, limit, is_at_most in targets(results, allocator):
            if figure is None:
                print(f"  not measured      {text}")
                continue
            is_met = figure <= limit if is_at_most else figure >= limit
            print(f"  {'met   ' if is_met else 'missed'} {figure:6.3f} "
                  f"{'<=' if is_at_most else '>='} {limit:.2f}  {text}")
