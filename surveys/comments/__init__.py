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
from surveys.comments.topics import TOPICS, topics_in

__all__ = ["TOPICS", "CommentAnalysis", "Label", "analyse"]

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


def analyse(text: str, *, language: str | None = None) -> CommentAnalysis:
    """Judge one comment. `language` is a tag such as "en" or "zh-hans"; None detects it."""
    words = normalize("NFKC", text[:LONGEST]).replace("’", "'")
    spoken = primary(language) if language else detect(words)
    parts = list(runs(words))
    sentiment = polarity(parts, spoken)
    return CommentAnalysis(
        language=spoken,
        sentiment=sentiment,
        label=_label(sentiment),
        topics=topics_in(parts, spoken),
    )


def _label(sentiment: float) -> Label:
    if abs(sentiment) < CLEAR_FROM:
        return "neutral"
    return "positive" if sentiment > 0 else "negative"
