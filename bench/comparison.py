#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""
comparison.py FILE...: draws what `vmmalloc compare --json FILE` measured, one
row of panels per file, as SVG on standard output. Bars are medians; the number
beside each is its ratio to the first contender.
"""

import collections
import html
import json
import statistics
import sys

WIDTH, LEFT, GAP = 900, 82, 18
BAR, ROW = 14, 20
COLOURS = {"system": "#777777", "jemalloc": "#0072b2", "native": "#d55e00",
           "tcmalloc": "#009e73"}
PANELS = [
    ("processor time", lambda run: run["user_s"] + run["sys_s"], "{:.2f} s", 1),
    ("peak memory", lambda run: run["peak_bytes"], "{:.0f} MiB", 2 ** 20),
    ("page faults", lambda run: run["minor_faults"] + run["major_faults"],
     "{:.0f}", 1),
]


def text(x, y, words, extra=""):
    return f'<text x="{x:.0f}" y="{y:.0f}"{extra}>{html.escape(words)}</text>'


def medians(runs, quantity):
    """The median of each contender, in the order of the file."""
    of = collections.defaultdict(list)
    for run in runs:
        of[run["contender"]].append(quantity(run))
    return {name: statistics.median(of[name]) for name in of}


def panel(x, y, width, results, title, quantity, form, unit):
    values = medians(results["runs"], quantity)
    names = [c["name"] for c in results["contenders"] if c["name"] in values]
    longest = max(values.values())
    yield text(x, y, title, ' class="title"')
    for i, name in enumerate(names):
        top = y + 8 + i * ROW
        length = (width - 120) * values[name] / longest
        yield (f'<rect x="{x:.0f}" y="{top:.0f}" width="{length:.1f}" '
               f'height="{BAR}" fill="{COLOURS.get(name, "#b0a000")}"/>')
        yield text(x + length + 5, top + 12, form.format(values[name] / unit) +
                   f" (×{values[name] / values[names[0]]:.2f})")


def block(y, results):
    """One file: its command, the names of the contenders, and the panels."""
    width = (WIDTH - LEFT - 20) / len(PANELS)
    command = " ".join(results["command"])
    yield text(20, y, command, ' class="command"')
    for i, contender in enumerate(results["contenders"]):
        yield text(LEFT - 8, y + 42 + i * ROW, contender["name"],
                   ' text-anchor="end"')
    for i, (title, *rest) in enumerate(PANELS):
        yield from panel(LEFT + i * width, y + 22, width - GAP, results, title,
                         *rest)


def caption(results):
    machine = results["machine"]
    count = collections.Counter(run["contender"] for run in results["runs"])
    return (f"Medians of {min(count.values())} runs; ×: ratio to "
            f"{results['contenders'][0]['name']}. vmmalloc {results['version']}, "
            f"{results['time'][:10]}, {machine['kernel']}, "
            f"{machine['processors']} processors, pool in "
            f"{results['pool_dir']}.")


def main():
    files = []
    for name in sys.argv[1:]:
        with open(name, encoding="utf-8") as file:
            files.append(json.load(file))
    if not files:
        sys.exit(__doc__.strip())
    lines, y = [], 30
    for results in files:
        lines += block(y, results)
        y += 54 + ROW * len(results["contenders"])
    y += 10
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
          f'height="{y}" viewBox="0 0 {WIDTH} {y}" font-family="sans-serif" '
          f'font-size="12" fill="#333">\n'
          "<!-- SPDX-License-Identifier: BSD-3-Clause; made by "
          "bench/comparison.py -->\n"
          "<style>.command { font: bold 13px monospace; } "
          ".title { font-weight: bold; }</style>\n"
          f'<rect width="{WIDTH}" height="{y}" fill="white"/>')
    print("\n".join(lines))
    print(text(20, y - 14, caption(files[0]), ' font-size="11"'))
    print("</svg>")


if __name__ == "__main__":
    main()
