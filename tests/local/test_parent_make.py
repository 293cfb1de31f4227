"""A command under `make` ends when make is told to."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cem.local.home import ROOT

CODE = (
    "import signal; from cem.local import parent_make; parent_make.heed();"
    "print('up', flush=True); signal.pause()"
)


def _outside_make() -> dict[str, str]:
    """The tests may be under `make` themselves; below another, make is talkative."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}


class TestHeed:
    @pytest.mark.parametrize(
        "number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda n: n.name
    )
    def test_ends_with_a_make_that_alone_was_sent_a_signal(
        self, tmp_path: Path, number: signal.Signals
    ) -> None:
        (tmp_path / "Makefile").write_text(
            f"run:\n\t@cd '{ROOT}' && exec '{sys.executable}' -c \"{CODE}\"\n"
        )
        make = subprocess.Popen(
            [str(shutil.which("make")), "run"],
            cwd=tmp_path,
            env=_outside_make(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert make.stdout is not None
        assert make.stdout.readline() == "up\n"
        make.send_signal(number)
        # The pipe closes when the last of the two has gone.
        assert make.communicate(timeout=20)[0] == ""
