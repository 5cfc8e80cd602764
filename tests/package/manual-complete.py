#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""
manual-complete.py SOURCE [VMMALLOC]: holds the manual pages to the code. Every
variable, message, function and option has its place in a page, and no page names
one that is not there. Options only where there is a VMMALLOC to tell them. Exit
status 1, and a line each, where that is not so.
"""

import pathlib
import re
import subprocess
import sys

source = pathlib.Path(sys.argv[1])
failures = []


def text(*names):
    return "".join((source / name).read_text() for name in names)


def words(page):
    """The page without its macros and their escapes, as one line."""
    plain = re.sub(r"^\\.(?:\\\\\".*|(?:[A-Z][a-z]|Bl -tag -width \S+)\b)", " ",
                   text(page), flags=re.M)
    plain = re.sub(r"\b(?:Ar|No|Ns|Pq|Ev|Cm|Fn|Fl|Xr|Op|Oo|Oc)\b", " ", plain)
    return " ".join(plain.split())


def hold(wanted, there, what):
    for name in sorted(wanted - there):
        failures.append(f"not documented: {what} {name}")
    for name in sorted(there - wanted):
        failures.append(f"documented, but not there: {what} {name}")


# Variables: the table, the header for programs, and the pages.
def table(group):
    """{name: (type, default)} of a list in the table of variables."""
    rows = re.search(rf"#define VMM_ENV_{group}\(X\)(.*?)\n\n",
                     text("core/env_vars.h"), re.S).group(1)
    return {"VMMALLOC_" + name: (kind, default) for name, kind, default in
            re.findall(r'\bX\((\w+), \w+, (\w+), \w+, \w+, "?(\w*)', rows)}


library = table("LIBRARY") | table("DEBUG")
page = text("doc/libvmmalloc.7")
hold(set(library), set(re.findall(r'_VAR "(VMMALLOC_\w+)"',
                                  text("include/libvmmalloc.h"))),
     "name in libvmmalloc.h of")
hold(set(library), set(re.findall(r"^\.It Ev (VMMALLOC_\w+)", page, re.M)),
     "variable")
for name, (kind, default) in library.items():
    if kind == "BOOL" and (f".It Ev {name}\n0 or 1; the default is {default}.\n"
                           not in page):
        failures.append(f"not '0 or 1; the default is {default}': {name}")
for name in table("COMMAND"):
    if not re.search(rf"^\.It Ev {name}$", text("doc/vmmalloc.1"), re.M):
        failures.append(f"not documented: variable {name}")
if len(table("LIBRARY")) < 9 or not table("DEBUG") or not table("COMMAND"):
    failures.append("found too few variables")

# Messages: the longest part of each that is always the same.
page = words("doc/libvmmalloc.7")
found = 0
for path in sorted([*source.glob("core/*.c"), *source.glob("interpose/*.c"),
                    *source.glob("backends/native/[!df]*.c")]):
    for call in re.findall(r"(?:vmm_fatal|nat_fatal)\(([^;]*);",
                           path.read_text()):
        for message in re.findall(r'(?:"(?:[^"\\]|\\.)*"\s*)+', call):
            parts = re.split(r"%[-.0-9]*[a-z]+|[():',<=]",
                             re.sub(r'"\s*"?', "", message))
            longest = max((part.strip() for part in parts), key=len)
            if len(longest) < 8:
                continue
            found += 1
            if longest not in page:
                failures.append(f"not in libvmmalloc(7): '{longest}' "
                                f"({path.name})")
if found < 20:
    failures.append(f"found only {found} messages")

# Functions and controls of the API.
api = text("include/libvmmalloc.h")
functions = set(re.findall(r"\b(vmmalloc_\w+)\(", api))
hold(functions, set(re.findall(r"^\.F[no] (vmmalloc_\w+)",
                               text("doc/libvmmalloc.3"), re.M)), "function")
controls = {"vmmalloc." + name for name in
            re.findall(r'strcmp\(name, "([a-z_]+)"\)', text("core/api.c"))}
named = set(re.findall(r"\b(vmmalloc\.[a-z_.]+[a-z])",
                       text("doc/libvmmalloc.3")))
hold(controls, named, "control")
if len(functions) < 3 or not controls:
    failures.append("found too few functions or controls")

# Options, as the command itself explains them.
def explain(*topic):
    return subprocess.run([sys.argv[2], "help", *topic], check=True,
                          capture_output=True, text=True).stdout


if len(sys.argv) > 2:
    commands = set(re.findall(r"^  ([a-z]+) ", explain().split("\nTopics")[0],
                              re.M)) - {"help"}
    hold(commands, {path.stem.split("-")[1] for path in
                    source.glob("doc/vmmalloc-*.1")}, "command")
    for command in commands:
        options = set(re.findall(r"^  (?:-\w,|   ) --([a-z-]+)",
                                 explain(command), re.M))
        named = set(re.findall(r"^\.It (?:Fl \w , )?Fl -([a-z-]+)",
                               text(f"doc/vmmalloc-{command}.1"), re.M))
        hold(options, named, f"option of vmmalloc {command}")

# vmmalloc(1) leads to every other page.
pages = {path.name for path in [*source.glob("doc/*.[1-8]"),
                                *source.glob("backends/*/*.[1-8]")]}
named = {".".join(words) for words in
         re.findall(r"^\.Xr (\S*vmmalloc\S*) (\d)", text("doc/vmmalloc.1"), re.M)}
hold(pages - {"vmmalloc.1"}, named, "page in vmmalloc(1):")

for line in failures:
    print("FAILED:", line)
sys.exit(1 if failures else 0)
