"""What a comment is about, by a small taxonomy of keywords in English and Chinese."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from surveys.comments.language import READ
from surveys.comments.lexicon import Vocabulary
from surveys.comments.splitting import Kind, Run
from surveys.comments.word_lists import sections


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


def topics_in(runs: Iterable[Run], language: str) -> tuple[str, ...]:
    """Topic keys, the most mentioned first, then in order of mention."""
    if language not in READ:
        return ()
    mentions = Counter(topic for run in runs for topic in _mentions(run))
    return tuple(topic for topic, _ in mentions.most_common())


def _mentions(run: Run) -> Iterator[str]:
    if run.kind is Kind.WORDS:
        found = _keywords().in_words(run.words)
    elif run.kind is Kind.HAN:
        found = _keywords().in_han(run.text)
    else:
        return
    for _place, topics in found:
        yield from topics


@cache
def _keywords() -> Vocabulary[tuple[str, ...]]:
    keywords: dict[str, tuple[str, ...]] = {}
    for topic, entries in sections("topics.txt"):
        for entry in entries:
            for form in (entry, f"{entry}s") if entry.isascii() else (entry,):
                keywords[form] = (*keywords.get(form, ()), topic)
    return Vocabulary({word: tuple(dict.fromkeys(of)) for word, of in keywords.items()})
