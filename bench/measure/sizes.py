# SPDX-License-Identifier: Apache-2.0
"""How much is measured: quick, default and full."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    rounds: int  # of the cycles and starts
    peer_rounds: int  # of the tracers that take long
    cycles: dict[str, int]
    starts: int  # of a program, in one round; by dltrace run a fifth of it
    python_loops: int
    exceptions: int
    quiet_rounds: int  # of code without a loader call
    most_events: int  # in a trace; the others are a tenth, a hundredth, … of it
    live_events: int
    questions: int  # how often each question is asked
    growth_rounds: int
    growth_cycles: int
    libraries: list[int]
    threads: list[int]
    depths: list[int]
    processes: list[int]

    @property
    def events(self):
        return [10**power for power in range(4, 8) if 10**power <= self.most_events]


QUICK = Sizes(
    rounds=3,
    peer_rounds=1,
    cycles={"W1": 300, "W2": 3000, "W3": 2, "W4": 100},
    starts=5,
    python_loops=500,
    exceptions=20_000,
    quiet_rounds=2,
    most_events=10_000,
    live_events=10_000,
    questions=1,
    growth_rounds=1,
    growth_cycles=100,
    libraries=[10, 300],
    threads=[1, 8],
    depths=[5, 128],
    processes=[1, 30],
)

DEFAULT = Sizes(
    rounds=15,
    peer_rounds=3,
    cycles={"W1": 3000, "W2": 30_000, "W3": 7, "W4": 1000},
    starts=20,
    python_loops=10_000,
    exceptions=500_000,
    quiet_rounds=6,
    most_events=1_000_000,
    live_events=1_000_000,
    questions=3,
    growth_rounds=3,
    growth_cycles=500,
    libraries=[10, 30, 100, 300, 1000, 4000],
    threads=[1, 2, 4, 8, 16, 32, 64],
    depths=[5, 10, 20, 40, 80, 128],
    processes=[1, 10, 100, 1000],
)

FULL = Sizes(
    rounds=31,
    peer_rounds=5,
    cycles={"W1": 3000, "W2": 30_000, "W3": 9, "W4": 1000},
    starts=50,
    python_loops=80_000,
    exceptions=1_000_000,
    quiet_rounds=8,
    most_events=10_000_000,
    live_events=1_000_000,
    questions=5,
    growth_rounds=5,
    growth_cycles=1000,
    libraries=DEFAULT.libraries,
    threads=DEFAULT.threads,
    depths=DEFAULT.depths,
    processes=DEFAULT.processes,
)

ALL = {"quick": QUICK, "default": DEFAULT, "full": FULL}
