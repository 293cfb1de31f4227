"""What the documents point at is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
ANCHOR = re.compile(r'<a id="([^"]+)">')
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
MAKE = re.compile(r"(?:^|[`\s])make ([a-z][a-z-]*)(?=[`\s]|$)", re.MULTILINE)
# In code only: "make it short" is no target.
CODE = re.compile(r"`([^`\n]+)`|^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"manage\.py ([a-z_]+)")
# The start of a path of ours; what stands in a document has to exist.
PATH = re.compile(
    r"`((?:bench|cem|customers|dashboards|docs|events|integrations|journeys|static"
    r"|surveys|teams|templates|tests|tickets)/[\w./-]*[\w/])`"
)


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def code_of(path: Path) -> Iterator[str]:
    for inline, block in CODE.findall(path.read_text(encoding="utf-8")):
        yield inline or block


def targets() -> set[str]:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z-]+):", text, re.MULTILINE))


def anchors(path: Path) -> set[str]:
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    slugs = (
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        for heading in HEADING.findall(text)
    )
    return {*slugs, *ANCHOR.findall(text)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=names(DOCUMENTS))
class TestADocument:
    def test_links_to_what_is_there(self, document: Path) -> None:
        text = FENCE.sub("", document.read_text(encoding="utf-8"))
        broken = []
        for link in LINK.findall(text):
            if re.match(r"[a-z]+:", link):
                continue
            name, _, anchor = link.partition("#")
            target = document.parent / name if name else document
            if not target.exists() or (anchor and anchor not in anchors(target)):
                broken.append(link)
        assert broken == []

    def test_names_make_targets_that_exist(self, document: Path) -> None:
        named = {name for code in code_of(document) for name in MAKE.findall(code)}
        assert named - targets() == set()

    def test_names_commands_that_exist(self, document: Path) -> None:
        named = {name for code in code_of(document) for name in COMMAND.findall(code)}
        assert named - set(get_commands()) == set()

    def test_names_files_that_exist(self, document: Path) -> None:
        named = PATH.findall(document.read_text(encoding="utf-8"))
        # Recipes and the style of an import speak of files that somebody is to make.
        made_by_the_reader = {
            "integrations/sms/transport.py",
            "surveys/starters/delivery.py",
        }
        missing = {name for name in named if not (ROOT / name).exists()}
        assert missing - made_by_the_reader == set()


class TestTheReadme:
    def test_explains_every_make_target(self) -> None:
        text = (ROOT / "README.md").read_text(encoding="utf-8")
        named = set(re.findall(r"`make ([a-z-]+)`", text))
        assert targets() - named - {"help"} == set()

    def test_shows_pictures_that_load_quickly(self) -> None:
        pictures = list((ROOT / "docs/images").iterdir())
        assert [p.name for p in pictures if p.stat().st_size > 200_000] == []
