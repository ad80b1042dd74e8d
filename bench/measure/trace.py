# SPDX-License-Identifier: Apache-2.0
"""Traces of a size: recorded, taken in, asked."""

from .tracers import PRELOAD

EVENTS_A_CYCLE = 16  # of W1; what a trace really has is counted


def record(bench, folder, events):
    """Records about so many events of W1 without a collector, and returns the time of a cycle."""
    cycles = max(1, events // EVENTS_A_CYCLE)
    result = folder / "result"
    command = [bench.build / "host", "-o", result, "unload", cycles, bench.build]
    bench.run(command, PRELOAD.environment(bench, folder), timeout=900)
    return int(result.read_text())


def take_in(bench, folder):
    """Takes the spill folder into the database: what that took."""
    finished = bench.run([bench.dltrace, "processes"], bench.environment(folder), timeout=1800)
    (events,) = query(bench, folder, "SELECT COUNT(*) FROM event")
    return {
        "events": events,
        "wall": finished.wall,
        "cpu": finished.cpu,
        "resident_kib": finished.resident_kib,
        "bytes": sum(path.stat().st_size for path in folder.glob("trace.db*")),
    }


def query(bench, folder, sql):
    """The numbers of the one row that answers."""
    output = bench.run([bench.dltrace, "query", sql], bench.environment(folder), timeout=900).output
    return [int(word) for word in output.splitlines()[1].split()]
