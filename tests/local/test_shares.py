"""Runs of pytest that share the files of tests among them."""

import os
import subprocess
import sys
from pathlib import Path

from cem.local.home import ROOT


class TestARun:
    def test_leaves_out_the_files_that_another_one_took(self, tmp_path: Path) -> None:
        taken = tmp_path / "taken"
        taken.mkdir()
        for name in ("first", "second"):
            test = tmp_path / f"test_{name}.py"
            test.write_text(f"def test_{name}_a(): ...\ndef test_{name}_b(): ...\n")
        (taken / "test_first").touch()
        passed = [line.split()[0] for line in self.run(tmp_path) if "PASSED" in line]
        assert passed == [
            "test_second.py::test_second_a",
            "test_second.py::test_second_b",
        ]
        assert (taken / "test_second").exists()

    def run(self, folder: Path) -> list[str]:
        environ = {
            **os.environ,
            "PYTEST_ADDOPTS": "",
            "CEM_TESTS_TAKEN": str(folder / "taken"),
            "PYTHONPATH": str(ROOT),
        }
        (folder / "pytest.ini").write_text("[pytest]\n")
        options = ["-v", "-p", "tests.shares", "-p", "no:valkey", "-p", "no:django"]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options],
            cwd=folder,
            env=environ,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.splitlines()
