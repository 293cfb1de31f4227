"""Static files as they are collected for the field."""

import gzip
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import get_finders
from django.core.files.base import ContentFile

from cem.local.commands import UNUSED
from cem.local.home import ROOT
from cem.static_files import REMARK, CollectedFiles

SCRIPT = b"""// What it is for.
const address = "https://acme.test";

function ask() {
  // Why it asks.
  return `  two spaces`; // stays
}
"""
LEAN = b"""const address = "https://acme.test";
function ask() {
return `  two spaces`; // stays
}
"""
MOST_KB = 6
STATIC = ROOT / "static"
NAMED_BY_A_TEMPLATE = re.compile(r"""\{% static ['"]([^'"]+)['"]""")
NAMED_BY_A_MODULE = re.compile(r"""\b(?:from|import)\s*\(?\s*["'](\.[^"']+)["']""")
BY_LANGUAGE = re.compile(r":lang\(|\[lang\b")


@pytest.fixture
def files(tmp_path: Path) -> CollectedFiles:
    return CollectedFiles(location=tmp_path, base_url="/static/")


class TestCollectedFiles:
    def test_customers_scripts_lose_their_remarks(self, files: CollectedFiles) -> None:
        assert files.open(files.save("public/a.js", ContentFile(SCRIPT))).read() == LEAN

    def test_every_user_of_the_machine_may_read_them(
        self, files: CollectedFiles
    ) -> None:
        saved = Path(
            files.path(files.save("css/a.css", ContentFile(b"p { margin: 0 }")))
        )
        assert saved.stat().st_mode & 0o777 == 0o644

    def test_a_file_that_was_read_before_is_whole(self, files: CollectedFiles) -> None:
        content = ContentFile(SCRIPT)
        content.read()
        assert files.open(files.save("public/a.js", content)).read() == LEAN

    def test_others_stay_as_they_are(self, files: CollectedFiles) -> None:
        for name in ("js/a.js", "public/a.css", "public/vendor/a.js"):
            assert files.open(files.save(name, ContentFile(SCRIPT))).read() == SCRIPT


class TestCustomersScripts:
    @pytest.mark.parametrize("name", ["respond.js", "embed.js"])
    def test_are_small(self, name: str) -> None:
        script = (ROOT / "static" / "public" / name).read_bytes()
        lean = REMARK.sub(b"", script)
        assert len(gzip.compress(lean, 9)) <= MOST_KB * 1024


class TestWhatIsCollected:
    def test_holds_every_file_that_a_page_or_a_module_names(self) -> None:
        collected = {
            posixpath.join(getattr(storage, "prefix", "") or "", name)
            for finder in get_finders()
            for name, storage in finder.list(list(UNUSED))
        }
        wanted = {*named_by_templates(), *named_by_modules()}
        assert {"js/studio/main.js", "vendor/sortable/sortable.esm.js"} <= wanted
        assert wanted - collected == set()


class TestStyles:
    def test_know_no_language(self) -> None:
        """Whoever changes that has colours tried in every language (tests/e2e)."""
        sheets = [sheet.read_text(encoding="utf-8") for sheet in STATIC.rglob("*.css")]
        assert sheets
        assert not any(BY_LANGUAGE.search(sheet) for sheet in sheets)


def named_by_templates() -> Iterator[str]:
    for page in ROOT.glob("templates/**/*.html"):
        yield from NAMED_BY_A_TEMPLATE.findall(page.read_text(encoding="utf-8"))


def named_by_modules() -> Iterator[str]:
    for script in STATIC.rglob("*.js"):
        folder = posixpath.dirname(script.relative_to(STATIC).as_posix())
        for found in NAMED_BY_A_MODULE.findall(script.read_text(encoding="utf-8")):
            yield posixpath.normpath(posixpath.join(folder, found))
