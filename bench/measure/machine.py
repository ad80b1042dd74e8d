# SPDX-License-Identifier: Apache-2.0
"""What the figures are of: machine, kernel, versions, commit."""

import os
import platform
import subprocess
from datetime import datetime, timezone

from .tracers import ALL


def describe(bench):
    return {
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "commit": commit(bench),
        "cores": len(os.sched_getaffinity(0)),
        "processor": processor(),
        "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20,
        "system": first_value("/etc/os-release", "PRETTY_NAME", "=").strip('"'),
        "kernel": f"{platform.release()} {platform.machine()}",
        "glibc": os.confstr("CS_GNU_LIBC_VERSION").removeprefix("glibc "),
        "load_before": round(os.getloadavg()[0], 2),
        "dltrace": said([bench.dltrace, "--version"]),
        "gcc": said(["gcc", "--version"]),
        "tracers": {tracer.name: version for tracer in ALL if (version := known_version(tracer))},
    }


def known_version(tracer):
    try:
        return tracer.version()
    except OSError:
        return None


def commit(bench):
    """The commit, with a mark where files differ from it."""
    name = said(["git", "-C", str(bench.sources), "rev-parse", "--short=12", "HEAD"])
    changed = said(
        ["git", "-C", str(bench.sources), "status", "--porcelain", "--untracked-files=no"]
    )
    return f"{name}, changed" if name and changed else name or "not known"


def processor():
    return first_value("/proc/cpuinfo", "model name", ":")


def first_value(path, key, separator):
    with open(path) as lines:
        for line in lines:
            name, found, value = line.partition(separator)
            if found and name.strip() == key:
                return value.strip()
    return "not known"


def said(command):
    """The first line that a command prints."""
    try:
        output = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except OSError:
        return ""
    return output.splitlines()[0].strip() if output else ""
