# SPDX-License-Identifier: Apache-2.0
"""The tables, and the page they are written to."""

import json
import unittest
from pathlib import Path

from measure import bars, document
from measure.figures import summary
from measure.table import Table

ROOT = Path(__file__).resolve().parents[2]


class Document(unittest.TestCase):
    def test_text_is_aligned(self):
        text = Table("Title", ["name", "value"], [["a", "1"], ["longer", "2"]], "Note.").text()
        self.assertEqual(text, "Title\n\nNAME    VALUE\na       1\nlonger  2\nNote.\n")

    def test_markdown_is_a_table(self):
        markdown = Table("Title", ["name", "value"], [["a", "1"]]).markdown()
        self.assertEqual(markdown, "### Title\n\n| name | value |\n| --- | --- |\n| a | 1 |\n")

    def test_a_missed_bar_is_said(self):
        traced = {"W1": {"ratio": summary([1.19])}, "W2": {"ratio": summary([6.5])}}
        table = bars.table({"cycles": {"tracers": {"dltrace run": traced}}})
        self.assertEqual([row[-1] for row in table.rows], ["yes", "no"])

    def test_the_page_is_what_the_results_say(self):
        results = json.loads((ROOT / "bench" / "results.json").read_text())
        page = (ROOT / "docs" / "performance.md").read_text()
        self.assertEqual(
            document.refreshed(page, results), page, "bench/run --render bench/results.json"
        )
