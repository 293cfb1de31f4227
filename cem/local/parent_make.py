"""Heeding the `make` that started us: what ends it ends us."""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
import time
from pathlib import Path

from cem.local import children

_LOOK_SECONDS = 0.25


def heed() -> None:
    """Be told when `make` is killed, or is interrupted all by itself."""
    if not os.environ.get("MAKELEVEL") or not sys.platform.startswith("linux"):
        return
    children.end_with_parent(signal.SIGTERM)
    threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()


def _watch(make: int) -> None:
    # A Ctrl-C reaches us too, but `kill -INT` on make alone does not: make then waits
    # for us without a word, the signal blocked while its own handler runs.
    while not _is_handling_interrupt(make):
        time.sleep(_LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


def _is_handling_interrupt(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return False
    found = re.search(r"^SigBlk:\s*([0-9a-f]+)$", status, re.MULTILINE)
    blocked = int(found[1], 16) if found else 0
    return bool(blocked >> (signal.SIGINT - 1) & 1)
