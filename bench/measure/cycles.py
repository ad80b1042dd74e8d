# SPDX-License-Identifier: Apache-2.0
"""What a cycle of loading and unloading takes: untraced, under dltrace, under its peers."""

from . import tracers
from .bench import NotMeasured
from .figures import duration, paired, summary, with_spread
from .host import cycle_time
from .table import Table

# Name, what it is, host's workload, its number, the least cycles that say something.
WORKLOADS = [
    ("W1", "a small C++ library is loaded and unloaded", "unload", None, 20),
    ("W2", "only its open count goes up and down", "count", None, 20),
    ("W3", "300 libraries are loaded, and closed in reverse", "many", 300, 2),
    ("W4", "as W1 on 4 threads, each with its own library", "threads", 4, 5),
]


def measure(bench):
    used = [tracer for tracer in tracers.ALL if prepare(bench, tracer)]
    times = {tracer.name: {name: [] for name, *_ in WORKLOADS} for tracer in used}
    rounds = bench.sizes.rounds
    seldom = {
        round(step * rounds / bench.sizes.peer_rounds) for step in range(bench.sizes.peer_rounds)
    }
    failed = set()
    try:
        for turn in range(rounds):
            bench.say(f"cycles: round {turn + 1} of {rounds}")
            for name, _, workload, number, least in WORKLOADS:
                for tracer in used:
                    here = (tracer.always or turn in seldom) and (tracer, name) not in failed
                    time = None
                    if here:
                        cycles = max(least, int(bench.sizes.cycles[name] * tracer.share))
                        try:
                            time = cycle_time(bench, tracer, workload, cycles, number)
                        except NotMeasured as reason:
                            failed.add((tracer, name))
                            bench.miss(f"{name} under {tracer.name}", reason)
                    times[tracer.name][name].append(time)
        later = offline(bench) if tracers.PERF in used else None
    finally:
        for tracer in used:
            tracer.end(bench)
    return {
        "workloads": {name: what for name, what, *_ in WORKLOADS},
        "tracers": results(times),
        "perf_later_seconds_an_event": later,
    }


def offline(bench):
    """What perf has to do for an event after the program has ended."""
    cycles = 200
    with bench.folder() as folder:
        command = [str(bench.build / "host"), "unload", str(cycles), str(bench.build)]
        try:
            return tracers.PERF.later(bench, command, folder) / (2 * cycles)
        except NotMeasured as reason:
            bench.miss("what perf does after the program", reason)
            return None


def prepare(bench, tracer):
    try:
        tracer.check(bench)
        tracer.begin(bench)
    except NotMeasured as reason:
        bench.miss(f"cycles under {tracer.name}", reason)
        return False
    return True


def results(times):
    bases = times[tracers.PLAIN.name]
    return {
        name: {
            workload: {
                "ns": summary([value for value in values if value is not None]),
                "ratio": paired(values, bases[workload]),
            }
            for workload, values in of_tracer.items()
            if any(value is not None for value in values)
        }
        for name, of_tracer in times.items()
    }


def tables(data):
    workloads = list(data["workloads"])
    header = ["tracer", *(f"{name}" for name in workloads)]
    rows = []
    for tracer, results_of in data["tracers"].items():
        cells = []
        for workload in workloads:
            result = results_of.get(workload)
            if not result:
                cells.append("not measured")
            elif tracer == tracers.PLAIN.name:
                cells.append(duration(result["ns"]["median"] / 1e9))
            else:
                cells.append(with_spread(result["ratio"]))
        rows.append([tracer, *cells])
    what = "; ".join(f"{name}: {text}" for name, text in data["workloads"].items())
    note = (
        f"{what}. 15 frames deep. The first row is the time of a cycle, the others are ratios to "
        "the untraced run of the same round: the median, and the middle half in brackets."
    )
    if data["perf_later_seconds_an_event"]:
        later = duration(data["perf_later_seconds_an_event"])
        note += f" perf unwinds afterwards: {later} more an event."
    return [Table("A cycle in the program", header, rows, note)]
