"""`make test`: pytest on real engines, with a real browser where there is one."""

from __future__ import annotations

import shutil
import subprocess
import sys
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


def run_tests(arguments: Sequence[str], *, environ: Mapping[str, str]) -> int:
    """Run pytest with `arguments`; its exit code. Raises CannotRun."""
    browser = find_browser(environ)
    if browser is None and environ.get("CI") == "true":
        raise CannotRun(
            "CI must run the browser's tests too, and there is no Chromium: install it "
            "(apt-get install chromium), or name it with CHROMIUM=/path/to/chromium."
        )
    left_out = []
    if browser is None:
        say("No Chromium here, so the tests in a browser are left out")
        left_out = ["-m", "not browser"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *left_out, *arguments],
        cwd=ROOT,
        env={**environ, **({"CHROMIUM": browser} if browser else {})},
        check=False,
    ).returncode


def find_browser(environ: Mapping[str, str]) -> str | None:
    """The Chromium that CHROMIUM names, else the first that is installed."""
    names = [environ["CHROMIUM"]] if environ.get("CHROMIUM") else _BROWSERS
    return next(filter(None, map(shutil.which, names)), None)
