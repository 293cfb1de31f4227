"""Write the lock files in `requirements/` from what `pyproject.toml` asks for.

    python -m cem.local.locks [--check]

pip itself chooses the versions; every package is then named with exactly one.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cem.local.home import ROOT

_HEADER = "# Written by `make lock` from pyproject.toml.\n"
_ALONE = ("engines", "engines-spare", "node")
"""Groups whose packages are only unpacked: without their own dependencies."""


def main(arguments: Sequence[str]) -> int:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = {
        "base": project["project"]["dependencies"],
        **project["project"]["optional-dependencies"],
    }
    return _check(groups) if "--check" in arguments else _lock(groups)


def _lock(groups: Mapping[str, list[str]]) -> int:
    base = _resolve(groups["base"])
    _write("base", base)
    _write("dev", [line for line in _resolve(base + groups["dev"]) if line not in base])
    for group in _ALONE:
        _write(group, _resolve(groups[group], "--no-deps"))
    return 0


def _check(groups: Mapping[str, list[str]]) -> int:
    """Whether each package that is asked for is locked; versions are pip's affair."""
    locked = {group: _locked_names(group) for group in groups}
    locked["dev"] |= locked["base"]
    missing = [
        f"requirements/{group}.txt lacks {requirement}: run `make lock`"
        for group, requirements in groups.items()
        for requirement in requirements
        if _name(requirement) not in locked[group]
    ]
    sys.stdout.write("".join(f"{line}\n" for line in missing))
    return 1 if missing else 0


def _locked_names(group: str) -> set[str]:
    text = Path(ROOT, "requirements", f"{group}.txt").read_text(encoding="utf-8")
    return {line.split("==")[0] for line in text.splitlines() if "==" in line}


def _name(requirement: str) -> str:
    """The package's name as an index spells it, without versions and extras."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!~;]", requirement)[0]).lower()


def _resolve(requirements: Sequence[str], *options: str) -> list[str]:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run"]
    report = ["--ignore-installed", "--report", "-"]
    answer = subprocess.run(
        [*pip, *report, *options, *requirements],
        stdout=subprocess.PIPE,
        check=True,
        cwd=ROOT,
    )
    chosen = json.loads(answer.stdout)["install"]
    return sorted(_line(package["metadata"]) for package in chosen)


def _line(metadata: Mapping[str, Any]) -> str:
    return f"{_name(metadata['name'])}=={metadata['version']}"


def _write(group: str, lines: Sequence[str]) -> None:
    path = Path(ROOT, "requirements", f"{group}.txt")
    path.parent.mkdir(exist_ok=True)
    path.write_text(_HEADER + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    sys.stdout.write(f"{path.relative_to(ROOT)}: {len(lines)} packages\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
