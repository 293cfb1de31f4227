"""`make run`: engines, database, demo, web, worker and beat under one command."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from cem.local import assets, children, commands, ports
from cem.local.console import say
from cem.local.engines import Engines, engines
from cem.local.home import ROOT, given, home_from
from cem.local.problems import CannotRun
from cem.local.processes import Process

_LOOK_SECONDS = 0.25
_WEB_SECONDS = 60.0
_ONE_CTRL_C_SECONDS = 1.0
_ACCOUNTS = "demo-accounts.json"


class Stopped(BaseException):
    """Somebody asked us to stop; not an error, and nobody's to swallow."""


@dataclass
class Stop:
    """What a Ctrl-C or a SIGTERM means: stop in order, and a second Ctrl-C, hurry."""

    hurry: threading.Event = field(default_factory=threading.Event)
    asked_at: float | None = None

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._hear)

    def ask(self) -> None:
        """From now on, stopping is under way."""
        self.asked_at = self.asked_at or time.monotonic()

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self.asked_at is None:
            self.ask()
            raise Stopped
        # The same Ctrl-C may come twice, from the terminal and from a program between.
        is_another = time.monotonic() - self.asked_at > _ONE_CTRL_C_SECONDS
        if number == signal.SIGINT and is_another:
            self.hurry.set()


def run(environ: Mapping[str, str] = os.environ) -> int:
    """Run everything until told to stop; the exit code. Raises CannotRun."""
    stop = Stop()
    stop.listen()
    try:
        port = _port(environ)
        with engines(home_from(environ), environ=environ, say=say) as running:
            running.check_given()
            whole = _environment(running, environ, port)
            running.note(environ, PORT=str(port), SITE_URL=whole["SITE_URL"])
            _prepare(running, whole)
            with _processes(whole, stop) as processes:
                _wait_for_web(port, processes)
                _welcome(whole)
                _look_after(running, processes)
    except Stopped:
        say("Stopped")
    return 0


def reset_demo(environ: Mapping[str, str] = os.environ) -> int:
    """Empty our own database and seed the demo company anew."""
    if given(environ, "DATABASE_URL"):
        raise CannotRun(
            "DATABASE_URL names a server of your own, and demo-reset empties only the "
            "database that `make run` made itself: unset DATABASE_URL first."
        )
    home = home_from(environ)
    with engines(home, environ=environ, say=say) as running:
        say("Emptying the database")
        running.postgres.recreate_database()
        (home / _ACCOUNTS).unlink(missing_ok=True)
        whole = _environment(running, environ, _port_number(environ))
        _prepare(running, whole)
        _show_accounts(home)
    return 0


def _port(environ: Mapping[str, str]) -> int:
    port = _port_number(environ)
    host = environ.get("WEB_HOST", ports.LOOPBACK)
    if not ports.is_free(port, host):
        raise CannotRun(
            f"Port {port} is in use by another program: stop that one, or choose "
            f"another port, for example PORT={port + 1} make run."
        )
    return port


def _port_number(environ: Mapping[str, str]) -> int:
    value = environ.get("PORT") or "8000"
    if not value.isdecimal() or not 0 < int(value) < 65_536:
        raise CannotRun(f"PORT must be a number from 1 to 65535, not {value!r}.")
    return int(value)


def _environment(
    running: Engines, environ: Mapping[str, str], port: int
) -> dict[str, str]:
    return {
        "SITE_URL": f"http://{ports.LOOPBACK}:{port}",
        **environ,
        **running.environment(),
        "PORT": str(port),
    }


def _prepare(running: Engines, environ: Mapping[str, str]) -> None:
    _step("Database brought up to date", commands.migrate(environ), environ)
    if assets.are_stale(running.home):
        _step("Browser files collected", commands.static(environ), environ)
        assets.remember(running.home)
    if _wants_demo(running, environ):
        _step("Demo company in place", commands.seed_demo(environ), environ)
        if running.own_postgres in running.started:
            _seeded(running).touch()


def _wants_demo(running: Engines, environ: Mapping[str, str]) -> bool:
    """Only once in a database of ours; another's is looked into each time."""
    if environ.get("CEM_DEMO") == "0":
        return False
    is_ours = running.own_postgres in running.started
    return not (
        is_ours and _seeded(running).exists() and (running.home / _ACCOUNTS).exists()
    )


def _seeded(running: Engines) -> Path:
    """A mark beside the database's files, gone when they are."""
    return running.home / "postgres" / "seeded"


def _step(done: str, command: list[str], environ: Mapping[str, str]) -> None:
    """Run `command` to its end; its own words appear only where it fails."""
    start = time.monotonic()
    child = children.spawn(
        command,
        cwd=ROOT,
        output=subprocess.PIPE,
        environ=environ,
        parent_signal=signal.SIGTERM,
    )
    try:
        output, _ = child.communicate()
    except Stopped:
        child.terminate()
        child.communicate()
        raise
    if child.returncode != 0:
        raise _step_failure(command, output.decode("utf-8", "replace"))
    say(f"{done} ({time.monotonic() - start:.1f} s)")


def _step_failure(command: list[str], output: str) -> CannotRun:
    if "No space left on device" in output:
        return CannotRun("The disk is full: free some space, then run this again.")
    sys.stderr.write(output)
    return CannotRun(
        f"“{' '.join(Path(word).name for word in command[1:3])}” failed; "
        "what it said stands above."
    )


@contextlib.contextmanager
def _processes(environ: Mapping[str, str], stop: Stop) -> Iterator[list[Process]]:
    processes = [
        Process("web", commands.web(environ), environ),
        Process("worker", commands.worker(environ), environ, announces="ready."),
        Process("beat", commands.beat(environ), environ),
    ]
    if environ.get("CEM_DEMO_LIVE") == "1":
        processes.append(Process("demo", commands.live_demo(environ), environ))
    try:
        for process in processes:
            process.start()
        yield processes
    finally:
        stop.ask()
        _stop_all(processes, stop)


def _stop_all(processes: list[Process], stop: Stop) -> None:
    say("Stopping")
    # The beat and the demo make new work, the web takes it, the worker finishes it.
    for process in sorted(processes, key=lambda one: one.name == "worker"):
        process.ask_to_stop()
    for process in processes:
        process.wait_until_stopped(stop.hurry)


def _wait_for_web(port: int, processes: list[Process]) -> None:
    deadline = time.monotonic() + _WEB_SECONDS
    while not _answers(port):
        for process in processes:
            process.look_after()
        if time.monotonic() > deadline:
            raise CannotRun(f"web did not answer on port {port} in time.")
        time.sleep(0.05)
    say("Web is ready")
    for process in processes:
        if process.announces and process.ready.wait(timeout=15):
            say(f"{process.name.capitalize()} is ready")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(ports.LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _look_after(running: Engines, processes: list[Process]) -> None:
    while True:
        for engine in running.started:
            if engine.pid is None:
                say(f"{engine.name} ended unexpectedly; starting it again")
                engine.start()
                say(f"{engine.name} is ready")
        for process in processes:
            process.look_after()
        time.sleep(_LOOK_SECONDS)


def _welcome(environ: Mapping[str, str]) -> None:
    _show_accounts(home_from(environ))
    say(f"Open {environ['SITE_URL']}/   (Ctrl-C stops everything)")


def _show_accounts(home: Path) -> None:
    path = home / _ACCOUNTS
    if not path.exists():
        return
    accounts = json.loads(path.read_text(encoding="utf-8"))
    say(f"Demo accounts (kept in {path}):")
    width = max(len(role) for role in accounts)
    for role, account in accounts.items():
        say(f"  {role.ljust(width)}  {account['email']}  {account['password']}")
