"""What a comment is about, by a small taxonomy of keywords in English and Chinese."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache

from surveys.comments.language import READ
from surveys.comments.lexicon import Vocabulary
from surveys.comments.own_words import OwnWord, corrected
from surveys.comments.splitting import Kind, Run
from surveys.comments.word_lists import sections

Keyword = tuple[str, tuple[str, ...]]
"""A word with the topics that it stands for."""


def N_(message: str) -> str:
    """Marks a label for the catalogue; whoever shows it translates it."""
    return message


TOPICS: Mapping[str, str] = {
    "price": N_("Price"),
    "service_staff": N_("Staff and service"),
    "waiting_time": N_("Waiting time"),
    "delivery": N_("Delivery"),
    "product_quality": N_("Product quality"),
    "comfort": N_("Comfort"),
    "food": N_("Food and drink"),
    "cleanliness": N_("Cleanliness"),
    "app_website": N_("App and website"),
    "billing_refund": N_("Billing and refunds"),
    "communication": N_("Communication"),
    "baggage": N_("Baggage"),
    "reliability": N_("Reliability"),
    "booking": N_("Booking"),
    "location": N_("Location"),
    "safety": N_("Safety"),
    "trust": N_("Trust"),
}


OwnWords = tuple[OwnWord, ...]


def topics_in(
    runs: Iterable[Run], language: str, own: OwnWords = ()
) -> tuple[str, ...]:
    """Topic keys, the most mentioned first, then in order of mention."""
    mentions = Counter(
        topic for _word, topics in _found(runs, language, own) for topic in topics
    )
    return tuple(topic for topic, _ in mentions.most_common())


def words_in(
    runs: Iterable[Run], language: str, own: OwnWords = ()
) -> dict[str, tuple[str, ...]]:
    """For each topic the words that stand for it, in order of mention."""
    found: dict[str, dict[str, None]] = {}
    for word, topics in _found(runs, language, own):
        for topic in topics:
            found.setdefault(topic, {})[word] = None
    return {topic: tuple(words) for topic, words in found.items()}


def _found(runs: Iterable[Run], language: str, own: OwnWords) -> Iterator[Keyword]:
    if language not in READ:
        return
    keywords = _keywords(own)
    for run in runs:
        if run.kind is Kind.WORDS:
            found = keywords.in_words(run.words)
        elif run.kind is Kind.HAN:
            found = keywords.in_han(run.text)
        else:
            continue
        yield from (keyword for _place, keyword in found)


# A worker goes over many comments with the same corrections.
@lru_cache(8)
def _keywords(own: OwnWords) -> Vocabulary[Keyword]:
    topics_of = corrected(_listed(), own)
    return Vocabulary({word: (word, topics) for word, topics in topics_of.items()})


@cache
def _listed() -> dict[str, tuple[str, ...]]:
    keywords: dict[str, tuple[str, ...]] = {}
    for topic, entries in sections("topics.txt"):
        for entry in entries:
            for form in (entry, f"{entry}s") if entry.isascii() else (entry,):
                keywords[form] = (*keywords.get(form, ()), topic)
    return {word: tuple(dict.fromkeys(of)) for word, of in keywords.items()}
