"""What a comment says: its language, how pleased it sounds, and what it is about.

English and Chinese, by our own word lists with negation and degrees: no model, no network,
the same answer every time. Another language is "und": it is not judged by words, only by
signs such as 👍. Topics are named by key; `TOPICS` has their English labels.
"""

from dataclasses import dataclass
from typing import Literal
from unicodedata import normalize

from surveys.comments.language import READ, detect, primary
from surveys.comments.sentiment import polarity
from surveys.comments.splitting import runs
from surveys.comments.topics import TOPICS, OwnWords, topics_in, words_in

__all__ = [
    "TOPICS",
    "CommentAnalysis",
    "Label",
    "OwnWords",
    "analyse",
    "topics_of",
    "words_of",
]

Label = Literal["positive", "neutral", "negative"]

LONGEST = 20_000
"""Characters looked at; what follows them is not judged."""

CLEAR_FROM = 0.05


@dataclass(frozen=True)
class CommentAnalysis:
    """`sentiment` runs from -1 to 1; `topics` are keys, the most mentioned first."""

    language: str
    sentiment: float
    label: Label
    topics: tuple[str, ...]

    @property
    def is_judged(self) -> bool:
        """False where neutral means that nothing could be read, not that nothing was felt."""
        return self.language in READ or self.sentiment != 0


def analyse(
    text: str, *, language: str | None = None, own: OwnWords = ()
) -> CommentAnalysis:
    """Judge one comment. `language` is a tag such as "en" or "zh-hans"; None detects it.

    `own` are the company's corrections of what words are about.
    """
    words = _normal(text)
    spoken = primary(language) if language else detect(words)
    parts = list(runs(words))
    sentiment = polarity(parts, spoken)
    return CommentAnalysis(
        language=spoken,
        sentiment=sentiment,
        label=_label(sentiment),
        topics=topics_in(parts, spoken, own),
    )


def topics_of(text: str, *, language: str, own: OwnWords = ()) -> tuple[str, ...]:
    """The topics alone, as `analyse` finds them."""
    return topics_in(runs(_normal(text)), primary(language), own)


def words_of(
    text: str, *, language: str, own: OwnWords = ()
) -> dict[str, tuple[str, ...]]:
    """By topic, the words that brought it about, in normal form."""
    return words_in(runs(_normal(text)), primary(language), own)


def _normal(text: str) -> str:
    return normalize("NFKC", text[:LONGEST]).replace("’", "'")


def _label(sentiment: float) -> Label:
    if abs(sentiment) < CLEAR_FROM:
        return "neutral"
    return "positive" if sentiment > 0 else "negative"
