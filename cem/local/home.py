"""CEM_HOME: the one folder in which an installation on one machine keeps everything."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from cem.local.problems import CannotRun

ROOT = Path(__file__).resolve().parents[2]


def home_from(environ: Mapping[str, str]) -> Path:
    """The folder that CEM_HOME names, `.local` beside the code without it."""
    return (ROOT / (environ.get("CEM_HOME") or ".local")).resolve()


def given(environ: Mapping[str, str], name: str) -> str:
    """The value of `name`, or of the file that `name_FILE` names; empty without both."""
    if path := environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    return environ.get(name, "")


@contextlib.contextmanager
def held(home: Path) -> Iterator[None]:
    """Keep `home` for this process alone; raises CannotRun while another holds it.

    The kernel drops the lock with the process, so a killed owner never blocks the next.
    """
    home.mkdir(parents=True, exist_ok=True)
    lock = os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _lock(lock, home)
        yield
    finally:
        os.close(lock)


@contextlib.contextmanager
def first_held(homes: Sequence[Path]) -> Iterator[Path]:
    """The first of `homes` that nobody else holds, kept as by `held`."""
    for home in homes:
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(held(home))
            except CannotRun:
                continue
            yield home
            return
    raise CannotRun(
        f"All of these are in use, wait for one: {', '.join(map(str, homes))}"
    )


def secret(path: Path) -> str:
    """The random secret kept in `path`, made on first use, readable by the owner only."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="utf-8").strip()


def write_private(path: Path, text: str) -> None:
    """Replace `path` whole or not at all, readable by the owner only."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def _lock(lock: int, home: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotRun(
            f"{home} is in use by another command that is still running: stop that one "
            "first, or give this one a folder and a port of its own, for example "
            "CEM_HOME=.local-2 PORT=8001."
        ) from None
