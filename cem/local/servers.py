"""A command on the PostgreSQL and Redis that are installed on this machine.

Started as a company's own servers would be found: only by DATABASE_URL and REDIS_URL.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from cem.local import wheels
from cem.local.console import say
from cem.local.engines import LENT_HOME, engines
from cem.local.problems import CannotRun

_GIVEN = ("DATABASE_URL", "DATABASE_URL_FILE", "REDIS_URL", "REDIS_URL_FILE")


def run_on_servers(
    command: Sequence[str], *, environ: Mapping[str, str] = os.environ
) -> int:
    """Run `command` with both servers up; its exit code."""
    if not command:
        raise CannotRun("Say what to run: python -m cem.local servers COMMAND ...")
    installed = {
        **{name: value for name, value in environ.items() if name not in _GIVEN},
        "CEM_ENGINES": wheels.INSTALLED,
    }
    _say_which(installed)
    with (
        tempfile.TemporaryDirectory(prefix="cem-servers-") as folder,
        engines(
            _opened(Path(folder)), environ=installed, durable=False, say=say
        ) as running,
    ):
        lent = {
            "DATABASE_URL": running.database_url,
            "REDIS_URL": running.redis_url,
            LENT_HOME: str(running.home),
        }
        return subprocess.run(
            command, env={**installed, **lent}, check=False
        ).returncode


def _opened(folder: Path) -> Path:
    """Let the servers' own user in, where root made the folder."""
    folder.chmod(0o755)
    return folder


def _say_which(environ: Mapping[str, str]) -> None:
    for program in (
        wheels.postgres_programs(environ) / "postgres",
        wheels.valkey_server(environ),
    ):
        answer = subprocess.run(
            [program, "--version"], capture_output=True, text=True, check=False
        )
        say(f"{program}: {answer.stdout.strip()}")
