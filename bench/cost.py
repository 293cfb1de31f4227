"""Processor time and memory of process trees, read from /proc."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def tree(root: int) -> list[int]:
    """The process and everything below it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (stat := _stat(int(entry.name))):
            children.setdefault(int(stat[1]), []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def cpu_seconds(root: int) -> float:
    """User and system time of the tree, of children that ended too."""
    return sum(
        sum(int(ticks) for ticks in stat[11:15]) / TICKS
        for pid in tree(root)
        if (stat := _stat(pid))
    )


def memory_mb(root: int) -> float:
    """Proportional set size of the tree: shared pages are counted once."""
    total = 0
    for pid in tree(root):
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += next(
            int(line.split()[1]) for line in lines.splitlines() if "Pss:" in line
        )
    return total / 1024


def _stat(pid: int) -> list[str]:
    """The fields after the command's name; [] when the process has gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return []
    return text.rsplit(") ", 1)[1].split()
