# SPDX-License-Identifier: Apache-2.0
"""dltrace and its peers: how a program is run under each, and what each needs to be there."""

import os
import shutil
import subprocess

from .bench import NotMeasured


def libc():
    """The C library's file, where the uprobes go: this program has it too."""
    with open("/proc/self/maps") as maps:
        return next(line.split()[-1] for line in maps if line.rstrip().endswith("/libc.so.6"))


class Tracer:
    """The program as it is; the base of all others."""

    name = "untraced"
    program = None  # the command that has to be installed
    needs_root = False
    share = 1.0  # of the cycles, where a cycle takes much longer
    always = True  # in every round, or only in a few

    def check(self, bench):
        """Raises NotMeasured where it can't be used here."""
        if self.program and not shutil.which(self.program):
            raise NotMeasured(f"{self.program} is not installed")
        if self.needs_root and os.geteuid() != 0:
            raise NotMeasured("needs root")

    def begin(self, bench):
        """Before the first run."""

    def end(self, bench):
        """After the last one."""

    def run(self, bench, command, folder):
        bench.run(self.command(bench, command, folder), self.environment(bench, folder))

    def command(self, bench, command, folder):
        return command

    def environment(self, bench, folder):
        return bench.environment(folder)

    def version(self):
        if not self.program:
            return None
        said = subprocess.run(
            [self.program, "--version"], capture_output=True, text=True, check=False
        )
        lines = [
            line.strip()
            for line in (said.stdout + said.stderr).splitlines()
            if any(map(str.isdigit, line))
        ]
        return lines[0] if lines else None


class Dltrace(Tracer):
    name = "dltrace run"

    def command(self, bench, command, folder):
        return [bench.dltrace, "run", "--quiet", "--", *command]


class Preload(Tracer):
    name = "libdltrace.so, no collector"

    def environment(self, bench, folder):
        return bench.environment(folder, LD_PRELOAD=bench.library)


class Debug(Tracer):
    name = "LD_DEBUG=files"

    def environment(self, bench, folder):
        return bench.environment(folder, LD_DEBUG="files", LD_DEBUG_OUTPUT=str(folder / "account"))


class Audit(Tracer):
    name = "LD_AUDIT, one write an event"

    def environment(self, bench, folder):
        audit = str(bench.build / "libaudit.so")
        return bench.environment(folder, LD_AUDIT=audit, BENCH_AUDIT=str(folder / "account"))


class PerfUprobe(Tracer):
    name = "perf uprobes, dwarf stacks"
    program = "perf"
    needs_root = True
    share = 0.1
    always = False

    def begin(self, bench):
        self.end(bench)
        for function in ("dlopen", "dlclose"):
            bench.run(
                ["perf", "probe", "-q", "-x", libc(), f"dltrace_bench:bench_{function}={function}"]
            )

    def end(self, bench):
        subprocess.run(
            ["perf", "probe", "-q", "-d", "dltrace_bench:*"], capture_output=True, check=False
        )

    def command(self, bench, command, folder):
        record = ["perf", "record", "-q", "-e", "dltrace_bench:*", "--call-graph", "dwarf"]
        return [*record, "-o", folder / "perf.data", "--", *command]

    def later(self, bench, command, folder):
        """Seconds for what is left to do: unwinding the stacks that were copied."""
        self.run(bench, command, folder)
        return bench.run(
            ["perf", "script", "--no-inline", "-i", folder / "perf.data"], timeout=120
        ).cpu


class Bpftrace(Tracer):
    name = "bpftrace uprobes, ustack"
    program = "bpftrace"
    needs_root = True
    share = 0.25
    always = False

    def command(self, bench, command, folder):
        library = libc()
        opened = f'uprobe:{library}:dlopen {{ printf("open %s%s", str(arg0), ustack); }}'
        closed = f'uprobe:{library}:dlclose {{ printf("close %p%s", arg0, ustack); }}'
        words = " ".join(str(word) for word in command)
        return ["bpftrace", "-o", folder / "account", "-e", f"{opened} {closed}", "-c", words]


class Strace(Tracer):
    name = "strace, openat and munmap"
    program = "strace"
    share = 0.5
    always = False

    def command(self, bench, command, folder):
        calls = ["--seccomp-bpf", "-e", "trace=openat,munmap"]
        return ["strace", "-f", *calls, "-o", folder / "account", *command]


class Uftrace(Tracer):
    name = "uftrace, library calls"
    program = "uftrace"
    share = 0.25
    always = False

    def command(self, bench, command, folder):
        return ["uftrace", "record", "--force", "--no-pager", "-d", folder / "uftrace", *command]


class Heaptrack(Tracer):
    name = "heaptrack"
    program = "heaptrack"
    share = 0.25
    always = False

    def command(self, bench, command, folder):
        return ["heaptrack", "-o", folder / "heaptrack", *command]


class Gdb(Tracer):
    name = "gdb, breakpoints and backtrace"
    program = "gdb"
    share = 0.01
    always = False

    def command(self, bench, command, folder):
        script = folder / "commands"
        stop = "break {}\ncommands\nsilent\nbacktrace\ncontinue\nend\n"
        before = "set breakpoint pending on\nset debuginfod enabled off\n"
        script.write_text(before + stop.format("dlopen") + stop.format("dlclose") + "run\n")
        return ["gdb", "-q", "-nx", "-batch", "-x", script, "--args", *command]


PLAIN = Tracer()
DLTRACE = Dltrace()
PRELOAD = Preload()
PERF = PerfUprobe()
ALL = [
    PLAIN,
    DLTRACE,
    PRELOAD,
    Debug(),
    Audit(),
    Strace(),
    PERF,
    Bpftrace(),
    Uftrace(),
    Heaptrack(),
    Gdb(),
]
