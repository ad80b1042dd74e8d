# SPDX-License-Identifier: Apache-2.0
"""What it costs that dltrace is there: start-up, memory, and code that makes no loader call."""

from .figures import duration, number, paired, summary, with_spread
from .table import Table

BUSY = """
import sys
for _ in range(int(sys.argv[1])):
    sum(str(i).count("7") for i in range(1000))
"""


def measure(bench):
    return {"start": start(bench), "memory": memory(bench), "quiet": quiet(bench)}


def start(bench):
    """The time from start to end of programs that do nothing."""
    programs = {"libc alone": bench.build / "start", "400 libraries": bench.build / "start-needed"}
    found = {}
    for name, program in programs.items():
        times = {"untraced": [], "traced": [], "dltrace run": []}
        for _ in range(bench.sizes.rounds):
            times["untraced"].append(spawned(bench, [], program))
            times["traced"].append(spawned(bench, ["-p", bench.library], program))
            whole = [bench.dltrace, "run", "--quiet", "--", program]
            times["dltrace run"].append(spawned(bench, [], *whole, share=5))
        more = [
            after - before for after, before in zip(times["traced"], times["untraced"], strict=True)
        ]
        found[name] = {way: summary(values) for way, values in times.items()} | {
            "more": summary(more)
        }
    return found


def spawned(bench, options, *command, share=1):
    with bench.folder() as folder:
        count = max(1, bench.sizes.starts // share)
        words = [bench.build / "spawn", *options, count, *command]
        return int(bench.run(words, bench.environment(folder)).output)


def memory(bench):
    """KiB resident, and KiB shared with nobody, once 10 libraries are loaded."""
    found = {}
    for libraries in (0, 10, 100):
        figures = {"untraced": [], "traced": []}
        for _ in range(5):
            for way, more in (("untraced", {}), ("traced", {"LD_PRELOAD": bench.library})):
                with bench.folder() as folder:
                    command = [bench.build / "start", bench.build, libraries]
                    output = bench.run(command, bench.environment(folder, **more)).output
                    figures[way].append([int(word) for word in output.split()])
        found[str(libraries)] = {
            way: {
                "resident_kib": summary([a for a, _ in each]),
                "own_kib": summary([b for _, b in each]),
            }
            for way, each in figures.items()
        }
    return found


def quiet(bench):
    """CPU time of programs that do not call the loader; who is first changes each round."""
    commands = {
        "python3, a loop": ["/usr/bin/python3", "-c", BUSY, bench.sizes.python_loops],
        "C++ exceptions": [bench.build / "throw", bench.sizes.exceptions],
    }
    found = {}
    for name, command in commands.items():
        times = {"untraced": [], "traced": []}
        for turn in range(bench.sizes.quiet_rounds):
            ways = [("untraced", {}), ("traced", {"LD_PRELOAD": bench.library})]
            for way, more in ways if turn % 2 == 0 else reversed(ways):
                with bench.folder() as folder:
                    times[way].append(bench.run(command, bench.environment(folder, **more)).cpu)
        found[name] = {way: summary(values) for way, values in times.items()}
        found[name]["ratio"] = paired(times["traced"], times["untraced"])
    return found


def tables(data):
    starts = [
        [
            name,
            *(duration(each[way]["median"] / 1e9) for way in ("untraced", "traced")),
            with_spread({key: scaled(each["more"][key], 1e-6) for key in ("median", "quartiles")}),
            duration(each["dltrace run"]["median"] / 1e9),
        ]
        for name, each in data["start"].items()
    ]
    memories = [
        [
            libraries,
            *(number(each[way]["resident_kib"]["median"]) for way in ("untraced", "traced")),
            number(
                each["traced"]["resident_kib"]["median"]
                - each["untraced"]["resident_kib"]["median"]
            ),
            number(each["traced"]["own_kib"]["median"] - each["untraced"]["own_kib"]["median"]),
        ]
        for libraries, each in data["memory"].items()
    ]
    quiets = [
        [
            name,
            *(duration(each[way]["median"]) for way in ("untraced", "traced")),
            with_spread(each["ratio"]),
        ]
        for name, each in data["quiet"].items()
    ]
    return [
        Table(
            "Start and end of a program that does nothing",
            ["needs", "untraced", "traced", "more, ms", "by dltrace run"],
            starts,
            "Traced: with LD_PRELOAD. By `dltrace run`: with its own start, and the database.",
        ),
        Table(
            "Resident memory of a program, KiB",
            ["libraries loaded", "untraced", "traced", "more", "of it shared with nobody"],
            memories,
        ),
        Table(
            "Code that makes no loader call, CPU time",
            ["program", "untraced", "traced", "ratio"],
            quiets,
        ),
    ]


def scaled(value, factor):
    return [each * factor for each in value] if isinstance(value, list) else value * factor
