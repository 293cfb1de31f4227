"""Become another user, or a child that ends with its parent, then become the command.

Run by path with an isolated interpreter, so it imports nothing of ours and no thread of
the caller stands between fork and exec:

    python -I -S launch.py '{"user": "nobody", "parent_signal": 2}' COMMAND ARGUMENT...
"""

from __future__ import annotations

import ctypes
import json
import os
import pwd
import signal
import sys
from typing import Any

EXIT_CODE = 97
"""Exit code when the command could not even be started."""

_PR_SET_PDEATHSIG = 1
_PR_SET_SECUREBITS = 28
_NO_SETUID_FIXUP = 1 << 2
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAPABILITY_VERSION_3 = 0x20080522


def main(wish: dict[str, Any], command: list[str]) -> None:
    try:
        if wish.get("user"):
            _become(wish["user"], wish.get("capabilities", []))
        # After the change of user, which would clear it.
        if wish.get("parent_signal"):
            end_with_parent(wish["parent"], wish["parent_signal"])
        os.execvp(command[0], command)  # noqa: S606 -- the launcher's whole purpose
    except (OSError, KeyError) as error:
        sys.stderr.write(f"FATAL:  cannot start {command[0]}: {error}\n")
        sys.exit(EXIT_CODE)


def end_with_parent(parent: int, number: int) -> None:
    if not sys.platform.startswith("linux"):
        return
    _prctl(_PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:  # it died before we could ask
        signal.raise_signal(signal.SIGKILL)


def _become(name: str, capabilities: list[int]) -> None:
    user = pwd.getpwnam(name)
    if capabilities:
        # Else the change of user would drop them, and access(2), by which initdb looks
        # for its companions, would never consult them.
        _prctl(_PR_SET_SECUREBITS, _NO_SETUID_FIXUP)
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    if capabilities:
        _keep(capabilities)
    os.environ.update(HOME="/", USER=name, LOGNAME=name)


def _keep(capabilities: list[int]) -> None:
    """Carry these capabilities, and no others, over the coming exec."""
    mask = sum(1 << number for number in capabilities)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    low, high = mask & 0xFFFFFFFF, mask >> 32
    data = (ctypes.c_uint32 * 6)(low, low, low, high, high, high)
    _check(ctypes.CDLL(None, use_errno=True).capset(header, data))
    for number in capabilities:
        _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, number)


def _prctl(option: int, first: int, second: int = 0) -> None:
    unused = ctypes.c_ulong(0)
    _check(
        ctypes.CDLL(None, use_errno=True).prctl(
            option, ctypes.c_ulong(first), ctypes.c_ulong(second), unused, unused
        )
    )


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), sys.argv[2:])
