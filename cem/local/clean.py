"""Remove what `make` made and can make again; the data in CEM_HOME stays.

Needs the standard library only, since it removes the rest, and is run by its path.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_MADE = (
    ".venv",
    "node_modules",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
    ".import_linter_cache",
)
_OURS = ("cem", "tests", *(path.parent.name for path in ROOT.glob("*/apps.py")))


def main() -> int:
    for path in _leftovers():
        sys.stdout.write(f"cem    | Removing {path.relative_to(ROOT)}\n")
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    if (ROOT / ".local").exists():
        sys.stdout.write("cem    | Kept .local, the data: rm -r .local removes it\n")
    return 0


def _leftovers() -> Iterator[Path]:
    for name in _MADE:
        if (ROOT / name).exists():
            yield ROOT / name
    for name in sorted(set(_OURS)):
        yield from sorted((ROOT / name).rglob("__pycache__"))
        yield from sorted((ROOT / name).glob("locale/*/LC_MESSAGES/*.mo"))


if __name__ == "__main__":
    sys.exit(main())
