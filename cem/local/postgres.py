"""Our own PostgreSQL under CEM_HOME."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from cem.local import children, ports, wheels
from cem.local.engine import Engine, State
from cem.local.home import write_private
from cem.local.problems import CannotRun
from cem.local.unprivileged import Unprivileged

USER = "cem"
DATABASE = "cem"

_SETTINGS = {
    "listen_addresses": ports.LOOPBACK,
    # TCP only: a socket's path may hold 107 bytes, and homes can lie deeper.
    "unix_socket_directories": "",
    "max_connections": "60",
    # Compiling a plan costs more than the short queries of a page.
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
}
LEAST_BUFFERS, MOST_BUFFERS = 128, 512
_FORGETFUL = {"fsync": "off", "full_page_writes": "off"}

# Said while processes of a killed predecessor still hold its shared memory.
_PASSING = ("pre-existing shared memory block", "lock file", "is already in use")

# Said by a PostgreSQL that is not ours, or about a server that is none.
_FOREIGN = ("authentication failed", "pg_hba.conf", "does not exist", "received")


def buffers_of(memory: int) -> int:
    """How many MB PostgreSQL may keep at hand on a machine of so many.

    A sixteenth, taken only as it is used: what does not fit is copied from the
    system's cache again and again, at twice the price of reading it.
    """
    return min(max(memory // 16, LEAST_BUFFERS), MOST_BUFFERS)


def helpers_of(cores: int) -> int:
    """How many processes may help one query: half of the cores, two at most.

    With as many as there are cores a long query takes twice as long as alone while
    anybody else asks for something.
    """
    return min(cores // 2, 2)


def _memory() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20


class Postgres(Engine):
    """`durable=False` trades safety against a power cut, not against kill -9, for speed."""

    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # "fast": open transactions are rolled back
    start_seconds = 120.0  # recovery after a crash replays the log first

    def __init__(self, folder: Path, programs: Path, *, durable: bool = True) -> None:
        super().__init__(folder, programs / "postgres")
        self.cluster = folder / "cluster"
        self.initdb = programs / "initdb"
        self.durable = durable

    @classmethod
    def below(
        cls, home: Path, environ: Mapping[str, str], *, durable: bool = True
    ) -> Postgres:
        programs = wheels.postgres_programs(environ)
        return cls(home / "postgres", programs, durable=durable)

    @property
    def url(self) -> str:
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        endpoint = self.endpoint
        return (
            f"postgresql://{USER}:{endpoint.password}"
            f"@{ports.LOOPBACK}:{endpoint.port}/{database}"
        )

    @property
    def state(self) -> State:
        try:
            connection = self._connect("postgres")
        except psycopg2.OperationalError as error:
            return _state_behind(error)
        try:
            folder = Path(str(_one(connection, "SHOW data_directory")))
        except psycopg2.Error:
            return State.BUSY
        finally:
            connection.close()
        return State.READY if folder == self.cluster else State.FOREIGN

    @property
    def pid_file(self) -> Path:
        return self.cluster / "postmaster.pid"

    @property
    def mark(self) -> str:
        return str(self.cluster)

    def start(self) -> bool:
        started = super().start()
        self._create_database(DATABASE)
        return started

    def recreate_database(self) -> None:
        """Drop all that is in our database, whoever is connected, and begin anew."""
        with_force = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        self._execute(with_force.format(sql.Identifier(DATABASE)))
        self._create_database(DATABASE)

    def _prepare(self, user: Unprivileged | None) -> None:
        if (self.cluster / "PG_VERSION").exists():
            return
        draft = self.folder / "cluster.new"
        _remove(draft)
        password = self.folder / "password.new"
        write_private(password, self.endpoint.password)
        if user is not None:
            user.own(self.folder)
        self._make_cluster(draft, password, user)
        # Whole or not at all: a killed initdb leaves no half cluster behind.
        draft.rename(self.cluster)
        password.unlink()

    def _make_cluster(
        self, draft: Path, password: Path, user: Unprivileged | None
    ) -> None:
        command = [
            str(self.initdb),
            f"--pgdata={draft}",
            f"--username={USER}",
            f"--pwfile={password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            *self._locale(),
            *([] if self.durable else ["--no-sync"]),
        ]
        answer = children.run(command, cwd=self.folder, user=user)
        if answer.returncode != 0:
            _remove(draft)
            raise self._failure(answer.stderr)

    def _locale(self) -> Sequence[str]:
        """Sorting by code point, letters as in Unicode, whatever the machine's locale."""
        if self._version() >= 17:
            return [
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
            ]
        return ["--locale=C.UTF-8"]

    def _version(self) -> int:
        answer = subprocess.run(
            [self.initdb, "--version"], capture_output=True, text=True, check=False
        )
        found = re.search(r"\d+", answer.stdout)
        if found is None:
            raise CannotRun(
                f"{self.initdb} does not run on this machine ({answer.stderr.strip()}): "
                "install PostgreSQL 15 or newer and set CEM_POSTGRES_BIN to the folder "
                "with its programs, or set DATABASE_URL to a server."
            )
        return int(found[0])

    def _command(self) -> Sequence[str]:
        settings = _SETTINGS | {
            "shared_buffers": f"{buffers_of(_memory())}MB",
            "max_parallel_workers_per_gather": str(helpers_of(os.cpu_count() or 1)),
        }
        settings |= {} if self.durable else _FORGETFUL
        return [
            str(self.program),
            "-D",
            str(self.cluster),
            "-p",
            str(self.endpoint.port),
            *(f"--{name}={value}" for name, value in settings.items()),
        ]

    def _passes(self, said: str) -> bool:
        return any(phrase in said for phrase in _PASSING)

    def _create_database(self, name: str) -> None:
        query = "SELECT count(*) FROM pg_database WHERE datname = %s"
        connection = self._connect("postgres")
        try:
            if _one(connection, query, name) == 0:
                self._execute(
                    sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
                )
        finally:
            connection.close()

    def _execute(self, statement: sql.Composable) -> None:
        connection = self._connect("postgres")
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
        finally:
            connection.close()

    def _connect(self, database: str) -> Connection:
        return psycopg2.connect(self.url_of(database), connect_timeout=5)


def check_answers(url: str) -> None:
    """Raise CannotRun, the password left out, where no server answers at `url`."""
    try:
        psycopg2.connect(url, connect_timeout=10).close()
    except psycopg2.Error as error:
        reason = str(error).strip().splitlines()[-1]
        raise CannotRun(
            f"The PostgreSQL that DATABASE_URL names cannot be used: {reason}"
        ) from None


def _state_behind(error: psycopg2.OperationalError) -> State:
    words = str(error)
    if "Connection refused" in words:
        return State.SILENT
    if any(phrase in words for phrase in _FOREIGN):
        return State.FOREIGN
    return State.BUSY


def _one(connection: Connection, query: str, *values: object) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        row = cursor.fetchone()
    return row[0] if row else None


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
