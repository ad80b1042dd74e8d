# SPDX-License-Identifier: Apache-2.0
"""How the cost of a cycle grows with libraries, threads, stack depth and processes."""

from . import tracers
from .bench import NotMeasured
from .figures import duration, number, paired, summary
from .host import cycle_time
from .table import Table

TITLES = {
    "loaded": "libraries loaded and closed together (W3), per library",
    "present": "other libraries that are there (W1)",
    "threads": "threads (W4)",
    "depth": "frames on the stack (W1)",
    "count_depth": "frames on the stack (W2)",
    "children": "children one after the other, each as its parent sees it",
    "processes": "the same with dltrace's own start and end, per child",
}


def measure(bench):
    sizes, cycles = bench.sizes, bench.sizes.growth_cycles

    def loaded(tracer, count):
        return cycle_time(bench, tracer, "many", max(3, 300 // count), count) / count

    def present(tracer, count):
        return cycle_time(bench, tracer, "unload", cycles, others=count)

    def threads(tracer, count):
        return cycle_time(bench, tracer, "threads", max(10, 4 * cycles // count), count)

    def depth(tracer, count):
        return cycle_time(bench, tracer, "unload", cycles, frames=count)

    def count_depth(tracer, count):
        return cycle_time(bench, tracer, "count", 10 * cycles, frames=count)

    def spawned(tracer, count):
        with bench.folder() as folder:
            words = [bench.build / "spawn", count, bench.build / "start"]
            command = tracer.command(bench, [str(word) for word in words], folder)
            return bench.run(command, tracer.environment(bench, folder))

    def children(tracer, count):
        return int(spawned(tracer, count).output)

    def processes(tracer, count):
        return spawned(tracer, count).wall * 1e9 / count

    curves = {
        "loaded": (loaded, sizes.libraries),
        "present": (present, sizes.libraries),
        "threads": (threads, sizes.threads),
        "depth": (depth, sizes.depths),
        "count_depth": (count_depth, sizes.depths),
        "children": (children, sizes.processes),
        "processes": (processes, sizes.processes),
    }
    return {name: curve(bench, name, *way) for name, way in curves.items()}


def curve(bench, name, work, counts):
    bench.say(f"growth: {TITLES[name]}")
    return [point(bench, name, work, count) for count in counts]


def point(bench, name, work, count):
    times = {tracers.PLAIN: [], tracers.DLTRACE: []}
    for _ in range(bench.sizes.growth_rounds):
        for tracer, values in times.items():
            try:
                values.append(work(tracer, count))
            except NotMeasured as reason:
                bench.miss(f"{count} {TITLES[name]}, {tracer.name}", reason)
                return {"count": count}
    plain, traced = times.values()
    return {
        "count": count,
        "untraced": summary(plain),
        "traced": summary(traced),
        "ratio": paired(traced, plain),
    }


def tables(data):
    return [
        Table(
            f"Growth: {TITLES[name]}",
            ["number", "untraced", "traced", "more", "ratio"],
            [row(point_of) for point_of in points],
        )
        for name, points in data.items()
    ]


def row(point_of):
    if "ratio" not in point_of:
        return [f"{point_of['count']:,}", *["not measured"] * 4]
    plain, traced = (point_of[way]["median"] / 1e9 for way in ("untraced", "traced"))
    more = f"-{duration(plain - traced)}" if traced < plain else duration(traced - plain)
    return [
        f"{point_of['count']:,}",
        duration(plain),
        duration(traced),
        more,
        number(point_of["ratio"]["median"]),
    ]
