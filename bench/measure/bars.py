# SPDX-License-Identifier: Apache-2.0
"""What dltrace has to reach, and whether it does here."""

from math import log10

from .figures import number, with_spread
from .table import Table

# Of a cycle: the most that it may take, as a ratio, and what is aimed at beyond that.
CYCLES = {"W1": (1.20, 1.10), "W2": (6, 3), "W3": (1.15, 1.05), "W4": (1.20, 1.10)}
# Seconds of a report, by the most events that it is about.
REPORTS = {1_500_000: 0.5, 15_000_000: 3}
START = 0.005  # of a second or more
SMALL = 500_000  # events: below, a rate is of dltrace's start


def table(sections):
    rows = [*cycles(sections), *presence(sections), *store(sections), *shapes(sections)]
    return Table("What is asked of it", ["what", "bar", "measured", "kept"], rows) if rows else None


def at_most(what, bar, value):
    return [what, f"at most {number(bar)}", number(value), "yes" if value <= bar else "no"]


def at_least(what, bar, value):
    return [what, f"at least {number(bar)}", number(value), "yes" if value >= bar else "no"]


def inside_noise(what, ratio):
    """The middle half of the ratios reaches down to 1, but for what the program's start takes."""
    kept = ratio["quartiles"][0] <= 1 + START
    return [what, "1 within noise", with_spread(ratio), "yes" if kept else "no"]


def cycles(sections):
    traced = sections.get("cycles", {}).get("tracers", {}).get("dltrace run", {})
    for name, (bar, aim) in CYCLES.items():
        if name in traced:
            what = f"{name}, ratio to untraced (aim: {number(aim)})"
            yield at_most(what, bar, traced[name]["ratio"]["median"])


def presence(sections):
    data = sections.get("presence")
    if not data:
        return
    for name, bar in (("libc alone", 1.5), ("400 libraries", 4)):
        yield at_most(
            f"start-up more, {name}, ms", bar, data["start"][name]["more"]["median"] / 1e6
        )
    ten = data["memory"]["10"]
    more = ten["traced"]["resident_kib"]["median"] - ten["untraced"]["resident_kib"]["median"]
    yield at_most("resident memory more, 10 libraries, MiB", 1, more / 1024)
    for name, each in data["quiet"].items():
        yield inside_noise(f"no loader call: {name}, ratio", each["ratio"])


def store(sections):
    data = sections.get("store")
    if not data:
        return
    for size in data["sizes"]:
        events = size["store"]["events"]
        if events > SMALL:
            yield from taken(size["store"], size.get("insert"), f"{events:,} events")
            times = {way: result["median"] for way, result in size["report"].items()}
            yield from answers(times, events, f"{events:,} events")
    live = data["live"]["resident_kib"] / 1024
    yield at_most("collector's memory beside a program, MiB", 100, live)
    yield at_most("dltrace --version, ms", 15, data["version"]["median"] * 1e3)


def taken(stored, insert, count):
    rate = stored["events"] / stored["cpu"]
    yield at_least(f"taken in a CPU second, {count}", 200_000, rate)
    if insert:
        by_c = insert["events"] / insert.get("indexed_cpu", insert["cpu"])
        yield at_least(f"of a C program's inserts, %, {count}", 60, 100 * rate / by_c)
    yield at_most(f"bytes an event, {count}", 120, stored["bytes"] / stored["events"])
    yield at_most(f"collector's memory, MiB, {count}", 100, stored["resident_kib"] / 1024)


def shapes(sections):
    """The worst of all shapes, by the size of the traces."""
    sizes = {}
    for row in sections.get("shapes", []):
        sizes.setdefault(round(log10(int(row["count"]))), []).append(row)
    for rows in sizes.values():
        events = max(int(row["count"]) for row in rows)
        if events > SMALL:
            times = {
                way: max(float(row[way]) for row in rows)
                for way in ("report", "why", "addr", "events")
            }
            yield from answers(times, events, f"worst of other shapes, {events:,} events")


def answers(times, events, count):
    bar = next((seconds for most, seconds in REPORTS.items() if events <= most), None)
    if bar:
        yield at_most(f"report, s, {count}", bar, times["report"])
    for way in ("why", "addr", "events"):
        yield at_most(f"{way}, s, {count}", 0.1, times[way])
