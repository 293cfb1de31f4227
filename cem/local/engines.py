"""PostgreSQL and Valkey for one home: ours, or the servers that the environment names."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cem.local import postgres, valkey
from cem.local.engine import Engine
from cem.local.home import first_held, given, held, home_from, secret, write_private
from cem.local.postgres import Postgres
from cem.local.problems import CannotRun
from cem.local.valkey import Valkey

LENT_HOME = "CEM_LENT_ENGINES"
"""Names the home of engines that another process runs and that we may stop."""

Say = Callable[[str], None]

_TEST_HOMES = 8


def _silent(line: str) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class Engines:
    """Where database and broker are; `postgres` and `valkey` steer those that are ours."""

    home: Path
    database_url: str
    redis_url: str
    own_postgres: Postgres | None = None
    own_valkey: Valkey | None = None

    @property
    def postgres(self) -> Postgres:
        if self.own_postgres is None:
            raise CannotRun("DATABASE_URL names a server that is not ours to stop.")
        return self.own_postgres

    @property
    def valkey(self) -> Valkey:
        if self.own_valkey is None:
            raise CannotRun("REDIS_URL names a server that is not ours to stop.")
        return self.own_valkey

    @property
    def started(self) -> list[Engine]:
        """Those that run below our home, and so are ours to keep running."""
        own = (self.own_postgres, self.own_valkey)
        return [
            engine
            for engine in own
            if engine is not None and self.home in engine.folder.parents
        ]

    def check_given(self) -> None:
        """Raise CannotRun where a server that the environment names does not answer."""
        if self.own_postgres is None:
            postgres.check_answers(self.database_url)
        if self.own_valkey is None:
            valkey.check_answers(self.redis_url)

    def note(self, environ: Mapping[str, str], **more: str) -> None:
        """Leave word for `manage.py` in `$CEM_HOME/env`: what we made, and `more`.

        What `environ` gives is left out: another command may be given something else.
        """
        values = {**self.environment(), **more}
        lines = [
            f"{name}={value}\n"
            for name, value in sorted(values.items())
            if name != "CEM_HOME" and (name in more or not given(environ, name))
        ]
        write_private(self.home / "env", "".join(lines))

    def environment(self) -> dict[str, str]:
        """What every process that uses these engines needs in its environment."""
        environ = {
            "CEM_HOME": str(self.home),
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
        }
        if not given(os.environ, "SECRET_KEY"):
            environ["SECRET_KEY"] = secret(self.home / "secret-key")
        return environ


@contextlib.contextmanager
def engines(
    home: Path,
    *,
    environ: Mapping[str, str] = os.environ,
    durable: bool = True,
    say: Say = _silent,
) -> Iterator[Engines]:
    """Have both running while the block runs; raises CannotRun where that cannot be.

    What DATABASE_URL and REDIS_URL name is used as it is. The others are started below
    `home`, or taken over where a killed command left them running, and stopped at the
    end. Nobody else may use the same home meanwhile.
    """
    home = home.resolve()
    with held(home), _running(home, environ, durable=durable, say=say) as running:
        yield running


@contextlib.contextmanager
def engines_for_tests(*, environ: Mapping[str, str] = os.environ) -> Iterator[Engines]:
    """Engines in `$CEM_HOME/test`, or in the next such home while others test there.

    Not durable: they survive kill -9, only not a power cut, and are faster so.
    """
    base = home_from(environ)
    names = ["test", *(f"test-{number}" for number in range(2, _TEST_HOMES + 1))]
    with (
        first_held([base / name for name in names]) as home,
        _running(home, environ, durable=False) as running,
    ):
        yield running


@contextlib.contextmanager
def _running(
    home: Path, environ: Mapping[str, str], *, durable: bool, say: Say = _silent
) -> Iterator[Engines]:
    own = _own(home, environ, durable=durable)
    with contextlib.ExitStack() as stack:
        for engine in own:
            if engine is not None:
                stack.callback(engine.stop)
                started = engine.start()
                say(f"{engine.name} {'is ready' if started else 'was running already'}")
        lent = _lent(environ)
        running = Engines(
            home=home,
            database_url=own[0].url if own[0] else given(environ, "DATABASE_URL"),
            redis_url=own[1].url if own[1] else given(environ, "REDIS_URL"),
            own_postgres=own[0] or lent[0],
            own_valkey=own[1] or lent[1],
        )
        running.note(environ)
        yield running


def _own(
    home: Path, environ: Mapping[str, str], *, durable: bool
) -> tuple[Postgres | None, Valkey | None]:
    """An engine of ours for each address that the environment does not give."""
    own_postgres, own_valkey = None, None
    if not given(environ, "DATABASE_URL"):
        own_postgres = Postgres.below(home, environ, durable=durable)
    if not given(environ, "REDIS_URL"):
        own_valkey = Valkey.below(home, environ)
    return own_postgres, own_valkey


def _lent(environ: Mapping[str, str]) -> tuple[Postgres | None, Valkey | None]:
    """The servers that `make test-servers` started, lent to its tests to be stopped."""
    home = environ.get(LENT_HOME)
    if not home:
        return None, None
    nothing_given = {**environ, "DATABASE_URL": "", "REDIS_URL": ""}
    return _own(Path(home), nothing_given, durable=False)
