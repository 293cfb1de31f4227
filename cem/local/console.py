"""What a local command says on the terminal: one line a time, each part by its name."""

from __future__ import annotations

import contextlib
import os
import sys
import threading

_COLOURS = {
    "cem": "1",
    "web": "32",
    "worker": "34",
    "beat": "35",
    "demo": "33",
}
_WIDTH = max(map(len, _COLOURS))
_lock = threading.Lock()


def say(line: str, *, part: str = "cem") -> None:
    """Write `line` under the name of the part that says it, and at once."""
    name = part.ljust(_WIDTH)
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        name = f"\033[{_COLOURS.get(part, '0')}m{name}\033[0m"
    # Whoever read our lines may have gone; the company's work goes on.
    with _lock, contextlib.suppress(BrokenPipeError):
        sys.stdout.write(f"{name} | {line}\n")
        sys.stdout.flush()
