# SPDX-License-Identifier: BSD-3-Clause
"""speedscope.py FILE: checks a file for speedscope, and prints its stacks.

What is checked is what file-format-schema.json of speedscope requires of a file
with sampled profiles. Each line has the profile's name, the bytes, and the
functions from the innermost on.
"""

import json
import sys


def check(condition, text):
    if not condition:
        sys.exit(f"not valid: {text}")


def check_frame(frame):
    check(isinstance(frame["name"], str), "name of a frame")
    check(set(frame) <= {"name", "file", "line", "col"}, "fields of a frame")
    check(isinstance(frame.get("file", ""), str), "file of a frame")
    check(isinstance(frame.get("line", 0), int), "line of a frame")


def show(profile, frames):
    check(set(profile) == {"type", "name", "unit", "startValue", "endValue",
                           "samples", "weights"}, "fields of a profile")
    check(profile["type"] == "sampled", "type")
    check(profile["unit"] == "bytes", "unit")
    check(len(profile["samples"]) == len(profile["weights"]), "weights")
    check(profile["startValue"] == 0, "startValue")
    check(profile["endValue"] == sum(profile["weights"]), "endValue")
    for stack, weight in zip(profile["samples"], profile["weights"]):
        check(all(0 <= i < len(frames) for i in stack), "number of a frame")
        names = [frames[i]["name"] for i in reversed(stack)]
        print(profile["name"], weight, " ".join(names))


with open(sys.argv[1], encoding="utf-8") as opened:
    file = json.load(opened)
check(file["$schema"] ==
      "https://www.speedscope.app/file-format-schema.json", "$schema")
check(set(file) <= {"$schema", "shared", "profiles", "name", "exporter",
                    "activeProfileIndex"}, "fields of the file")
check(set(file["shared"]) == {"frames"}, "fields of shared")
for each in file["shared"]["frames"]:
    check_frame(each)
check(len(file["profiles"]) > 0, "no profiles")
for each in file["profiles"]:
    show(each, file["shared"]["frames"])
