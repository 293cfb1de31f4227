"""Answers in words, as a person reads them: on the page of one answer and in a workbook.

Each answer is read with the version that was answered, so it says what was offered.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _

from surveys.answers import OTHER
from surveys.branching import all_options
from surveys.document import Document, group_of
from surveys.elements import AnyElement, Language, Matrix, NumberElement, Text
from surveys.markup import plain_text
from surveys.piping import without_pipes


@dataclass(frozen=True)
class Said:
    """One question and what was said to it; no lines where nothing was.

    A list is unordered but for a ranking. `group` is the score's.
    """

    id: str
    question: str
    type: str
    lines: Sequence[str] = ()
    value: Any = None
    lowest: int = 0
    scale: int = 0
    group: str = ""
    # The upload's id, where the file is still there.
    file: str = ""


def said(
    answers: Mapping[str, Any],
    document: Document,
    language: Language,
    *,
    files: Mapping[str, str],
) -> Iterator[Said]:
    """Every question of the document in its order. `files`: names by upload's id."""
    for element in document.elements:
        if element.type == "statement":
            continue
        value = answers.get(element.id)
        lines: Sequence[str] = ()
        if value is not None:
            lines = list(_lines(element, value, document, language, files))
            other = answers.get(element.id + OTHER)
            lines = [*lines, f"“{other}”"] if other else lines
        scale = getattr(element, "scale", 0)
        has_group = element.type in ("nps", "csat", "ces") and type(value) is int
        yield Said(
            id=element.id,
            question=words_in(element.text, language),
            type=element.type,
            lines=lines,
            value=value,
            lowest=getattr(element, "lowest", None) or 0 if scale else 0,
            scale=scale,
            group=group_of(element.type, value, scale) if has_group else "",
            file=str(value) if element.type == "file" and value in files else "",
        )


def words_in(text: Text, language: Language) -> str:
    """Without markup and places for values, in this language or else in one that there is."""
    found = text.get(language) or next((words for words in text.values() if words), "")
    return without_pipes(plain_text(found))


def _lines(
    element: AnyElement,
    value: Any,
    document: Document,
    language: Language,
    files: Mapping[str, str],
) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _rated(element, value, language)
    elif element.type in ("single_choice", "dropdown", "multiple_choice", "ranking"):
        options = all_options(document, element)
        names = {option.id: words_in(option.text, language) for option in options}
        chosen = value if isinstance(value, list) else [value]
        yield from (names.get(one) or str(one) for one in chosen)
    elif value is True:
        yield _("Yes")
    elif element.type == "date":
        yield _date_in_words(str(value))
    elif element.type == "file":
        yield files.get(str(value), _("A file that is gone"))
    elif isinstance(element, NumberElement):
        yield f"{localize(value)} {words_in(element.unit, language)}".strip()
    else:
        yield str(value)


def _rated(
    element: AnyElement, value: Mapping[str, int], language: Language
) -> Iterator[str]:
    rows = {row.id: row for row in element.rows} if isinstance(element, Matrix) else {}
    sentence = _("%(row)s: %(rating)s of %(scale)s")
    scale = getattr(element, "scale", 5)
    for key, rating in value.items():
        name = words_in(rows[key].text, language) if key in rows else key
        yield sentence % {"row": name, "rating": rating, "scale": scale}


def _date_in_words(text: str) -> str:
    try:
        return str(date_format(date.fromisoformat(text)))
    except ValueError:
        return text
