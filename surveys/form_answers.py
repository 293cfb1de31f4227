"""What a respondent's form sends, read into raw answers by element id.

An element `q1` sends `a-q1`; a matrix one field per row, `a-q1.<row>`; a ranking one per
option, `a-q1.<option>`; the words beside an option "other" are `a-q1.other`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.http import QueryDict

from surveys.answers import OTHER, clean_text
from surveys.branching import all_options
from surveys.document import Document
from surveys.elements import SHORT, AnyElement, Matrix, Ranking, Statement

# Before the element's id in the form, so that no element can be called like another
# field of the form.
FIELD = "a-"
HIDDEN = "h-"

Take = Callable[[QueryDict], object]


class FormReader:
    """Compiled once per version."""

    def __init__(self, document: Document) -> None:
        self._takes = dict(_takes(document))
        self._hidden = tuple(field.id for field in document.hidden_fields)

    def answers(self, posted: QueryDict) -> dict[str, object]:
        """What was given, not yet checked; what was left alone is left out."""
        given: dict[str, object] = {}
        for key, take in self._takes.items():
            value = take(posted)
            if value is not None:
                given[key] = value
        return given

    def hidden_fields(
        self, posted: QueryDict, *, prefix: str = HIDDEN
    ) -> dict[str, str]:
        """Those that the survey declares, as far as they may be kept. In a page's own
        address they have no prefix."""
        found: dict[str, str] = {}
        for name in self._hidden:
            words = clean_text(posted.get(prefix + name, ""))
            if words and len(words) <= SHORT:
                found[name] = words
        return found


def _takes(document: Document) -> Iterator[tuple[str, Take]]:
    for element in document.elements:
        if isinstance(element, Statement):
            continue
        yield element.id, _take(document, element)
        if any(o.kind == "other" for o in getattr(element, "options", ())):
            yield element.id + OTHER, _one(element.id + OTHER)


def _take(document: Document, element: AnyElement) -> Take:
    if isinstance(element, Matrix):
        return _several(element.id, [row.id for row in element.rows])
    if isinstance(element, Ranking):
        return _several(element.id, [o.id for o in all_options(document, element)])
    if element.type == "file":
        return _kept_file(element.id)
    return _list(element.id) if element.type == "multiple_choice" else _one(element.id)


def _one(key: str) -> Take:
    name = FIELD + key
    return lambda posted: posted.get(name)


def _kept_file(key: str) -> Take:
    """The id of a file that has arrived before; beside it an empty field for another."""
    name = FIELD + key
    return lambda posted: next(filter(None, posted.getlist(name)), None)


def _list(key: str) -> Take:
    name = FIELD + key
    return lambda posted: posted.getlist(name) or None


def _several(key: str, parts: list[str]) -> Take:
    names = {part: f"{FIELD}{key}.{part}" for part in parts}

    def take(posted: QueryDict) -> object:
        given = {part: posted[name] for part, name in names.items() if name in posted}
        return given or None

    return take


def takes_files(document: Document) -> bool:
    return any(element.type == "file" for element in document.elements)


def kept(answers: Mapping[str, object]) -> dict[str, Any]:
    """Raw answers as the database can hold them: without what no text may contain."""
    return {key: _kept(value) for key, value in answers.items()}


def _kept(value: object) -> object:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [_kept(one) for one in value]
    if isinstance(value, Mapping):
        return {str(key): _kept(one) for key, one in value.items()}
    return value
