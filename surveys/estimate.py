"""How long answering a survey takes, before anybody has. Pure.

Reading: 228 words a minute in English, 255 characters in Chinese (Trauzettel-Klosinski
and Dietz 2012, "The New International Reading Speed Texts", IOVS 53:5452). Answering:
our own rounding, so that a usual question that stands alone comes to some ten seconds
with its words read, as Pew Research Center found (2022, "How we keep our online surveys
from running too long").
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from surveys.document import Document, Page
from surveys.elements import (
    AnyElement,
    Condition,
    Language,
    Matrix,
    Ranking,
    WithOptions,
    texts_of,
)

WORDS_A_MINUTE: Final = 228
HANZI_A_MINUTE: Final = 255
HANZI = re.compile(r"[\u3400-\u9fff]")
LATIN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", re.ASCII)
TAG = re.compile(r"<[^>]*>")
# What only some are asked counts half: more is not known before anybody answered.
SHARE_OF_SOME = 0.5
SECONDS: Final[Mapping[str, float]] = {
    **dict.fromkeys(("nps", "csat", "ces", "rating", "single_choice"), 5),
    **dict.fromkeys(("dropdown", "number", "date", "consent"), 7),
    "multiple_choice": 8,
    "contact_request": 3,
    **dict.fromkeys(("short_text", "email", "phone"), 12),
    "long_text": 25,
    "file": 30,
    "statement": 0,
}
SECONDS_A_ROW: Final = 4
SECONDS_A_PLACE: Final = 4
# Nobody reads a long list to its end.
MOST_OPTIONS_READ: Final = 12


def seconds_to_answer(document: Document) -> int:
    """Seconds in the slower of the survey's languages; what only some are asked counts
    half."""
    return round(max(_seconds(document, code) for code in document.languages))


def minutes_to_answer(document: Document) -> int:
    """Whole minutes, one at least."""
    return max(1, round(seconds_to_answer(document) / 60))


def _seconds(document: Document, language: Language) -> float:
    return sum(
        _share(page.shown_if) * _page_seconds(page, language) for page in document.pages
    )


def _page_seconds(page: Page, language: Language) -> float:
    title = _reading(page.title.get(language, ""))
    return title + sum(
        _share(element.shown_if) * element_seconds(element, language)
        for element in page.elements
    )


def element_seconds(element: AnyElement, language: Language) -> float:
    """To read one element and answer it."""
    return answer_seconds(element) + _element_reading(element, language)


def answer_seconds(element: AnyElement) -> float:
    """To answer, once the words are read."""
    if isinstance(element, Matrix):
        return SECONDS_A_ROW * len(element.rows)
    if isinstance(element, Ranking):
        return SECONDS_A_PLACE * len(element.options)
    return SECONDS[element.type]


def _element_reading(element: AnyElement, language: Language) -> float:
    return sum(_reading(words) for words in _read_texts(element, language))


def _read_texts(element: AnyElement, language: Language) -> Iterator[str]:
    for path, text in texts_of(element):
        is_read = path[0] not in ("wordings", "pattern", "image")
        if path[0] == "options" and isinstance(element, WithOptions):
            is_read = int(path[1]) < MOST_OPTIONS_READ
        if is_read:
            yield text.get(language, "")


@lru_cache(20_000)
def _reading(words: str) -> float:
    bare = TAG.sub(" ", words)
    hanzi, latin = len(HANZI.findall(bare)), len(LATIN.findall(bare))
    return 60 * (hanzi / HANZI_A_MINUTE + latin / WORDS_A_MINUTE)


def _share(condition: Condition) -> float:
    return SHARE_OF_SOME if condition else 1
