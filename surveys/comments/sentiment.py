"""How pleased a comment sounds: weighted words, turned by negation, scaled by degrees.

Each word list gives words a weight from -4 to 4. A negation shortly before a word turns it,
weakened; a degree word scales it; what follows a "but" counts more than what came before
it. The result is the sum of all weights over the sum of their sizes and a constant, so that
one weak word says little and many that agree say much.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache

from surveys.comments.language import READ
from surveys.comments.lexicon import Vocabulary
from surveys.comments.splitting import Kind, Run
from surveys.comments.word_lists import sections


class Role(Enum):
    WEIGHT = "weight"
    NEGATE = "negate"
    DEGREE = "degree"
    BUT = "but"


@dataclass(frozen=True, slots=True)
class Meaning:
    role: Role
    amount: float = 0.0


ROLES: Mapping[str, Meaning] = {
    "negate": Meaning(Role.NEGATE),
    "stronger": Meaning(Role.DEGREE, 1.4),
    "weaker": Meaning(Role.DEGREE, 0.7),
    "but": Meaning(Role.BUT),
}
REACH = 3
"""How many words a negation or a degree reaches ahead."""

BARE_DENIAL = -0.5
"""A negation of nothing we know: customers rather deny what they miss."""

TURNED_PRAISE = -0.9
TURNED_COMPLAINT = -0.5
BEFORE_BUT, AFTER_BUT = 0.7, 1.3
DOUBT = 1.5


def polarity(runs: Iterable[Run], language: str) -> float:
    """-1 to 1; 0 where nothing was found."""
    tally = _Tally()
    for run in runs:
        if run.kind is Kind.STOP:
            tally.stop()
        elif run.kind is Kind.PAUSE:
            tally.pause()
        else:
            tally.hear(_found(run, language))
    return tally.result()


def _found(run: Run, language: str) -> Iterator[tuple[int, Meaning]]:
    if run.kind is Kind.SIGN:
        return _signs().in_words((run.text,))
    if language not in READ:
        return iter(())
    if run.kind is Kind.HAN:
        return _chinese().in_han(run.text)
    return _english().in_words(run.words)


@dataclass(slots=True)
class _Tally:
    """Weights so far, and how far the last negation and degree reach, by place."""

    weights: list[float] = field(default_factory=list)
    sentence_from: int = 0
    volume: float = 1.0
    denial: int = -1
    denied_until: int = -1
    degree: float = 1.0
    scaled_until: int = -1

    def hear(self, found: Iterable[tuple[int, Meaning]]) -> None:
        self.pause()
        for place, meaning in found:
            if meaning.role is Role.WEIGHT:
                self.weigh(place, meaning.amount)
            elif meaning.role is Role.NEGATE:
                self.deny(place)
            elif meaning.role is Role.DEGREE:
                self.degree, self.scaled_until = meaning.amount, place + REACH
            else:
                self.turn()

    def weigh(self, place: int, weight: float) -> None:
        if weight == 0:
            return
        if place <= self.scaled_until:
            weight *= self.degree
        if place <= self.denied_until:
            weight *= TURNED_PRAISE if weight > 0 else TURNED_COMPLAINT
            self.weights[self.denial] = 0
        self.weights.append(weight * self.volume)
        self.pause()

    def deny(self, place: int) -> None:
        if place <= self.denied_until:
            # Two of them in a row take each other back.
            self.weights[self.denial] = 0
            self.denied_until = -1
            return
        self.denial = len(self.weights)
        self.weights.append(BARE_DENIAL * self.volume)
        self.denied_until = place + REACH

    def turn(self) -> None:
        for at in range(self.sentence_from, len(self.weights)):
            self.weights[at] *= BEFORE_BUT
        self.sentence_from = len(self.weights)
        self.volume = AFTER_BUT
        self.pause()

    def pause(self) -> None:
        self.denied_until = self.scaled_until = -1

    def stop(self) -> None:
        self.pause()
        self.sentence_from = len(self.weights)
        self.volume = 1.0

    def result(self) -> float:
        size = sum(abs(weight) for weight in self.weights)
        return sum(self.weights) / (size + DOUBT)


@cache
def _english() -> Vocabulary[Meaning]:
    return Vocabulary(_meanings_in("words_en.txt"))


@cache
def _chinese() -> Vocabulary[Meaning]:
    return Vocabulary(_meanings_in("words_zh.txt"))


@cache
def _signs() -> Vocabulary[Meaning]:
    return Vocabulary(_meanings_in("words_any.txt"))


def _meanings_in(name: str) -> dict[str, Meaning]:
    meanings: dict[str, Meaning] = {}
    for title, entries in sections(name):
        meaning = ROLES.get(title) or Meaning(Role.WEIGHT, float(title))
        meanings |= dict.fromkeys(entries, meaning)
    return meanings
