# SPDX-License-Identifier: Apache-2.0
"""How long answers take about traces of other shapes, made without tracing, by bench/reports."""

from .figures import duration
from .table import Table

SHAPES = {
    "cycles": "one library, loaded and unloaded",
    "counts": "one library, opened again and again",
    "threads": "many threads",
    "processes": "up to 10,000 processes",
}
NAMES = ["shape", "count", "made", "bytes", "report", "one", "why", "addr", "events"]
TIMES = ["made", "report", "one", "why", "addr", "events"]


def measure(bench):
    """The rows of its table, by the names of its columns."""
    with bench.folder() as folder:
        environment = bench.environment(
            folder,
            DLTRACE=bench.dltrace,
            SHAPES=" ".join(SHAPES),
            RUNS=str(bench.sizes.questions),
            TMPDIR=str(folder),
        )
        command = [bench.sources / "reports", *bench.sizes.events]
        lines = bench.run(command, environment, timeout=3600).output.splitlines()
    begin = next(index for index, line in enumerate(lines) if line.startswith("SHAPE"))
    return [dict(zip(NAMES, line.split(), strict=True)) for line in lines[begin + 1 :] if line]


def tables(data):
    rows = [
        [
            SHAPES[row["shape"]],
            f"{int(row['count']):,}",
            *(duration(float(row[time])) for time in TIMES),
        ]
        for row in data
    ]
    header = [
        "a trace of",
        "events",
        "indexes",
        "report, all",
        "report, one",
        "why",
        "addr",
        "events",
    ]
    note = (
        "Made by the SQL of bench/traces, not by tracing. Indexes: what the first command takes "
        "that asks, where a recording makes them at its end. Report of all processes, or of one."
    )
    return [Table("Until the answer, of traces of other shapes", header, rows, note)]
