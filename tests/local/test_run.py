"""`make run`, as somebody types it: real engines, real web, worker and beat."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cem.local import ports
from cem.local.home import ROOT
from tests.local.conftest import NOTHING_GIVEN


@dataclass
class Running:
    command: subprocess.Popen[str]
    home: Path
    port: int
    log: Path

    def said(self) -> str:
        return self.log.read_text()

    def process(self, words: str) -> int:
        """The oldest process of ours whose command line holds `words`."""
        return min(found for found in descendants(self.command.pid, words))


def start(home: Path, log: Path, **environ: str) -> Running:
    port = ports.choose_free()
    with log.open("w") as output:
        command = subprocess.Popen(
            [sys.executable, "-m", "cem.local", "run"],
            cwd=ROOT,
            env={
                **NOTHING_GIVEN,
                "CEM_HOME": str(home),
                "CEM_DEMO": "0",
                "PORT": str(port),
                **environ,
            },
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
    return Running(command, home, port, log)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("run")
    running = start(folder / "a home", folder / "log")
    try:
        wait_for(lambda: "Ctrl-C" in running.said(), running)
        yield running
    finally:
        running.command.send_signal(signal.SIGTERM)
        running.command.wait(60)


class TestRun:
    def test_serves_pages_under_its_address(self, running: Running) -> None:
        address = f"http://127.0.0.1:{running.port}/"
        assert f"Open {address}" in running.said()
        with urllib.request.urlopen(address) as answer:
            assert answer.status == 200

    def test_says_each_step(self, running: Running) -> None:
        steps = [line.removeprefix("cem    | ") for line in running.said().splitlines()]
        assert [
            step
            for step in (re.sub(r" \(.*", "", line) for line in steps)
            if step in EXPECTED_STEPS
        ] == EXPECTED_STEPS

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ("bin/postgres -D", "PostgreSQL ended unexpectedly"),
            ("valkey-server", "Valkey ended unexpectedly"),
            ("gunicorn", "web    | was ended by SIGKILL"),
            ("cem.local.worker", "worker | was ended by SIGKILL"),
            ("cem.local.beat", "beat   | was ended by SIGKILL"),
        ],
    )
    def test_starts_a_part_again_that_was_killed(
        self, running: Running, words: str, said: str
    ) -> None:
        old = running.process(words)
        os.kill(old, signal.SIGKILL)
        wait_for(lambda: said in running.said(), running)
        wait_for(lambda: descendants(running.command.pid, words) - {old}, running)
        wait_for(lambda: answers(running.port), running)

    def test_refuses_a_second_command_in_its_home(
        self, running: Running, tmp_path: Path
    ) -> None:
        second = start(running.home, tmp_path / "log")
        assert second.command.wait(30) == 1
        assert "is in use by another command" in second.said()
        assert "Traceback" not in second.said()

    def test_comes_back_after_it_was_killed_and_stops_in_good_order(
        self, running: Running, tmp_path: Path
    ) -> None:
        family = descendants(running.command.pid, "")
        running.command.kill()
        running.command.wait()
        wait_for(lambda: not [pid for pid in family if is_alive(pid)])

        again = start(running.home, tmp_path / "log")
        wait_for(lambda: "Ctrl-C" in again.said(), again)
        family = descendants(again.command.pid, "")
        again.command.send_signal(signal.SIGINT)
        assert again.command.wait(60) == 0
        assert again.said().rstrip().endswith("Stopped")
        assert not [pid for pid in family if is_alive(pid)]


class TestRunRefuses:
    def test_a_port_that_is_taken(self, tmp_path: Path) -> None:
        port = ports.choose_free()
        with socket.create_server(("127.0.0.1", port)):
            refused = start(tmp_path / "home", tmp_path / "log", PORT=str(port))
            assert refused.command.wait(30) == 1
        assert refused.said().strip() == (
            f"Port {port} is in use by another program: stop that one, or choose "
            f"another port, for example PORT={port + 1} make run."
        )

    def test_a_port_that_is_no_number(self, tmp_path: Path) -> None:
        refused = start(tmp_path / "home", tmp_path / "log", PORT="http")
        assert refused.command.wait(30) == 1
        assert refused.said().strip() == (
            "PORT must be a number from 1 to 65535, not 'http'."
        )

    def test_a_server_that_does_not_answer(self, tmp_path: Path) -> None:
        port = ports.choose_free()
        refused = start(
            tmp_path / "home",
            tmp_path / "log",
            DATABASE_URL=f"postgres://cem:secret@127.0.0.1:{port}/cem",
            REDIS_URL="redis://127.0.0.1:1/0",
        )
        assert refused.command.wait(30) == 1
        assert "DATABASE_URL" in refused.said()
        assert "secret" not in refused.said()
        assert "Traceback" not in refused.said()

    def test_a_home_that_cannot_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        refused = start(tmp_path / "file" / "home", tmp_path / "log")
        assert refused.command.wait(30) == 1
        assert "Traceback" not in refused.said()


EXPECTED_STEPS = [
    "PostgreSQL is ready",
    "Valkey is ready",
    "Database brought up to date",
    "Browser files collected",
    "Web is ready",
    "Worker is ready",
]


def wait_for(condition: Callable[[], object], running: Running | None = None) -> None:
    deadline = time.monotonic() + 90
    while not condition():
        if running is not None and running.command.poll() is not None:
            pytest.fail(f"It ended too early:\n{running.said()}")
        if time.monotonic() > deadline:
            pytest.fail(f"In vain:\n{running.said() if running else ''}")
        time.sleep(0.1)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
            return answer.status == 200
    except OSError:
        return False


def descendants(ancestor: int, words: str) -> set[int]:
    """Living processes below `ancestor` whose command line holds `words`."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and (known := _status(folder)):
            parents[int(folder.name)] = known
    family, grew = {ancestor}, True
    while grew:
        new = {pid for pid, (parent, _) in parents.items() if parent in family}
        grew = not new <= family
        family |= new
    return {pid for pid in family - {ancestor} if words in parents[pid][1]}


def _status(folder: Path) -> tuple[int, str] | None:
    try:
        parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
        command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return None
    return (parent, command) if command else None


def is_alive(pid: int) -> bool:
    return _status(Path(f"/proc/{pid}")) is not None
