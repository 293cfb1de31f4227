"""A company's own words: corrections to what our word lists say about topics."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from unicodedata import normalize

from surveys.comments.language import HAN
from surveys.comments.splitting import Kind, runs

LONGEST = 60


@dataclass(frozen=True)
class OwnWord:
    """`word` in its normal form; it is about the topic, or, not `is_added`, it is not."""

    word: str
    topic: str
    is_added: bool


class NotAWord(ValueError):
    """No word or phrase of one script: nothing in a comment could equal it."""


def normal_form(text: str) -> str:
    """As the vocabulary has it: "On hold" is on_hold, full-width and traditional
    characters are folded. Raises NotAWord."""
    found = list(runs(normalize("NFKC", text).replace("’", "'")))
    if len(found) != 1 or found[0].kind not in (Kind.WORDS, Kind.HAN):
        raise NotAWord(text)
    word = "_".join(found[0].words) or found[0].text
    if len(word) > LONGEST:
        raise NotAWord(text)
    return word


def spoken_form(word: str) -> str:
    """As people write it."""
    return word.replace("_", " ")


def language_of(word: str) -> str:
    """In texts of which language it can stand."""
    return "zh" if HAN.match(word) else "en"


def forms_of(word: str) -> Iterator[str]:
    """One and many: seat and seats, whichever was corrected."""
    yield word
    if word.isascii():
        yield f"{word}s"
        if word.endswith("s") and not word.endswith("ss") and len(word) > 3:
            yield word[:-1]


def corrected(
    keywords: dict[str, tuple[str, ...]], own: Iterable[OwnWord]
) -> dict[str, tuple[str, ...]]:
    """The topics of each word, after the corrections."""
    found = dict(keywords)
    for rule in own:
        for form in forms_of(rule.word):
            others = tuple(t for t in found.get(form, ()) if t != rule.topic)
            found[form] = (*others, rule.topic) if rule.is_added else others
    return {word: topics for word, topics in found.items() if topics}
