# SPDX-License-Identifier: Apache-2.0
"""What all measurements share: where things are, how programs are run, what could not be done."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


class NotMeasured(Exception):
    """A measurement that is not possible here; says why."""


@dataclass(frozen=True)
class Finished:
    """How a program ended, and what it took, with the children it waited for."""

    output: str
    wall: float
    cpu: float
    resident_kib: int


class Bench:
    """One run of the benchmark."""

    def __init__(self, sizes, dltrace, library):
        self.sizes = sizes
        self.dltrace = str(dltrace)
        self.library = str(library)
        self.sources = Path(__file__).resolve().parent.parent
        self.build = self.sources / "build"
        self.scratch = Path(tempfile.mkdtemp(prefix="dltrace-bench-"))
        self.not_measured = []

    def close(self):
        shutil.rmtree(self.scratch, ignore_errors=True)

    def miss(self, what, why):
        """Notes, once, what could not be measured."""
        entry = {"what": what, "why": str(why)}
        if entry not in self.not_measured:
            self.not_measured.append(entry)
            self.say(f"not measured: {what}: {why}")

    @staticmethod
    def say(line):
        print(f"bench: {line}", file=sys.stderr, flush=True)

    @contextmanager
    def folder(self):
        """An empty folder, removed afterwards."""
        path = Path(tempfile.mkdtemp(dir=self.scratch))
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def environment(self, folder, **more):
        """For dltrace and programs it traces: everything it keeps is in the folder."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DLTRACE_", "LD_"))
        }
        (folder / "spill").mkdir(mode=0o700, exist_ok=True)
        return kept | {
            "DLTRACE_DB": str(folder / "trace.db"),
            "DLTRACE_SPILL": str(folder / "spill"),
            "DLTRACE_PIPE": str(folder / "pipe"),
            "DLTRACE_LIBRARY": self.library,
            **more,
        }

    def run(self, command, environment=None, timeout=300, expected=0):
        """Runs a program to its end; its failure is NotMeasured, with the last line it said."""
        with tempfile.TemporaryFile(dir=self.scratch) as output, tempfile.TemporaryFile(
            dir=self.scratch
        ) as errors:
            begin = time.monotonic()
            try:
                process = subprocess.Popen(
                    [str(word) for word in command],
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=errors,
                    start_new_session=True,
                )
            except OSError as reason:
                raise NotMeasured(reason) from reason
            expired = threading.Event()

            def expire():
                expired.set()
                os.killpg(process.pid, 9)

            timer = threading.Timer(timeout, expire)
            timer.start()
            _, status, usage = os.wait4(process.pid, 0)
            timer.cancel()
            wall = time.monotonic() - begin
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            text = output.read().decode(errors="replace")
            if expired.is_set():
                raise NotMeasured(f"took more than {timeout} s")
            if process.returncode != expected:
                errors.seek(0)
                said = (
                    errors.read().decode(errors="replace").strip() or text.strip() or "nothing said"
                )
                raise NotMeasured(f"status {process.returncode}: {said.splitlines()[-1][:200]}")
            return Finished(text, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
