# SPDX-License-Identifier: Apache-2.0
"""The collector and what reads a trace, at growing numbers of events."""

from . import trace
from .bench import NotMeasured
from .figures import duration, number, summary
from .table import Table
from .tracers import DLTRACE


# Seconds of the C program: for the rows alone, and with the indexes.
WAYS_OF_C = ["cpu", "indexed_cpu"]


def measure(bench):
    found = []
    for events in bench.sizes.events:
        bench.say(f"store: {events:,} events")
        with bench.folder() as folder:
            cycle = trace.record(bench, folder, events)
            result = {"cycle_ns": cycle, "store": trace.take_in(bench, folder)}
            compare(bench, folder, result)
            result["report"] = asked(bench, folder)
            found.append(result)
    return {"sizes": found, "live": live(bench), "version": version(bench)}


def compare(bench, folder, result):
    """The same rows, inserted by a C program with prepared statements."""
    copy = folder / "copy.db"
    try:
        output = bench.run([bench.build / "insert", folder / "trace.db", copy], timeout=900).output
    except NotMeasured as reason:
        bench.miss(f"{result['store']['events']:,} events inserted by a C program", reason)
        return
    finally:
        copy.unlink(missing_ok=True)
    words = output.split()
    said = dict(zip(words[::2], words[1::2], strict=True))
    result["insert"] = {
        "rows": int(said["rows"]),
        "events": int(said["events"]),
        "cpu": float(said["seconds"]),
        "indexed_cpu": float(said["indexed"]),
    }


def live(bench):
    """W1 with a collector beside it: how long that takes in all, and how big it gets."""
    cycles = bench.sizes.live_events // trace.EVENTS_A_CYCLE
    with bench.folder() as folder:
        command = [bench.build / "host", "-o", folder / "result", "unload", cycles, bench.build]
        words = DLTRACE.command(bench, [str(word) for word in command], folder)
        finished = bench.run(words, DLTRACE.environment(bench, folder), timeout=900)
        return {
            "events": cycles * trace.EVENTS_A_CYCLE,
            "cycle_ns": int((folder / "result").read_text()),
            "wall": finished.wall,
            "resident_kib": finished.resident_kib,
        }


def asked(bench, folder):
    """Seconds until an answer, after a first one, which looks up names."""
    environment = bench.environment(folder)
    (address,) = trace.query(
        bench,
        folder,
        "SELECT MAX(start_address) FROM library JOIN binary ON binary.id = binary_id"
        " WHERE path LIKE '%/libsmall.so'",
    )
    questions = {
        "report": ["report"],
        "why": ["why", "libsmall.so"],
        "addr": ["addr", hex(address + 0x1100)],
        "events": ["events", "--kind", "dlclose", "--limit", "100"],
    }
    found = {}
    for name, words in questions.items():
        times = [
            bench.run([bench.dltrace, *words], environment, timeout=900).wall
            for _ in range(1 + bench.sizes.questions)
        ]
        found[name] = {"first": times[0]} | summary(times[1:])
    return found


def version(bench):
    with bench.folder() as folder:
        return summary(
            [
                bench.run([bench.dltrace, "--version"], bench.environment(folder)).wall
                for _ in range(11)
            ]
        )


def tables(data):
    rows = []
    for size in data["sizes"]:
        store, insert = size["store"], size.get("insert")
        rate = store["events"] / store["cpu"]
        by_c = [insert["events"] / insert[way] for way in WAYS_OF_C if way in (insert or {})]
        rows.append(
            [
                f"{store['events']:,}",
                duration(size["cycle_ns"] / 1e9),
                f"{rate:,.0f}",
                f"{store['events'] / store['wall']:,.0f}",
                ", ".join(f"{each:,.0f}" for each in by_c) or "not measured",
                ", ".join(f"{100 * rate / each:.0f} %" for each in by_c) or "not measured",
                number(store["bytes"] / store["events"]),
                number(store["resident_kib"] / 1024),
            ]
        )
    ways = list(data["sizes"][0]["report"])
    answers = [
        [f"{size['store']['events']:,}", *(duration(size["report"][way]["median"]) for way in ways)]
        for size in data["sizes"]
    ]
    live_data = data["live"]
    return [
        Table(
            "Into the store",
            [
                "events",
                "a cycle traced",
                "taken in a CPU second",
                "a second",
                "by a C program",
                "of that",
                "bytes an event",
                "peak MiB",
            ],
            rows,
            "W1's records, from spill files to committed rows, with everything between start "
            "and end of `dltrace processes`. The C program (bench/insert.c) inserts the same "
            "rows by prepared statements in "
            "transactions of 10,000, and decodes nothing; its second figure is with the indexes that "
            "dltrace's time holds, too, beside the digest.\n\n"
            f"With the collector beside the program, {live_data['events']:,} events: "
            f"{duration(live_data['wall'])} from start to end, "
            f"{number(live_data['resident_kib'] / 1024)} MiB at the most.",
        ),
        Table(
            "Until the answer",
            ["events", *ways],
            answers,
            "Wall time of the whole command, each with its start: `report`; `why libsmall.so`; "
            "`addr` of an address; `events --kind dlclose --limit 100`. The first answer, which "
            "looks names up, is not in it. "
            f"`dltrace --version`: {duration(data['version']['median'])}.",
        ),
    ]
