# SPDX-License-Identifier: Apache-2.0
"""Medians, ratios and how figures are written."""

import unittest

from measure.figures import duration, number, paired, summary, with_spread


class Figures(unittest.TestCase):
    def test_summary_is_the_median_and_the_middle_half(self):
        result = summary([5, 1, 2, 4, 3])
        self.assertEqual((result["median"], result["quartiles"]), (3, [2, 4]))

    def test_one_value_is_its_own_spread(self):
        self.assertEqual(summary([7])["quartiles"], [7, 7])

    def test_a_ratio_is_to_the_run_of_the_same_round(self):
        self.assertEqual(paired([2, 30, 4], [1, 10, 4])["values"], [2, 3, 1])

    def test_rounds_without_a_run_are_left_out(self):
        self.assertEqual(paired([None, 30, None], [1, 10, 4])["values"], [3])

    def test_figures_have_three_digits(self):
        self.assertEqual(
            [number(value) for value in (1.234, 12.34, 1234.5)], ["1.23", "12.3", "1,234"]
        )

    def test_times_are_in_the_unit_that_suits(self):
        times = [duration(value) for value in (2, 0.0153, 31e-6, 190e-9)]
        self.assertEqual(times, ["2.00 s", "15.3 ms", "31.0 µs", "190 ns"])

    def test_spread_is_in_brackets(self):
        self.assertEqual(with_spread(summary([1.1, 1.2, 1.3])), "1.20 (1.15 to 1.25)")
