#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""
profile.py PPROF-FILE RATE CHECK...: each CHECK is FUNCTION:TYPE:EXPECTED[:SIZE],
a sum over all samples with this function in their stacks. SIZE is that of its
blocks in bytes. The sum must be the expected one within six standard deviations
of sampling, which is once in 500 million.
"""

import math
import sys

sys.dont_write_bytecode = True

import pprof  # noqa: E402

profile = pprof.Profile(sys.argv[1])
rate = float(sys.argv[2])
failed = False
for check in sys.argv[3:]:
    function, kind, expected, *size = check.split(":")
    expected = float(expected)
    column = profile.types.index(kind)
    found = sum(values[column] for values, _, frames in profile.samples()
                if any(f" {function} " in frame for frame in frames))
    # n blocks, each hit with probability p, stand for 1/p blocks each
    unit = float(size[0]) if size else 1
    p = -math.expm1(-unit / rate)
    n = expected / unit if kind.endswith("space") else expected
    deviation = math.sqrt(n * (1 - p) / p) * (
        unit if kind.endswith("space") else 1)
    # each block's number is rounded, and each site's
    if abs(found - expected) > 6 * deviation + 0.001 * expected + 2:
        print(f"{check}: {found}, more than {6 * deviation:.0f} away")
        failed = True
sys.exit(failed)
