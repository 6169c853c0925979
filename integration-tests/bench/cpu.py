"""CPU time of processes.

A process's time is the kernel's exact run time of its threads (utime + stime of /proc/PID/stat). What the network stack does in soft
interrupts counts for the process in which they run, or for ksoftirqd/N: both are in every sum.
"""

import os
import time
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def kernel_threads():
    """Process ids of ksoftirqd of every CPU."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "comm").read_text().startswith("ksoftirqd/"):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def seconds(pids):
    """CPU seconds that these processes have used since they began."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def exact(pids):
    """As `seconds`, to the nanosecond, for processes that begin no others."""
    return sum(time.clock_gettime(~pid << 3 | 2) for pid in pids)
