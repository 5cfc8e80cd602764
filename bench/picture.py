# SPDX-License-Identifier: BSD-3-Clause
"""One picture of a session, drawn by gnuplot: SVG or PNG."""

import subprocess

import report

# Ours in strong colours, peers in grey and pale ones; fit for the colour-blind.
OURS = ["#d55e00", "#0072b2", "#009e73"]
PEERS = ["#000000", "#777777", "#bbbbbb", "#e0c060", "#b0d0e8", "#d8b8d0",
         "#a0c8a0", "#907060", "#f0b0a0", "#8080b0", "#d0d080", "#60a0a0"]
CUT = 3  # larger ratios are drawn as this one


def colours(results):
    ours, peers = iter(OURS), iter(PEERS * 9)
    return [next(peers if a in results.peers else ours)
            for a in results.allocators]


def rows(results, metric):
    """One line per workload, then the means; an empty line between the sets."""
    for kind in "synthetic", "real":
        workloads = results.workloads(kind)
        for w in workloads:
            best = results.best_peer(metric, w)
            yield [w] + [results.ratio(metric, w, a, best)[0]
                         for a in results.allocators]
        if workloads:
            yield [f"MEAN {kind}"] + [results.mean(metric, a, kind)
                                      for a in results.allocators]


def panel(results, title, metric):
    lines = ["$data << END"]
    lines += [" ".join([f'"{name}"'] + [f"{min(v, CUT):.4f}" for v in values])
              for name, *values in rows(results, metric)]
    lines += ["END", f'set title "{title}, ratio to the best peer of each '
              f'workload (cut at {CUT})"']
    plots = [f'$data using {i + 2}:xtic(1) title "{name}" lc rgb "{colour}"'
             for i, (name, colour) in enumerate(
                 zip(results.allocators, colours(results)))]
    lines.append("plot " + ", ".join(plots + ['1 notitle lc rgb "black"']))
    return lines


def draw(results, path):
    terminal = "png" if path.endswith(".png") else "svg"
    script = [
        f'set terminal {terminal} size 1400,900 font ",11" noenhanced',
        f'set output "{path}"', "set style data histogram",
        "set style histogram clustered gap 1", "set style fill solid",
        "set boxwidth 1", "set grid ytics", f"set yrange [0:{CUT}]",
        "set xtics rotate by -35", "set key outside right top",
        "set multiplot layout 2,1",
        *panel(results, "Wall time", report.wall),
        *panel(results, "Peak memory", report.memory)]
    subprocess.run(["gnuplot"], input="\n".join(script) + "\n", text=True,
                   check=True)
