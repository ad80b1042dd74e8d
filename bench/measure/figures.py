# SPDX-License-Identifier: Apache-2.0
"""Medians, spreads and paired ratios."""

from statistics import median, quantiles


def summary(values):
    """The median of some runs, the middle half of them, and all."""
    first, _, third = quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
    return {
        "median": median(values),
        "quartiles": [first, third],
        "values": [round(value, 6) for value in values],
    }


def paired(values, bases):
    """What each value is to the base of its round; rounds that lack either are left out."""
    return summary(
        [v / b for v, b in zip(values, bases, strict=True) if v is not None and b is not None]
    )


def number(value):
    """A figure with as many digits as can be told apart on such a machine."""
    magnitude = abs(value)
    if magnitude >= 100:
        return f"{value:,.0f}"
    if magnitude >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}"


def with_spread(result):
    """`1.18 (1.15 to 1.22)`: the median and the middle half."""
    least, greatest = result["quartiles"]
    return f"{number(result['median'])} ({number(least)} to {number(greatest)})"


def duration(seconds):
    """A time in the unit that suits it."""
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{number(seconds / size)} {unit}"
    return f"{number(seconds / 1e-9)} ns"
