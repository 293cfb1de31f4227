"""A page of HTML as PDF and as a picture: a headless Chromium, spoken to over a pipe.

The page brings all it needs; the browser has a profile of its own, which goes with it,
and reaches no network. Source: Chrome DevTools Protocol, --remote-debugging-pipe.
"""

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings

PROGRAMS = (
    # It draws no window around a page: that takes as long again as the page.
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
SECONDS = 120
# Pixels of CSS: A4 across at 96 to the inch, less the margins.
WIDTH, HEIGHT = 1_040, 720
SHARPNESS = 2
END = b"\0"
SWITCHES = (
    "--headless",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--mute-audio",
    "--hide-scrollbars",
    "--force-prefers-reduced-motion",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
MOVE = """import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])"""
# Drawn charts are there once the page has loaded; letters may come a little later.
SETTLED = """document.fonts.ready.then(() => new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(() => done(true)))))"""
PLACE = """(() => {
  const place = document.querySelector(%s).getBoundingClientRect();
  return [place.x + scrollX, place.y + scrollY, place.width, place.height];
})()"""


class NoPicture(Exception):
    """The browser is missing, or did not do it; a sentence for the log."""


def find_program() -> str | None:
    """The Chromium that the settings name, else the first that is installed."""
    names = (settings.CHROMIUM,) if settings.CHROMIUM else PROGRAMS
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def opened(html: str) -> Iterator["Page"]:
    """The page, loaded and drawn. Raises NoPicture."""
    program = find_program()
    if program is None:
        raise NoPicture("There is no Chromium here.")
    with tempfile.TemporaryDirectory(
        prefix="cem-report-", ignore_cleanup_errors=True
    ) as folder:
        file = Path(folder).joinpath("report.html")
        file.write_text(html, encoding="utf-8")
        with _running(program, Path(folder)) as pipe:
            page = Page(pipe)
            page.open(file.as_uri())
            yield page


class Page:
    """A loaded page of one browser."""

    def __init__(self, pipe: "_Pipe") -> None:
        self._pipe = pipe

    def open(self, address: str) -> None:
        target = self._pipe.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._pipe.call(
            "Target.attachToTarget", targetId=target, flatten=True
        )
        self._pipe.session = attached["sessionId"]
        self._call("Page.enable")
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=WIDTH,
            height=HEIGHT,
            deviceScaleFactor=1,
            mobile=False,
        )
        self._call("Page.navigate", url=address)
        self._pipe.wait_for("Page.loadEventFired")
        self._value_of(SETTLED)

    def pdf(self, *, header: str, footer: str) -> bytes:
        """A4 across; `header` and `footer` are HTML with styles of their own."""
        printed = self._call(
            "Page.printToPDF",
            landscape=True,
            printBackground=True,
            paperWidth=8.27,
            paperHeight=11.69,
            marginTop=0.75,
            marginBottom=0.6,
            marginLeft=0.43,
            marginRight=0.43,
            displayHeaderFooter=True,
            headerTemplate=header,
            footerTemplate=footer,
            generateTaggedPDF=True,
        )
        return base64.b64decode(printed["data"])

    def png(self, selector: str) -> bytes:
        """The first element that the selector finds, however long it is."""
        x, y, width, height = self._value_of(PLACE % json.dumps(selector))
        taken = self._call(
            "Page.captureScreenshot",
            format="png",
            captureBeyondViewport=True,
            clip={
                "x": x,
                "y": y,
                "width": width,
                "height": height,
                "scale": SHARPNESS,
            },
        )
        return base64.b64decode(taken["data"])

    def _value_of(self, script: str) -> Any:
        said = self._call(
            "Runtime.evaluate",
            expression=script,
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in said:
            raise NoPicture(f"The page failed: {said['exceptionDetails']}")
        return said["result"].get("value")

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        return self._pipe.call(method, **params)


class _Pipe:
    """Orders out and answers in, each a JSON object that ends with a zero byte."""

    def __init__(self, writes: int, reads: int) -> None:
        self.session = ""
        self._writes, self._reads = writes, reads
        self._stops_at = time.monotonic() + SECONDS
        self._number = 0
        self._held = b""
        self._heard: list[str] = []

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        order: dict[str, Any] = {
            "id": self._number,
            "method": method,
            "params": params,
        }
        if self.session:
            order["sessionId"] = self.session
        self._write(json.dumps(order).encode() + END)
        while True:
            said = self._next()
            if said.get("id") != self._number:
                self._heard.append(said.get("method", ""))
                continue
            if "error" in said:
                raise NoPicture(f"{method}: {said['error'].get('message')}")
            answer: dict[str, Any] = said["result"]
            return answer

    def wait_for(self, event: str) -> None:
        while event not in self._heard:
            self._heard.append(self._next().get("method", ""))

    def _write(self, order: bytes) -> None:
        try:
            while order:
                order = order[os.write(self._writes, order) :]
        except OSError as error:
            raise NoPicture("The browser has ended.") from error

    def _next(self) -> dict[str, Any]:
        while END not in self._held:
            left = self._stops_at - time.monotonic()
            ready, _w, _x = select.select([self._reads], [], [], max(0.0, left))
            piece = os.read(self._reads, 1 << 20) if ready else b""
            if not piece:
                raise NoPicture("The browser took too long, or has ended.")
            self._held += piece
        message, _end, self._held = self._held.partition(END)
        said: dict[str, Any] = json.loads(message)
        return said


@contextmanager
def _running(program: str, folder: Path) -> Iterator[_Pipe]:
    # The browser reads its orders from file 3 and answers on file 4. Putting our ends
    # there takes a process between: here there may be threads, which a fork may not meet.
    reads_orders, writes = map(_high, os.pipe())
    reads, writes_answers = map(_high, os.pipe())
    ends = (str(reads_orders), str(writes_answers))
    switches = [*SWITCHES, f"--user-data-dir={folder.joinpath('profile')}"]
    if os.geteuid() == 0:
        switches.append("--no-sandbox")  # root cannot have one
    try:
        process = subprocess.Popen(  # noqa: S603  the administrator's own program
            [sys.executable, "-ISc", MOVE, *ends, program, *switches],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(reads_orders, writes_answers),
            start_new_session=True,
            env={**os.environ, "HOME": str(folder)},
        )
    finally:
        os.close(reads_orders)
        os.close(writes_answers)
    try:
        yield _Pipe(writes, reads)
    finally:
        os.close(writes)
        os.close(reads)
        _end(process)


def _high(file: int) -> int:
    """The same under a number that `MOVE` does not write over on its way."""
    high = fcntl.fcntl(file, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(file)
    return high


def _end(process: "subprocess.Popen[bytes]") -> None:
    """With all its helpers, at once: it has nothing to put away."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
