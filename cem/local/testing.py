"""`make test`: pytest on real engines, with a real browser where there is one."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cem.local.console import say
from cem.local.home import ROOT
from cem.local.problems import CannotRun

_BROWSERS = (
    # It draws no window around a page: that takes as long again as the page.
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
# By their folder: what the other tests import has no business beside a browser.
_IN_BROWSER = ("tests/e2e",)
_NOT_IN_BROWSER = ("-m", "not browser")
# How much of all there is one run has done says nothing where several share it.
_SHARED = ("-p", "tests.shares", "-o", "console_output_style=classic")
_A_FEW = 10  # files


def run_tests(arguments: Sequence[str], *, environ: Mapping[str, str]) -> int:
    """Run pytest with `arguments`; its exit code. Raises CannotRun."""
    browser = find_browser(environ)
    if browser is None and environ.get("CI") == "true":
        raise CannotRun(
            "CI must run the browser's tests too, and there is no Chromium: install it "
            "(apt-get install chromium), or name it with CHROMIUM=/path/to/chromium."
        )
    environ = {**environ, **({"CHROMIUM": browser} if browser else {})}
    if browser is None:
        say("No Chromium here, so the tests in a browser are left out")
        return _pytest([*_NOT_IN_BROWSER, *arguments], environ)
    if arguments:
        return _pytest(arguments, environ)
    return _side_by_side(environ)


def _side_by_side(environ: Mapping[str, str]) -> int:
    """All tests in three lanes: a browser waits half of its time, so two of them and
    the others keep two cores busy. Each lane has engines of its own."""
    with tempfile.TemporaryDirectory() as taken, ThreadPoolExecutor() as pool:
        environ = {**environ, "CEM_TESTS_TAKEN": taken}
        lanes = [_Lane(environ, Path(taken)) for _ in range(2)]
        beside = [
            pool.submit(lanes[0].run, _IN_BROWSER, _NOT_IN_BROWSER),
            pool.submit(lanes[1].run, _IN_BROWSER),
        ]
        try:
            found = _pytest([*_SHARED, *_NOT_IN_BROWSER], environ)
        except BaseException:
            for lane in lanes:
                lane.stop()
            raise
        for lane, code in zip(lanes, beside, strict=True):
            found = code.result() or found
            sys.stdout.buffer.write(lane.printed)
    return found


@dataclass
class _Lane:
    """Runs of pytest, one after the other; what they print waits for its turn."""

    environ: Mapping[str, str]
    taken: Path
    printed: bytes = b""
    is_stopped: bool = False
    process: subprocess.Popen[bytes] | None = None

    def run(self, *runs: Sequence[str]) -> int:
        """The first exit code that is not 0, if any."""
        found = 0
        for arguments in runs:
            if self.is_stopped or not self._is_worth_it(arguments):
                break
            command = _command([*_SHARED, *arguments])
            with subprocess.Popen(
                command, cwd=ROOT, env=self.environ, stdout=subprocess.PIPE
            ) as self.process:
                self.printed += self.process.communicate()[0]
            found = found or self.process.returncode
        return found

    def stop(self) -> None:
        self.is_stopped = True
        if self.process:
            self.process.terminate()

    def _is_worth_it(self, arguments: Sequence[str]) -> bool:
        """To start takes as long as a few files."""
        if arguments == _IN_BROWSER:
            return True
        files = len(list(ROOT.glob("tests/**/test_*.py")))
        return files - len(list(self.taken.iterdir())) > _A_FEW


def _pytest(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    sys.stdout.flush()
    command = _command(arguments)
    return subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode


def _command(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "pytest", *arguments]


def find_browser(environ: Mapping[str, str]) -> str | None:
    """The Chromium that CHROMIUM names, else the first that is installed."""
    names = [environ["CHROMIUM"]] if environ.get("CHROMIUM") else _BROWSERS
    return next(filter(None, map(shutil.which, names)), None)
