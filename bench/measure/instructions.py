# SPDX-License-Identifier: Apache-2.0
"""The instructions and system calls of one cycle: the same on a busy machine."""

import shutil
import subprocess
from bisect import bisect_right
from collections import Counter

from .bench import NotMeasured
from .figures import number
from .table import Table

# Name, host's workload and its number. Fewer libraries than W3 has: a step takes a microsecond.
WORKLOADS = [("W1", "unload", 1), ("W2", "count", 1), ("W3 with 20 libraries", "many", 20)]
CYCLES = 9  # so many before, so that every cache is warm
FUNCTIONS = 12
CALL_CYCLES = 50


def measure(bench):
    return {
        name: {"plain": plain(bench, *work), "traced": traced(bench, *work)}
        for name, *work in WORKLOADS
    }


def host(bench, workload, libraries):
    return [bench.build / "host", "-s", workload, CYCLES + 1, bench.build, libraries]


def plain(bench, workload, libraries):
    with bench.folder() as folder:
        objects, _ = steps(bench, folder, host(bench, workload, libraries))
        calls = system_calls(bench, [], workload, libraries)
        counted = counters(bench, [], workload, libraries)
        return {"all": sum(objects.values()), "system_calls": calls, "counters": counted}


def traced(bench, workload, libraries):
    with bench.folder() as folder:
        command = ["env", f"LD_PRELOAD={bench.library}", *host(bench, workload, libraries)]
        objects, places = steps(bench, folder, command)
        own = sum(count for name, count in objects.items() if name.endswith("/libdltrace.so"))
        functions = by_function(bench.library, places)
        preload = f"LD_PRELOAD={bench.library}"
        calls = system_calls(bench, ["-E", preload], workload, libraries)
        counted = counters(bench, ["env", preload], workload, libraries)
        return {
            "all": sum(objects.values()),
            "system_calls": calls,
            "counters": counted,
            "libdltrace": own,
            "functions": functions,
        }


def steps(bench, folder, command):
    """The instructions of each object, and how often each offset in libdltrace.so was executed."""
    output = folder / "steps"
    bench.run([bench.build / "steps", output, "libdltrace.so", *command], bench.environment(folder))
    objects, places = Counter(), Counter()
    for line in output.read_text().splitlines():
        kind, rest = line.split(" ", 1)
        name, count = rest.rsplit(" ", 1)
        if kind == "object":
            objects[name] += int(count)
        else:
            places[int(name, 16)] += int(count)
    return objects, places


def system_calls(bench, options, workload, libraries):
    """Those of a cycle, by strace."""
    command = ["strace", "-f", "-qq", "-e", "signal=none", *options, "-o"]
    return of_a_cycle(
        bench, "system calls", command, lambda text: len(text.splitlines()), workload, libraries
    )


def counters(bench, preload, workload, libraries):
    """The instructions of a cycle, by the processor's counters."""

    def read(text):
        count = text.splitlines()[-1].split(",")[0]
        if not count.isdigit():
            raise NotMeasured(f"perf says {count}; they are counted by single-stepping")
        return int(count)

    what = "instructions by the processor's counters"
    command = ["perf", "stat", "-x", ",", "-e", "instructions:u", "-o"]
    return of_a_cycle(bench, what, command, read, workload, libraries, preload)


def of_a_cycle(bench, what, command, read, workload, libraries, before=()):
    """What a tool counts more in a longer run than in a shorter one, by the cycle."""
    counts = []
    try:
        if not shutil.which(command[0]):
            raise NotMeasured(f"{command[0]} is not installed")
        for cycles in (CALL_CYCLES, 2 * CALL_CYCLES):
            with bench.folder() as folder:
                output = folder / "counted"
                program = [bench.build / "host", workload, cycles, bench.build, libraries]
                bench.run([*command, output, *before, *program], bench.environment(folder))
                counts.append(read(output.read_text()))
    except NotMeasured as reason:
        bench.miss(what, reason)
        return None
    return (counts[1] - counts[0]) / CALL_CYCLES


def by_function(library, places):
    """Sums offsets by function; by static ones too, so the library must not be stripped."""
    listed = subprocess.run(
        ["nm", "--defined-only", library], capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        raise NotMeasured(f"nm: {listed.stderr.strip()}")
    symbols = sorted(
        (int(address, 16), name)
        for address, kind, name in (line.split() for line in listed.stdout.splitlines())
        if kind in "tT"
    )
    functions = Counter()
    for offset, count in places.items():
        index = bisect_right(symbols, (offset, chr(0x10FFFF))) - 1
        functions[symbols[index][1] if index >= 0 else "?"] += count
    return dict(functions.most_common())


def tables(data):
    rows = []
    for name, result in data.items():
        before, after = result["plain"]["all"], result["traced"]["all"]
        own = result["traced"]["libdltrace"]
        calls = [result[way]["system_calls"] for way in ("plain", "traced")]
        rows.append(
            [
                name,
                f"{before:,}",
                f"{after:,}",
                f"{own:,}",
                f"{after / before:.2f}",
                *("not measured" if count is None else number(count) for count in calls),
            ]
        )
    header = [
        "workload",
        "untraced",
        "traced",
        "of these in libdltrace.so",
        "ratio",
        "system calls, untraced",
        "traced",
    ]
    note = (
        "User-mode instructions of one cycle, counted by single-stepping (bench/steps.c). "
        "The kernel's part is not in them."
    )
    by_counters = [
        f"{name} {number(each['plain']['counters'])}, traced {number(each['traced']['counters'])}"
        for name, each in data.items()
        if each["plain"].get("counters") and each["traced"].get("counters")
    ]
    if by_counters:
        note += f" By the processor's counters: {'; '.join(by_counters)}."
    first, *_ = data.values()
    functions = list(first["traced"]["functions"].items())[:FUNCTIONS]
    most = [[function, f"{count:,}"] for function, count in functions]
    return [
        Table("Instructions and system calls of a cycle", header, rows, note),
        Table("Where libdltrace.so's instructions of W1 are", ["function", "instructions"], most),
    ]
