"""Starting a child that ends with us, and knowing a process again by its command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from cem.local import launch
from cem.local.unprivileged import Unprivileged

_LAUNCH = [sys.executable, "-I", "-S", launch.__file__]


def spawn(
    command: Sequence[str],
    *,
    cwd: Path,
    output: int | IO[bytes],
    environ: Mapping[str, str] | None = None,
    parent_signal: signal.Signals,
    user: Unprivileged | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own; Linux ends it when this process ends."""
    wish: dict[str, object] = user.wish() if user else {}
    # The kernel means the thread that started the child, not the process: a helper
    # thread that returns would take the child with it.
    if threading.current_thread() is threading.main_thread():
        wish |= {"parent": os.getpid(), "parent_signal": int(parent_signal)}
    return subprocess.Popen(
        [*_LAUNCH, json.dumps(wish), *command],
        cwd=cwd,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def run(
    command: Sequence[str], *, cwd: Path, user: Unprivileged | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `command` to its end as `user`, its output as text in the C locale."""
    wish = user.wish() if user else {}
    return subprocess.run(
        [*_LAUNCH, json.dumps(wish), *command],
        cwd=cwd,
        env={**os.environ, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def end_with_parent(number: signal.Signals) -> None:
    """Have this very process sent `number` when its parent ends (Linux only)."""
    launch.end_with_parent(os.getppid(), int(number))


def is_running(pid: int, *, marked: str) -> bool:
    """Whether process `pid` lives and has `marked` in its command line.

    A pid alone proves nothing: after a crash or in a container the number belongs to
    some other process sooner or later. A zombie has no command line, so it is gone.
    """
    return marked in _command_line(pid)


def pid_in(path: Path) -> int | None:
    """The process id in the first line of a pid file, None where there is none."""
    try:
        return int(path.read_text(encoding="utf-8").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _command_line(pid: int) -> str:
    if sys.platform.startswith("linux"):
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            return ""
        return os.fsdecode(words.replace(b"\0", b" "))
    answer = subprocess.run(
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout
