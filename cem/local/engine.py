"""What PostgreSQL and Valkey have in common: a folder, an address, start and stop."""

from __future__ import annotations

import contextlib
import enum
import json
import os
import secrets
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from cem.local import children, ports
from cem.local.home import write_private
from cem.local.problems import CannotRun
from cem.local.unprivileged import Unprivileged, unprivileged_for

_LARGEST_LOG_BYTES = 10_000_000


class State(enum.Enum):
    READY = "answers, and is the one whose folder this is"
    BUSY = "is starting or stopping"
    SILENT = "nothing answers"
    FOREIGN = "something else answers on its port"


@dataclass(frozen=True)
class Endpoint:
    port: int
    password: str


class Engine(ABC):
    """One server whose files lie in `folder`; methods raise CannotRun.

    Any process may hold such an object for a folder: what is running is found by the
    pid file and proved by connecting, so a server outlives its starter safely.
    """

    name: str
    stop_signal: signal.Signals
    start_seconds = 60.0
    stop_seconds = 30.0

    def __init__(self, folder: Path, program: Path) -> None:
        self.folder = folder
        self.program = program
        self.log = folder.with_name(f"{folder.name}.log")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """Where clients connect, password included."""

    @property
    @abstractmethod
    def state(self) -> State: ...

    @property
    @abstractmethod
    def pid_file(self) -> Path: ...

    @property
    @abstractmethod
    def mark(self) -> str:
        """What stands in this server's command line and in no other's."""

    @abstractmethod
    def _prepare(self, user: Unprivileged | None) -> None:
        """Everything that must lie in the folder before the server starts."""

    @abstractmethod
    def _command(self) -> Sequence[str]: ...

    @property
    def pid(self) -> int | None:
        """The server's process, None while it does not run."""
        pid = children.pid_in(self.pid_file)
        if pid is None or not children.is_running(pid, marked=self.mark):
            return None
        return pid

    @property
    def endpoint(self) -> Endpoint:
        """Port and password, chosen at the first use and kept."""
        path = self.folder / "endpoint.json"
        if not path.exists():
            self._keep(Endpoint(ports.choose_free(), secrets.token_urlsafe(24)))
        return Endpoint(**json.loads(path.read_text(encoding="utf-8")))

    def start(self) -> bool:
        """Have it running; False when it already was."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.pid is not None and self._settled() is State.READY:
            return False
        # A server of ours that does not answer where we know it: let it go first.
        self.stop()
        if not ports.is_free(self.endpoint.port):
            self._choose_another_port()
        self._start_anew(time.monotonic() + self.start_seconds)
        return True

    def stop(self) -> None:
        """End it in good order; nothing to do where it does not run."""
        self._end(self.stop_signal)

    def kill(self) -> None:
        """End it as `kill -9` does, without a chance to tidy up."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        self.stop()
        self.start()

    def _start_anew(self, deadline: float) -> None:
        user = unprivileged_for(self.folder, self.program)
        if user is not None:
            user.own(self.folder)
        while True:
            self._prepare(user)
            self._remove_stale_pid_file()
            said = self._try_start(user, deadline)
            if said is None:
                return
            self._recover(said, deadline)
            time.sleep(0.2)

    def _remove_stale_pid_file(self) -> None:
        # PostgreSQL takes any process of the same user that has the old number for
        # itself, and in a container the number is soon given again.
        if self.pid is None:
            self.pid_file.unlink(missing_ok=True)

    def _try_start(self, user: Unprivileged | None, deadline: float) -> str | None:
        """None once it answers, else what it said before it ended."""
        with self._open_log() as log:
            start = log.tell()
            self._process = children.spawn(
                self._command(),
                cwd=self.folder,
                output=log,
                environ={**os.environ, "LC_ALL": "C"},
                parent_signal=self.stop_signal,
                user=user,
            )
        while self._process.poll() is None:
            if self.state is State.READY:
                return None
            if time.monotonic() > deadline:
                self._process.kill()
                self._process.wait()
                raise CannotRun(f"{self.name} did not answer in time: see {self.log}.")
            time.sleep(0.03)
        return self._log_from(start)

    def _recover(self, said: str, deadline: float) -> None:
        """Clear the way for another try, or raise CannotRun where there is none."""
        if "Address already in use" in said:
            self._choose_another_port()
        elif time.monotonic() > deadline or not self._passes(said):
            raise self._failure(said)

    def _passes(self, said: str) -> bool:
        """Whether waiting helps against what the server said."""
        return False

    def _failure(self, said: str) -> CannotRun:
        if "No space left on device" in said:
            return CannotRun(
                f"The disk is full, so {self.name} cannot start: free some space on the "
                f"disk of {self.folder}, then run this again."
            )
        lines = [
            line for line in said.splitlines() if "FATAL" in line or "error" in line
        ]
        reason = (lines or said.splitlines() or ["it said nothing"])[-1]
        return CannotRun(f"{self.name} did not start: {reason} (its log: {self.log})")

    def _settled(self) -> State:
        """Its state once a start or a stop that is under way has come to its end."""
        deadline = time.monotonic() + self.stop_seconds
        while (state := self.state) is State.BUSY and time.monotonic() < deadline:
            time.sleep(0.05)
        return state

    def _end(self, number: signal.Signals) -> None:
        pid = self.pid or self._starting_pid()
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + self.stop_seconds
        # Its pid file goes before it does, while it may still answer.
        while children.is_running(pid, marked=self.mark):
            if time.monotonic() > deadline:
                raise CannotRun(
                    f"{self.name} (process {pid}) does not end: see {self.log}."
                )
            time.sleep(0.02)
        self._reap()

    def _starting_pid(self) -> int | None:
        """A child of ours that has not written its pid file yet."""
        child = self._process
        return child.pid if child is not None and child.poll() is None else None

    def _reap(self) -> None:
        """Let the kernel forget our child; somebody else's is theirs to reap."""
        if self._process is not None:
            self._process.wait()
            self._process = None

    def _choose_another_port(self) -> None:
        self._keep(Endpoint(ports.choose_free(), self.endpoint.password))

    def _keep(self, endpoint: Endpoint) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        write_private(self.folder / "endpoint.json", json.dumps(asdict(endpoint)))

    def _open_log(self) -> BinaryIO:
        if self.log.exists() and self.log.stat().st_size > _LARGEST_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".old"))
        return self.log.open("ab")

    def _log_from(self, start: int) -> str:
        with self.log.open("rb") as log:
            log.seek(start)
            return log.read().decode("utf-8", "replace")
