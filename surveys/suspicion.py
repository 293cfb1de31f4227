"""What makes an answer look odd. Pure.

A flag is a hint for people: nothing is dropped for one, and only an answer whose trap
field was filled (HONEYPOT) waits apart until somebody has looked at it.
Sources: Meade and Craig 2012, "Identifying careless responses in survey data",
Psychological Methods 17:437 (time, long runs of one answer); the share of a third of
the usual time is Greszki, Meyer and Schoen 2015, POQ 79:471, rounded down.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from surveys.document import Document
from surveys.elements import (
    AnyElement,
    CommentElement,
    Language,
    Matrix,
    Question,
    ShortText,
)
from surveys.estimate import element_seconds

TOO_FAST: Final = "too_fast"
HONEYPOT: Final = "honeypot"
SAME_DEVICE: Final = "same_device"
STRAIGHT_LINE: Final = "straight_line"
GIBBERISH: Final = "gibberish"
LINKS: Final = "links"
MANY: Final = "many"
NO_PROOF: Final = "no_proof"

FASTEST_SHARE = 1 / 3
# A single click from a letter, confirmed at once, is no hurry.
FEWEST_ANSWERS = 3
FEWEST_ROWS = 5
LINKS_BEGIN = ("http://", "https://", "www.", "[url", "<a href")
ONE_LETTER = re.compile(r"([^\W_])\1{4,}\W*", re.IGNORECASE)
KEYS_IN_A_ROW = ("qwert", "asdfg", "sdfgh", "dfghj", "zxcvb", "yxcvb")
WORD = re.compile(r"[^\W\d_]+")
NO_VOWELS = re.compile(r"[b-df-hj-np-tv-xz]{7,}", re.IGNORECASE)


class Watch:
    """Compiled once per version; then an answer is looked at in no time."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._matrices = [
            e.id
            for e in document.elements
            if isinstance(e, Matrix) and len(e.rows) >= FEWEST_ROWS
        ]
        self._texts = [e.id for e in document.elements if _is_free(e)]
        self._seconds: dict[str, Mapping[str, float]] = {}

    def flags_of(
        self, answers: Mapping[str, Any], *, language: str, seconds: float | None
    ) -> list[str]:
        """What the checked answers themselves call for. `seconds`: how long they took,
        None where nobody knows."""
        texts = [answers[key] for key in self._texts if key in answers]
        flags = {
            TOO_FAST: seconds is not None and self._hurry(answers, language, seconds),
            STRAIGHT_LINE: self._is_one_line(answers),
            LINKS: any(_holds(text, LINKS_BEGIN) for text in texts),
            GIBBERISH: any(is_gibberish(text) for text in texts),
        }
        return [flag for flag, is_up in flags.items() if is_up]

    def _hurry(self, answers: Mapping[str, Any], language: str, seconds: float) -> bool:
        usual = self._usual(language)
        taken = [usual[key] for key in answers if key in usual]
        return len(taken) >= FEWEST_ANSWERS and seconds < FASTEST_SHARE * sum(taken)

    def _usual(self, language: str) -> Mapping[str, float]:
        """Seconds to read and answer each question."""
        known = self._seconds.get(language)
        if known is None:
            code: Language = "zh-hans" if language == "zh-hans" else "en"
            known = self._seconds[language] = {
                element.id: element_seconds(element, code)
                for element in self._document.elements
                if isinstance(element, Question)
            }
        return known

    def _is_one_line(self, answers: Mapping[str, Any]) -> bool:
        """One and the same point for every row of every long matrix."""
        given = [answers[key] for key in self._matrices if key in answers]
        rated = [list(rows.values()) for rows in given]
        return bool(rated) and all(
            len(points) >= FEWEST_ROWS and len(set(points)) == 1 for points in rated
        )


def is_gibberish(text: str) -> bool:
    """Keys struck at random or held down; in doubt it is not."""
    if ONE_LETTER.fullmatch(text.strip()) or _holds(text, KEYS_IN_A_ROW):
        return True
    # Names and codes have no vowels either; a text of nothing else says nothing.
    first = WORD.search(text)
    return first is not None and all(
        NO_VOWELS.fullmatch(word[0]) for word in WORD.finditer(text, first.start())
    )


def _holds(text: str, parts: tuple[str, ...]) -> bool:
    # Several times as fast as a pattern that ignores case.
    small = text.lower()
    return any(part in small for part in parts)


def _is_free(element: AnyElement) -> bool:
    return isinstance(element, CommentElement) or (
        isinstance(element, ShortText) and element.pattern is None
    )
