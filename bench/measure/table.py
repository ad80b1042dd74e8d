# SPDX-License-Identifier: Apache-2.0
"""Tables, as text for a terminal and as Markdown for docs/performance.md."""

from dataclasses import dataclass


@dataclass
class Table:
    """One table: cells are text already."""

    title: str
    header: list[str]
    rows: list[list[str]]
    note: str = ""

    def text(self):
        rows = [[cell.upper() for cell in self.header], *self.rows]
        widths = [max(len(row[column]) for row in rows) for column in range(len(self.header))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        return "\n".join([self.title, "", *lines, *([self.note] if self.note else []), ""])

    def markdown(self):
        lines = [
            f"| {' | '.join(row)} |"
            for row in [self.header, ["---"] * len(self.header), *self.rows]
        ]
        return "\n".join(
            [f"### {self.title}", "", *lines, *(["", self.note] if self.note else []), ""]
        )
