"""A whole installation beside the tests: its own database, web, worker and beat.

Started as `make run` starts them and killed as an operator never should. The database
is a copy of the migrated one, committed to for real: whoever asks for it has it alone.
"""

import fcntl
import hashlib
import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import psycopg2
from django.core.management import call_command
from django.db import connection

from cem.local import children, commands, ports
from cem.local.engines import Engines
from cem.local.home import ROOT
from tests.waiting import wait_for

# As behind a company's proxy, so that one machine can speak for many customers.
BEHIND_PROXY = {"TRUSTED_PROXIES": "1"}
STOPS_WITHIN = 30.0


@dataclass
class Part:
    """One process, its children included; what it says is kept in `log`."""

    command: Sequence[str]
    environ: dict[str, str]
    log: Path
    is_ready: Callable[["Part"], bool]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.spawn()
        self.wait_until_ready()

    def spawn(self) -> None:
        with self.log.open("ab") as output:
            self._said_before = output.tell()
            self.process = children.spawn(
                self.command,
                cwd=ROOT,
                output=output,
                environ={**os.environ, **self.environ, "PYTHONUNBUFFERED": "1"},
                parent_signal=signal.SIGKILL,
            )

    def wait_until_ready(self) -> None:
        wait_for(self._is_up, seconds=180, what=f"the start of {self.log.stem}")

    def kill(self) -> None:
        """`kill -9`, the children too."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    @property
    def said(self) -> str:
        """What it has said since its last start."""
        return self.log.read_bytes()[self._said_before :].decode(errors="replace")

    def _is_up(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.said
        return self.is_ready(self)

    def _end(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        if number == signal.SIGKILL:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        try:
            self.process.wait(STOPS_WITHIN)
        finally:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process = None


@dataclass
class Installation:
    """All of its parts, or those that a test starts; they end with the installation."""

    engines: Engines
    home: Path
    database_url: str
    port: int = field(default_factory=ports.choose_free)

    def __post_init__(self) -> None:
        self.environ = {
            **self.engines.environment(),
            **BEHIND_PROXY,
            "CEM_HOME": str(self.home),
            "DATABASE_URL": self.database_url,
            "PORT": str(self.port),
            "SITE_URL": self.address,
            "WORKER_NAME": f"worker-{self.port}@%h",
        }
        self.web = self._part("web", commands.web, self._answers)
        self.worker = self._part("worker", commands.worker, _says_ready)
        self.beat = self._part("beat", commands.beat, lambda _part: True)

    @property
    def address(self) -> str:
        return f"http://{ports.LOOPBACK}:{self.port}"

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.web, self.worker, self.beat

    def start(self) -> None:
        for part in self.parts:
            part.spawn()
        for part in self.parts:
            part.wait_until_ready()

    def kill(self) -> None:
        for part in reversed(self.parts):
            part.kill()

    def _part(
        self,
        name: str,
        command: Callable[[dict[str, str]], list[str]],
        is_ready: Callable[[Part], bool],
    ) -> Part:
        log = self.home / f"{name}.log"
        return Part(command(self.environ), self.environ, log, is_ready)

    def _answers(self, _part: Part) -> bool:
        try:
            with urlopen(f"{self.address}/healthz", timeout=30) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except OSError:
            return False


@contextmanager
def installed(engines: Engines, home: Path) -> Iterator[Installation]:
    """An installation with nothing started yet; the test's own queries go there too."""
    name = f"{_name_in(engines.database_url)}_{home.name}"
    template = keep_migrated(engines)
    with _database(engines, name, template=template), _queries_go_to(name):
        installation = Installation(engines, home, _url_of(engines, name))
        try:
            yield installation
        finally:
            # Nothing is left to be finished; how it stops is tried in tests/local.
            installation.kill()


def keep_migrated(engines: Engines) -> str:
    """The name of a database with tables and the rows of migrations, to be copied.

    Made where there is none, and kept for the next run until a migration changes.
    """
    name = _migrated(engines)
    draft = f"{_name_in(engines.database_url)}_migrated"
    kept = _databases(engines, beginning=draft)
    if name in kept:
        return name
    for old in kept:
        _drop(engines, old)
    _execute(engines, f'CREATE DATABASE "{draft}"')
    with _queries_go_to(draft):
        _migrate(engines)
    # Whole or not at all: a run that was killed leaves none that looks finished.
    _execute(engines, f'ALTER DATABASE "{draft}" RENAME TO "{name}"')
    return name


def _migrate(engines: Engines) -> None:
    """Once for all runs that share a home: the others say again what that one said.

    Working out what to say takes twenty times as long as saying it.
    """
    folder = engines.home.parent
    with connection.cursor():
        version = connection.pg_version
    said = folder / f"migrated-{version}-{_migrations()}.json"
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if said.exists():
            _say_again(json.loads(said.read_text()))
            return
        for old in folder.glob(f"migrated-{version}-*.json"):
            old.unlink()
        statements = _migrate_and_listen()
        draft = said.with_suffix(".new")
        draft.write_text(json.dumps(statements))
        draft.rename(said)


def _migrate_and_listen() -> list[str]:
    statements: list[str] = []

    def listen(
        execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        cursor = context["cursor"]
        for values in params if many else [params]:
            statements.append(cursor.mogrify(sql, values).decode())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        call_command("migrate", verbosity=0)
    return statements


def _say_again(statements: Sequence[str]) -> None:
    """Each by itself: a savepoint has nothing to go back to."""
    of_savepoints = ("SAVEPOINT", "RELEASE SAVEPOINT")
    with connection.cursor() as cursor:
        for statement in statements:
            if not statement.startswith(of_savepoints):
                cursor.execute(statement)


def _migrated(engines: Engines) -> str:
    return f"{_name_in(engines.database_url)}_migrated_{_migrations()}"


@cache
def _migrations() -> str:
    """Another one as soon as any migration, or a package that brings some, changes."""
    files = [ROOT / "requirements" / "base.txt", *ROOT.glob("*/migrations/*.py")]
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def _databases(engines: Engines, *, beginning: str) -> list[str]:
    question = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
    with (
        closing(psycopg2.connect(engines.database_url)) as opened,
        opened.cursor() as cursor,
    ):
        cursor.execute(question, [beginning])
        return [name for (name,) in cursor.fetchall()]


@contextmanager
def _database(engines: Engines, name: str, *, template: str) -> Iterator[None]:
    _drop(engines, name)
    _execute(engines, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield
    _drop(engines, name)


@contextmanager
def _queries_go_to(name: str) -> Iterator[None]:
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


def _drop(engines: Engines, name: str) -> None:
    _execute(engines, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _says_ready(worker: Part) -> bool:
    return "ready." in worker.said


def _name_in(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


def _url_of(engines: Engines, name: str) -> str:
    return urlunsplit(urlsplit(engines.database_url)._replace(path=f"/{name}"))


def _execute(engines: Engines, statement: str) -> None:
    with closing(psycopg2.connect(engines.database_url)) as opened:
        opened.autocommit = True
        with opened.cursor() as cursor:
            cursor.execute(statement)
