# SPDX-License-Identifier: Apache-2.0
"""Runs bench/host, which measures its cycles inside itself: no tracer's own start counts."""

from .bench import NotMeasured


def cycle_time(bench, tracer, workload, cycles, number=None, frames=None, others=None):
    """The nanoseconds of a cycle of the workload under the tracer."""
    with bench.folder() as folder:
        result = folder / "result"
        command = [bench.build / "host", "-o", result]
        if frames is not None:
            command += ["-d", frames]
        if others is not None:
            command += ["-l", others]
        command += [workload, cycles, bench.build]
        if number is not None:
            command.append(number)
        try:
            tracer.run(bench, [str(word) for word in command], folder)
        except NotMeasured:
            # The program was at its end: bpftrace dies when it can't name what has gone meanwhile.
            if not result.exists():
                raise
        return int(result.read_text())
