#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""
pprof.py FILE: prints a profile of pprof's profile.proto, in a file of gzip, as
lines of text. It ends with an error if a reference leads nowhere, a field has
another kind than that of its number, or the file does not end where it should.
"""

import gzip
import sys

# Fields of each message: name, and the message in it, if it is one.
MESSAGES = {
    "profile": {1: ("sample_type", "type"), 2: ("sample", "sample"),
                3: ("mapping", "mapping"), 4: ("location", "location"),
                5: ("function", "function"), 6: ("string", "bytes"),
                9: ("time", None), 10: ("duration", None),
                11: ("period_type", "type"), 12: ("period", None),
                13: ("comment", None), 14: ("default_type", None)},
    "type": {1: ("type", None), 2: ("unit", None)},
    "sample": {1: ("location", "packed"), 2: ("value", "packed"),
               3: ("label", "label")},
    "label": {1: ("key", None), 2: ("str", None), 3: ("num", None),
              4: ("unit", None)},
    "mapping": {1: ("id", None), 2: ("start", None), 3: ("limit", None),
                4: ("offset", None), 5: ("file", None), 6: ("build_id", None),
                7: ("has_functions", None)},
    "location": {1: ("id", None), 2: ("mapping", None), 3: ("address", None),
                 4: ("line", "line")},
    "line": {1: ("function", None), 2: ("line", None)},
    "function": {1: ("id", None), 2: ("name", None), 3: ("system_name", None),
                 4: ("file", None), 5: ("line", None)},
}


def varint(data, at):
    number = shift = 0
    while True:
        number |= (data[at] & 0x7f) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            assert number < 1 << 64
            return number, at


def signed(number):
    return number - (1 << 64) if number >> 63 else number


def parse(data, kind):
    """{name: list of values} of a message."""
    message = {name: [] for name, _ in MESSAGES[kind].values()}
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        name, part = MESSAGES[kind][tag >> 3]
        assert tag & 7 == (2 if part else 0), f"kind of {kind}.{name}"
        value, at = varint(data, at)
        if part:
            end = at + value
            assert end <= len(data)
            value, at = data[at:end], end
        if part == "packed":
            rest = 0
            while rest < len(value):
                number, rest = varint(value, rest)
                message[name].append(signed(number))
        elif part in MESSAGES:
            message[name].append(parse(value, part))
        else:
            message[name].append(value)
    return message


class Profile:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.all = parse(gzip.decompress(file.read()), "profile")
        self.strings = [string.decode() for string in self.all["string"]]
        assert self.strings[0] == ""
        assert len(set(self.strings)) == len(self.strings)
        self.functions = self.numbered("function")
        self.mappings = self.numbered("mapping")
        self.locations = self.numbered("location")
        self.types = [self.text(type, "type")
                      for type in self.all["sample_type"]]

    def numbered(self, name):
        there = {one["id"][0]: one for one in self.all[name]}
        assert len(there) == len(self.all[name]) and 0 not in there
        return there

    @staticmethod
    def number(message, name):
        assert len(message[name]) <= 1
        return message[name][0] if message[name] else 0

    def text(self, message, name):
        return self.strings[self.number(message, name)]

    def frames(self, location):
        """Lines of text of a location, the innermost first."""
        mapping = self.number(location, "mapping")
        place = f"{self.number(location, 'address'):#x}"
        if mapping:
            place += f" {self.text(self.mappings[mapping], 'file')}"
        for line in location["line"]:
            function = self.functions[line["function"][0]]
            yield (f"{place} {self.text(function, 'name')} "
                   f"{self.text(function, 'file')}"
                   f":{self.number(line, 'line')}")
        if not location["line"]:
            yield place

    def samples(self):
        """(values, labels, frames) of each sample."""
        for sample in self.all["sample"]:
            assert len(sample["value"]) == len(self.types)
            labels = {self.text(label, "key"): self.text(label, "str") or
                      f"{signed(self.number(label, 'num'))} "
                      f"{self.text(label, 'unit')}"
                      for label in sample["label"]}
            yield sample["value"], labels, [
                frame for number in sample["location"]
                for frame in self.frames(self.locations[number])]


def main():
    profile = Profile(sys.argv[1])
    for type in profile.all["sample_type"]:
        print("type", profile.text(type, "type"), profile.text(type, "unit"))
    for period in profile.all["period_type"]:
        print("period", profile.text(period, "type"),
              profile.text(period, "unit"), profile.number(profile.all,
                                                           "period"))
    print("default", profile.text(profile.all, "default_type"))
    print("time", profile.number(profile.all, "time"),
          profile.number(profile.all, "duration"))
    for comment in profile.all["comment"]:
        print("comment", profile.strings[comment])
    for mapping in profile.mappings.values():
        print(f"mapping {profile.number(mapping, 'start'):#x}-"
              f"{profile.number(mapping, 'limit'):#x} "
              f"{profile.number(mapping, 'offset')} "
              f"{profile.text(mapping, 'file')} "
              f"{profile.text(mapping, 'build_id')} "
              f"{profile.number(mapping, 'has_functions')}")
    for function in profile.functions.values():
        print("function", profile.text(function, "name"),
              profile.number(function, "line"))
    for values, labels, frames in profile.samples():
        print("sample", *values, *(f"{key}={value}"
                                   for key, value in labels.items()))
        for frame in frames:
            print(f"  {frame}")


if __name__ == "__main__":
    main()
