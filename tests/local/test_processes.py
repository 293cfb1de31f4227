"""Parts that are kept running beside each other."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cem.local.problems import CannotRun
from cem.local.processes import Process


def python(code: str, **options: object) -> Process:
    return Process("part", [sys.executable, "-c", code], os.environ, **options)  # type: ignore[arg-type]


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def stop(process: Process) -> None:
    process.ask_to_stop()
    process.wait_until_stopped(threading.Event())


class TestProcess:
    def test_says_its_lines_under_its_name(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        process = python("print('a line'); input()", announces="a line")
        process.start()
        assert process.ready.wait(10)
        stop(process)
        assert "part   | a line" in capsys.readouterr().out

    def test_is_started_again_after_it_was_killed(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        process = python("import time; print('up'); time.sleep(60)", announces="up")
        process.start()
        assert process.ready.wait(10)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        wait_for(lambda: not process.is_running)
        process.look_after()
        assert "was ended by SIGKILL; starting it again in 0.5 s" in (
            capsys.readouterr().out
        )
        time.sleep(0.6)
        process.look_after()
        assert process.is_running
        stop(process)

    def test_is_given_up_when_it_never_stays(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("cem.local.processes._FIRST_PAUSE_SECONDS", 0.0)
        process = python("print('no such module'); raise SystemExit(3)")
        process.start()

        def look_forever() -> None:
            while True:
                process.look_after()
                time.sleep(0.02)

        with pytest.raises(CannotRun, match="part ended 5 times .*no such module"):
            look_forever()

    def test_leaves_none_of_its_children_behind(self) -> None:
        process = python(
            "import subprocess; child = subprocess.Popen(['sleep', '60']);"
            "print('child', child.pid, flush=True); child.wait()",
            announces="child",
        )
        process.start()
        assert process.ready.wait(10)
        group = process.pid
        assert group is not None
        os.kill(group, signal.SIGKILL)
        wait_for(lambda: not process.is_running)
        process.wait_until_stopped(threading.Event())
        wait_for(lambda: not living_in_group(group))

    def test_is_killed_when_it_does_not_stop_and_somebody_is_in_a_hurry(self) -> None:
        process = python(
            "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
            "print('deaf', flush=True); time.sleep(60)",
            announces="deaf",
        )
        process.start()
        assert process.ready.wait(10)
        process.ask_to_stop()
        hurry = threading.Event()
        hurry.set()
        process.wait_until_stopped(hurry)
        assert not process.is_running


def living_in_group(group: int) -> list[int]:
    """Processes of that group that are not mere zombies."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdecimal() and os.getpgid(int(folder.name)) == group:
                found += [folder] if (folder / "cmdline").read_bytes() else []
        except OSError:
            continue
    return [int(folder.name) for folder in found]
