"""Whether the collected browser files still match their sources."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from cem.local import commands
from cem.local.home import ROOT

_SOURCES = ("static", "[!.]*/static")
_LOCKS = ("package-lock.json", "requirements/base.txt", "cem/settings.py")


def are_stale(home: Path) -> bool:
    stamp = _stamp(home)
    return not stamp.exists() or stamp.read_text(encoding="ascii") != _fingerprint()


def remember(home: Path) -> None:
    _stamp(home).write_text(_fingerprint(), encoding="ascii")


def _stamp(home: Path) -> Path:
    # Inside, so that whoever empties the folder has it filled again.
    return home / "static" / ".fingerprint"


def _fingerprint() -> str:
    """Changes when a file of ours or the set of installed packages does."""
    digest = hashlib.sha256(repr(commands.static({})).encode())
    for path in _files():
        known = path.stat()
        line = f"{path.relative_to(ROOT)} {known.st_mtime_ns} {known.st_size}\n"
        digest.update(line.encode())
    return digest.hexdigest()


def _files() -> Iterator[Path]:
    for pattern in _SOURCES:
        for folder in sorted(ROOT.glob(pattern)):
            yield from sorted(path for path in folder.rglob("*") if path.is_file())
    yield from (ROOT / name for name in _LOCKS if (ROOT / name).exists())
