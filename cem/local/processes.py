"""A part of the installation that runs beside the others and is kept running."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from cem.local import children
from cem.local.console import say
from cem.local.home import ROOT
from cem.local.problems import CannotRun

_SOON_SECONDS = 5.0
"""Dying sooner than this after a start counts as not having started at all."""
_MOST_DEATHS = 5
_FIRST_PAUSE_SECONDS = 0.5


@dataclass
class Process:
    """One supervised child; its lines appear under `name`."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    announces: str = ""
    """Words in its output that say it is ready."""
    stop_seconds: float = 20.0
    ready: threading.Event = field(default_factory=threading.Event)

    _child: subprocess.Popen[bytes] | None = None
    _started_at: float = 0.0
    _start_again_at: float = 0.0
    _early_deaths: int = 0
    _last_line: str = ""

    def start(self) -> None:
        self._started_at = time.monotonic()
        self._child = children.spawn(
            self.command,
            cwd=ROOT,
            output=subprocess.PIPE,
            environ={**self.environ, "PYTHONUNBUFFERED": "1"},
            # Not SIGTERM: a worker that has just lost its broker would not heed it.
            parent_signal=signal.SIGKILL,
        )
        assert self._child.stdout is not None
        threading.Thread(
            target=self._relay, args=(self._child.stdout,), daemon=True
        ).start()

    def look_after(self) -> None:
        """Start it again, later each time, where it died; CannotRun when it is hopeless."""
        now = time.monotonic()
        if self._child is not None and self._child.poll() is not None:
            self._bury(self._child, now)
        if self._child is None and now >= self._start_again_at:
            self.start()

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child is not None else None

    @property
    def is_running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def ask_to_stop(self) -> None:
        if self._child is not None and self.is_running:
            self._child.send_signal(signal.SIGTERM)

    def wait_until_stopped(self, hurry: threading.Event) -> None:
        """Let it finish what it does, for a while, and less long in a hurry."""
        if self._child is None:
            return
        deadline = time.monotonic() + self.stop_seconds
        while self._child.poll() is None and not hurry.is_set():
            if time.monotonic() > deadline:
                say(
                    f"does not stop within {self.stop_seconds:.0f} s, killed",
                    part=self.name,
                )
                break
            time.sleep(0.02)
        self._kill_group(self._child)
        self._child = None

    def _bury(self, child: subprocess.Popen[bytes], now: float) -> None:
        self._kill_group(child)
        self._child = None
        is_early = now - self._started_at < _SOON_SECONDS
        self._early_deaths = self._early_deaths + 1 if is_early else 1
        if self._early_deaths > _MOST_DEATHS:
            raise CannotRun(
                f"{self.name} ended {_MOST_DEATHS} times right after its start; "
                f"its last words: {self._last_line or '(none)'}"
            )
        pause = _FIRST_PAUSE_SECONDS * 2 ** (self._early_deaths - 1)
        self._start_again_at = now + pause
        ended = _how_it_ended(child.returncode)
        say(f"{ended}; starting it again in {pause:g} s", part=self.name)

    def _kill_group(self, child: subprocess.Popen[bytes]) -> None:
        """End what a killed child left behind: its session holds only its own."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    def _relay(self, output: IO[bytes]) -> None:
        with output:
            for raw in output:
                line = raw.decode("utf-8", "replace").rstrip()
                if not line:
                    continue
                self._last_line = line
                if self.announces and self.announces in line:
                    self.ready.set()
                say(line, part=self.name)


def _how_it_ended(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
