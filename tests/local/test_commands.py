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
SETTING = re.compile(r"""env_\w+\("([A-Z_]+)",(?: default=)? ?("[^"]*"|[\w]+)\)""")
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
        # Without these two no letters go out by SMTP, and none come in by IMAP.
        needed = {pair for pair in secrets if not pair[0].startswith(("EMAIL", "IMAP"))}
        assert {mark for _name, mark in needed} == {":?"}

    def test_hears_every_choice_that_is_not_its_own(self) -> None:
        compose = (ROOT / "docker-compose.yml").read_text()
        example = (ROOT / ".env.example").read_text()
        offered, _mark, _rest = example.partition("# --- Only for make")
        named = set(re.findall(r"^#?([A-Z_]+)=", offered, re.MULTILINE))
        passed = set(re.findall(r"\$\{([A-Z_]+):", compose))
        assert named - passed == MADE_BY_COMPOSE

    def test_takes_what_is_left_out_as_the_settings_do(self) -> None:
        compose = (ROOT / "docker-compose.yml").read_text()
        settings = (ROOT / "cem" / "settings.py").read_text()
        told = dict(re.findall(r"\$\{([A-Z_]+):-([^}]*)\}", compose))
        defaults = dict(re.findall(SETTING, settings))
        ours = {
            n: defaults[n].strip('"').replace("_", "") for n in told.keys() & defaults
        }
        assert len(ours) > 15
        assert {name: told[name].upper() for name in ours} == {
            name: value.upper() for name, value in ours.items()
        }


class TestEnvExample:
    def test_names_all_that_is_read(self) -> None:
        sources = [ROOT / "cem" / "settings.py", *ROOT.glob("cem/local/*.py")]
        read = {name for path in sources for name in READ.findall(path.read_text())}
        example = (ROOT / ".env.example").read_text()
        named = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
        assert read - named <= NOT_FOR_PEOPLE


# Which servers, and where files lie: the containers and their volume say so.
MADE_BY_COMPOSE = {
    *("DATABASE_URL", "REDIS_URL", "PREPARED_STATEMENTS", "DATABASE_OPTIONS"),
    *("WEB_HOST", "WORKER_NAME", "CHROMIUM"),
    *("UPLOADS_DIR", "ATTACHMENTS_DIR", "EXPORTS_DIR", "REPORTS_DIR"),
}
NOT_FOR_PEOPLE = {"CEM_ENGINES", "CI", "MAKELEVEL", "NO_COLOR"}


class TestRunTests:
    def test_fails_in_ci_without_a_browser(self) -> None:
        with pytest.raises(CannotRun, match="apt-get install chromium"):
            run_tests([], environ={"CI": "true", "CHROMIUM": "/nowhere/chromium"})

    def test_takes_the_browser_that_is_named(self, tmp_path: Path) -> None:
        browser = tmp_path / "my-browser"
        browser.touch(0o755)
        assert find_browser({"CHROMIUM": str(browser)}) == str(browser)

    def test_prefers_the_browser_without_windows(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        tmp_path.joinpath("chromium").touch(0o755)
        assert find_browser({}) == str(tmp_path / "chromium")
        tmp_path.joinpath("chromium-headless-shell").touch(0o755)
        assert find_browser({}) == str(tmp_path / "chromium-headless-shell")
