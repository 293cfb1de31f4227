"""`make test`: pytest on real engines, with a real browser where there is one."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence

from cem.local.console import say
from cem.local.home import ROOT
from cem.local.problems import CannotRun

_BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
# By their folder: what the other tests import has no business beside a browser.
_IN_BROWSER = ("tests/e2e",)
_NOT_IN_BROWSER = ("-m", "not browser")


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
    """All tests: a browser waits most of its time, so the others run meanwhile, on
    engines of their own."""
    with tempfile.TemporaryFile() as printed:
        in_browser = subprocess.Popen(
            _command(_IN_BROWSER), cwd=ROOT, env=environ, stdout=printed
        )
        try:
            others = _pytest(_NOT_IN_BROWSER, environ)
        except BaseException:
            in_browser.terminate()
            raise
        finally:
            browsers = in_browser.wait()
            printed.seek(0)
            shutil.copyfileobj(printed, sys.stdout.buffer)
    return others or browsers


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
