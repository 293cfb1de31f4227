"""Typed reading of the environment; a value that cannot be used stops the start.

What is not set falls back to `$CEM_HOME/env`, where `make run` notes the engines and
secrets it made, so that `manage.py` finds a running installation by itself.
"""

import os
from functools import cache
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def cem_home() -> Path:
    """The folder of everything this installation writes."""
    return (BASE_DIR / os.environ.get("CEM_HOME", ".local")).resolve()


def env_str(name: str, default: str | None = None) -> str:
    """The text of `name`, or of the file that `name_FILE` points to."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        return _file_text(name, Path(path))
    value = os.environ.get(name, _noted(cem_home()).get(name, default))
    if value is None:
        raise ImproperlyConfigured(
            f"Set {name} (or {name}_FILE) in the environment, or start `make run` once."
        )
    return value


def env_int(name: str, default: int) -> int:
    value = env_str(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} must be a whole number, not {value!r}."
        ) from error


def env_bool(name: str, *, default: bool) -> bool:
    value = env_str(name, str(default)).lower()
    if value not in {"1", "0", "true", "false", "yes", "no"}:
        raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")
    return value in {"1", "true", "yes"}


def _file_text(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}_FILE points to {path}, which cannot be read: {error.strerror}."
        ) from error


@cache
def _noted(home: Path) -> dict[str, str]:
    note = home / "env"
    if not os.access(note, os.R_OK):
        return {}
    lines = note.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)
