"""`make lint`: everything that can be said about the code without running it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from cem.local.console import say
from cem.local.home import ROOT

_BIN = Path(sys.executable).parent
_MANAGE = [sys.executable, "-W", "ignore::RuntimeWarning", "manage.py"]


def lint() -> int:
    """Run every check, also after one has failed; 1 when any did."""
    failed = [name for name, command in _checks().items() if not _passes(name, command)]
    say(f"Failed: {', '.join(failed)}" if failed else "All checks passed")
    return 1 if failed else 0


def put_in_format() -> int:
    commands = [
        [_tool("ruff"), "check", "--fix", "--quiet", "."],
        [_tool("ruff"), "format", "."],
        [_tool("djade"), *_templates()],
    ]
    return max(_run(command).returncode for command in commands)


def _checks() -> Mapping[str, Sequence[str]]:
    return {
        "format": [_tool("ruff"), "format", "--check", "."],
        "lint": [_tool("ruff"), "check", "."],
        "templates": [_tool("djade"), "--check", *_templates()],
        "types": [_tool("mypy")],
        "layers": [_tool("lint-imports"), "--no-logo"],
        "settings": [*_MANAGE, "check"],
        "migrations": [*_MANAGE, "makemigrations", "--check", "--dry-run"],
        "locks": [sys.executable, "-m", "cem.local.locks", "--check"],
        "translations": [sys.executable, "-m", "cem.local.translations", "--check"],
    }


def _passes(name: str, command: Sequence[str]) -> bool:
    start = time.monotonic()
    answer = _run(command, quiet=True)
    took = f"{time.monotonic() - start:.1f} s"
    if answer.returncode == 0:
        say(f"{name}: fine ({took})")
        return True
    say(f"{name}: FAILED ({took})")
    sys.stdout.write(answer.stdout)
    sys.stdout.flush()
    return False


def _run(
    command: Sequence[str], *, quiet: bool = False
) -> subprocess.CompletedProcess[str]:
    # Settings ask for a secret, and no check signs anything with it.
    environ = {"SECRET_KEY": "for checks only", **os.environ}
    output = subprocess.PIPE if quiet else None
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environ,
        stdout=output,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        check=False,
    )


def _tool(name: str) -> str:
    return str(_BIN / name)


def _templates() -> list[str]:
    folders = [
        ROOT / "templates",
        *ROOT.glob("*/templates"),
        *ROOT.glob("*/*/templates"),
    ]
    found = [path for folder in folders for path in folder.rglob("*.html")]
    return sorted(str(path.relative_to(ROOT)) for path in found)
