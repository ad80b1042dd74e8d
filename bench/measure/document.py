# SPDX-License-Identifier: Apache-2.0
"""The results as text for a terminal, and as the generated part of docs/performance.md."""

from . import bars, cycles, growth, instructions, presence, shapes, store
from .table import Table

SECTIONS = {
    "cycles": cycles,
    "instructions": instructions,
    "presence": presence,
    "store": store,
    "shapes": shapes,
    "growth": growth,
}
BEGIN = "<!-- make bench writes what follows -->"
END = "<!-- make bench wrote this -->"


def tables(results):
    asked = bars.table(results["sections"])
    found = [asked] if asked else []
    for name, module in SECTIONS.items():
        if name in results["sections"]:
            found += module.tables(results["sections"][name])
    return found


def heading(results):
    machine = results["machine"]
    tracers = "; ".join(f"{name}: {version}" for name, version in machine["tracers"].items())
    return (
        f"dltrace {machine['dltrace']}, commit {machine['commit']}, {machine['date']}, "
        f"`{results['mode']}` in {results['seconds'] / 60:.0f} minutes. "
        f"{machine['cores']} cores ({machine['processor']}), "
        f"{machine['memory_mib'] / 1024:.0f} GiB, {machine['system']}, Linux {machine['kernel']}, "
        f"glibc {machine['glibc']}, {machine['gcc']}. Load before: {machine['load_before']}. "
        f"{tracers}."
    )


def missing(results):
    rows = [[entry["what"], entry["why"]] for entry in results["not_measured"]]
    return Table("Not measured", ["what", "why"], rows or [["nothing", "everything could be"]])


def text(results):
    return "\n".join(
        [heading(results), "", *(table.text() for table in [*tables(results), missing(results)])]
    )


def refreshed(page, results):
    """The page, with the tables between its two marks."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    blocks = [
        heading(results),
        "",
        *(table.markdown() for table in [*tables(results), missing(results)]),
    ]
    return f"{before}{BEGIN}\n\n" + "\n".join(blocks) + f"\n{END}{after}"
