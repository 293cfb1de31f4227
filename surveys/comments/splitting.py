"""A comment as runs of words, runs of Chinese, signs, and the breaks between them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from surveys.comments.traditional import simplified


class Kind(Enum):
    WORDS = "words"
    HAN = "han"
    SIGN = "sign"
    PAUSE = "pause"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Run:
    kind: Kind
    text: str = ""
    words: tuple[str, ...] = ()


# Dashes and slashes join words: user-friendly and "user friendly" are one entry.
SPLIT = re.compile(
    r"https?://\S+|@\w+"
    r"|(?P<words>[a-z0-9]+(?:'[a-z]+)?(?:[ \t/_#\"*&~-]+[a-z0-9]+(?:'[a-z]+)?)*)"
    "|(?P<han>[\u3400-\u4dbf\u4e00-\u9fff]+)"
    r"|(?P<stop>[.!?;。…\n]+)"
    r"|(?P<pause>[,:、()]+)"
    r"|(?P<sign>[\u2600-\u27bf\U0001f300-\U0001faff])"
)
WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
KINDS = {kind.value: kind for kind in Kind}
PAUSE, STOP = Run(Kind.PAUSE), Run(Kind.STOP)


def runs(text: str) -> Iterator[Run]:
    """`text` in NFKC, so that full-width signs and letters have become the usual ones."""
    for match in SPLIT.finditer(simplified(text).lower()):
        name = match.lastgroup
        if name is None:
            continue
        kind = KINDS[name]
        if kind is Kind.WORDS:
            yield Run(kind, words=tuple(WORD.findall(match.group())))
        elif kind is Kind.PAUSE:
            yield PAUSE
        elif kind is Kind.STOP:
            yield STOP
        else:
            yield Run(kind, match.group())
