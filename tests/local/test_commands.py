"""The start commands, and the files that tell people about them."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

from cem.local import commands
from cem.local.home import ROOT
from cem.local.problems import CannotRun
from cem.local.testing import find_browser, run_tests

STATIC = re.compile(r"""{%\s*static\s+["']([^"']+)["']""")
READ = re.compile(
    r"""(?:env_\w+|environ\.get|given)\(\s*(?:environ,\s*)?"([A-Z_]+)\""""
)


class TestStatic:
    def test_leaves_out_nothing_that_a_page_asks_for(self) -> None:
        asked = {
            name
            for template in ROOT.glob("templates/**/*.html")
            for name in STATIC.findall(template.read_text())
        }
        left_out = {
            name
            for name in asked
            for part in Path(name.removeprefix("vendor/")).parts
            if any(fnmatch(part, pattern) for pattern in commands.UNUSED)
        }
        assert left_out == set()


class TestImage:
    def test_is_started_with_the_commands_of_make_run(self) -> None:
        compose = (ROOT / "docker-compose.yml").read_text()
        told = set(re.findall(r'command: \["(\w+)"\]', compose))
        assert told == {"migrate", "web", "worker", "beat"}
        assert told <= set(commands.STARTS)

    def test_has_no_default_password(self) -> None:
        compose = (ROOT / "docker-compose.yml").read_text()
        secrets = re.findall(r"\$\{(\w*(?:PASSWORD|SECRET_KEY)\w*)(:\S)", compose)
        assert {mark for name, mark in secrets if not name.startswith("EMAIL")} == {
            ":?"
        }


class TestEnvExample:
    def test_names_all_that_is_read(self) -> None:
        sources = [ROOT / "cem" / "settings.py", *ROOT.glob("cem/local/*.py")]
        read = {name for path in sources for name in READ.findall(path.read_text())}
        example = (ROOT / ".env.example").read_text()
        named = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
        assert read - named <= NOT_FOR_PEOPLE


NOT_FOR_PEOPLE = {"CEM_ENGINES", "CI", "MAKELEVEL", "NO_COLOR"}


class TestRunTests:
    def test_fails_in_ci_without_a_browser(self) -> None:
        with pytest.raises(CannotRun, match="apt-get install chromium"):
            run_tests([], environ={"CI": "true", "CHROMIUM": "/nowhere/chromium"})

    def test_takes_the_browser_that_is_named(self, tmp_path: Path) -> None:
        browser = tmp_path / "my-browser"
        browser.touch(0o755)
        assert find_browser({"CHROMIUM": str(browser)}) == str(browser)
