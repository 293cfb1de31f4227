"""The user that engines run as when the command itself was started by root.

PostgreSQL refuses to be root, rightly. Its own folder is given to that user; nothing
outside it is. Where a folder above (say /root) is closed, the child keeps the one
capability of root's that lets it pass, instead of the folder being opened.
"""

from __future__ import annotations

import os
import pwd
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cem.local.problems import CannotRun

_DAC_OVERRIDE = 1
_DAC_READ_SEARCH = 2


@dataclass(frozen=True)
class Unprivileged:
    name: str
    capabilities: tuple[int, ...] = ()

    def wish(self) -> dict[str, object]:
        """What `launch.py` is asked for."""
        return {"user": self.name, "capabilities": list(self.capabilities)}

    def own(self, folder: Path) -> None:
        """Give `folder` and all in it to this user."""
        user = pwd.getpwnam(self.name)
        for path in _tree(folder):
            if path.lstat().st_uid != user.pw_uid:
                os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def unprivileged_for(folder: Path, program: Path) -> Unprivileged | None:
    """Who shall run `program` on `folder`; None means: ourselves, we are not root."""
    if os.geteuid() != 0:
        return None
    owner = folder.stat().st_uid
    name = _name_of(owner) if owner else "nobody"
    return Unprivileged(name, _needed_capabilities(folder, program.resolve()))


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return "nobody"


def _needed_capabilities(folder: Path, program: Path) -> tuple[int, ...]:
    """Nothing where others may pass; else the weakest capability that root has here."""
    readable = program.stat().st_mode & 0o005 == 0o005
    ways = [*folder.resolve().parents, *program.parents]
    if readable and all(way.stat().st_mode & stat.S_IXOTH for way in ways):
        return ()
    held = _held_capabilities()
    wanted = [_DAC_READ_SEARCH, _DAC_OVERRIDE] if readable else [_DAC_OVERRIDE]
    for capability in wanted:
        if held >> capability & 1:
            return (capability,)
    raise CannotRun(
        f"PostgreSQL must not run as root, and another user cannot reach {folder}: "
        "run this as an ordinary user, or put the project in a folder that "
        "everybody may enter (for example /srv)."
    )


def _held_capabilities() -> int:
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
    except FileNotFoundError:
        return 0
    found = re.search(r"^CapPrm:\s*([0-9a-f]+)$", status, re.MULTILINE)
    return int(found[1], 16) if found else 0


def _tree(folder: Path) -> Iterator[Path]:
    yield folder
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            yield Path(parent, name)
