# SPDX-License-Identifier: Apache-2.0
"""What dltrace has to reach, and whether it does here."""

from .figures import number
from .table import Table

# Of a cycle: the most that it may take, as a ratio, and what is aimed at beyond that.
CYCLES = {"W1": (1.20, 1.10), "W2": (6, 3), "W3": (1.15, 1.05), "W4": (1.20, 1.10)}
INSIDE_NOISE = 1.01


def table(sections):
    found = [*cycles(sections), *presence(sections), *store(sections), *shapes(sections)]
    rows = [
        [
            what,
            f"{'at least' if least else 'at most'} {number(bar)}",
            number(value),
            "yes" if kept else "no",
        ]
        for what, bar, value, least in found
        for kept in [value >= bar if least else value <= bar]
    ]
    return Table("What is asked of it", ["what", "bar", "measured", "kept"], rows) if rows else None


def cycles(sections):
    traced = sections.get("cycles", {}).get("tracers", {}).get("dltrace run", {})
    for name, (bar, aim) in CYCLES.items():
        if name in traced:
            what = f"{name}, ratio to untraced (aim: {number(aim)})"
            yield what, bar, traced[name]["ratio"]["median"], False


def presence(sections):
    data = sections.get("presence")
    if not data:
        return
    for name, bar in (("libc alone", 1.5), ("400 libraries", 4)):
        yield f"start-up more, {name}, ms", bar, data["start"][name]["more"]["median"] / 1e6, False
    ten = data["memory"]["10"]
    more = ten["traced"]["resident_kib"]["median"] - ten["untraced"]["resident_kib"]["median"]
    yield "resident memory more, 10 libraries, MiB", 1, more / 1024, False
    for name, each in data["quiet"].items():
        yield f"no loader call: {name}, ratio", INSIDE_NOISE, each["ratio"]["median"], False


def store(sections):
    data = sections.get("store")
    if not data:
        return
    for size in data["sizes"]:
        taken, count = size["store"], f"{size['store']['events']:,} events"
        rate = taken["events"] / taken["cpu"]
        if taken["events"] > 500_000:
            yield f"taken in a CPU second, {count}", 200_000, rate, True
            if "insert" in size:
                by_c = size["insert"]["events"] / size["insert"]["cpu"]
                yield f"of a C program's inserts, %, {count}", 60, 100 * rate / by_c, True
            yield f"bytes an event, {count}", 120, taken["bytes"] / taken["events"], False
            yield f"collector's memory, MiB, {count}", 100, taken["resident_kib"] / 1024, False
            yield f"report, s, {count}", 0.5 if taken["events"] < 5_000_000 else 3, median(
                size, "report"
            ), False
            for way in ("why", "addr", "events"):
                yield f"{way}, s, {count}", 0.1, median(size, way), False
    yield "collector's memory beside a program, MiB", 100, data["live"][
        "resident_kib"
    ] / 1024, False
    yield "dltrace --version, ms", 15, data["version"]["median"] * 1e3, False


def shapes(sections):
    """The worst of all shapes."""
    rows = sections.get("shapes", [])
    for least, most, bar in ((500_000, 5_000_000, 0.5), (5_000_000, 50_000_000, 3)):
        found = [row for row in rows if least < int(row["count"]) < most]
        if found:
            count = f"other shapes, {round(int(found[0]['count']), -5):,} events"
            yield f"report, s, {count}", bar, max(float(row["report"]) for row in found), False
            for way in ("why", "addr", "events"):
                yield f"{way}, s, {count}", 0.1, max(float(row[way]) for row in found), False


def median(size, way):
    return size["report"][way]["median"]
