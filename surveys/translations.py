"""A survey's texts side by side in two languages, and words from outside put in. Pure.

A text's key is its path by ids, "pages.p1.elements.q1.options.o2.text": it stays the
same while things are moved about, and is what `draft_changes` calls a path.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from surveys.document import Document, Path, document_texts, plain
from surveys.elements import WORDS, Language
from surveys.piping import names_in

Refusal = Literal["unknown", "changed", "twice", "too_long"]


@dataclass(frozen=True)
class Line:
    """`path` leads to the text by places; `source` and `target` are its words."""

    key: str
    path: Path
    source: str
    target: str

    @property
    def is_missing(self) -> bool:
        return bool(self.source) and not self.target

    @property
    def lost_pipes(self) -> list[str]:
        """What the source puts in and the target does not."""
        if not self.target:
            return []
        return sorted(names_in(self.source) - names_in(self.target))


@dataclass(frozen=True)
class Given:
    """A line of a file: `at` is its number there, `source` what it was made from."""

    at: int
    key: str
    source: str
    target: str


@dataclass(frozen=True)
class Refused:
    """Why a line of a file cannot be put in."""

    at: int
    key: str
    code: Refusal


def lines_of(document: Document, source: Language, target: Language) -> list[Line]:
    """Every text that says something in either language, in reading order."""
    raw = plain(document)
    return [
        Line(_key(raw, path), path, text.get(source, ""), text.get(target, ""))
        for path, text in document_texts(document)
        if text.get(source) or text.get(target)
    ]


def changes_for(words: Mapping[str, str], target: Language) -> list[dict[str, Any]]:
    """What `draft_changes` is to do, by key; no words take a translation away."""
    return [
        {"op": "set", "path": [*key.split("."), target], "value": said}
        for key, said in words.items()
    ]


def check_file(
    given: Iterable[Given], lines: Iterable[Line]
) -> tuple[dict[str, str], list[Refused]]:
    """What a file says anew, by key, and every line of it that is not to be used.

    A line without a translation says nothing; one whose source was changed since the
    file was made, or whose text is gone, is refused.
    """
    known = {line.key: line for line in lines}
    words: dict[str, str] = {}
    refused: list[Refused] = []
    seen: set[str] = set()
    for one in given:
        line = known.get(one.key)
        said = as_typed(one.target)
        code = _refusal(one, line, said, seen)
        seen.add(one.key)
        if code is not None:
            refused.append(Refused(one.at, one.key, code))
        elif line is not None and said and said != as_typed(line.target):
            words[one.key] = said
    return words, refused


def as_typed(words: str) -> str:
    """Without what spreadsheets and browsers do to the ends of lines."""
    return words.replace("\r\n", "\n").replace("\r", "\n").strip()


def _refusal(
    one: Given, line: Line | None, said: str, seen: set[str]
) -> Refusal | None:
    if line is None:
        return "unknown"
    if one.key in seen:
        return "twice"
    if as_typed(one.source) != as_typed(line.source):
        return "changed"
    return "too_long" if len(said) > WORDS else None


def _key(raw: Any, path: Path) -> str:
    return ".".join(_named(raw, path))


def _named(raw: Any, path: Path) -> Iterator[str]:
    """Members of lists by their ids."""
    for step in path:
        raw = raw[step]
        yield raw["id"] if isinstance(step, int) else str(step)
