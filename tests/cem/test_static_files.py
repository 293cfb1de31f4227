"""Static files as they are collected for the field."""

import gzip
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

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
