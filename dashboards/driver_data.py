"""What can drive a score: the attributes that answers rated, and their ratings as numbers."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from math import nan
from typing import TYPE_CHECKING, Any, Literal

from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import get_language

from dashboards.selection import Filters, answers
from surveys import metrics
from surveys.document import Document
from surveys.elements import LANGUAGES, Matrix, RatingElement, Text
from surveys.language import choose_language
from surveys.markup import plain_text
from surveys.models import Survey
from surveys.models.response import ResponseQuerySet
from surveys.published import get_version
from surveys.texts import in_language
from teams.models import User

if TYPE_CHECKING:
    # Web processes read this module's words, and have no use for numpy's memory.
    from numpy import float64
    from numpy.typing import NDArray

OUTCOMES = ("nps", "csat", "ces")
Outcome = Literal["nps", "csat", "ces"]
# A survey's questions are looked for in its latest versions, facts of an import in its
# latest answers.
VERSIONS, LOOKED_AT = 10, 500
LEAST_FACTS = 20
CHUNK = 5_000
HIGHEST = 10


@dataclass(frozen=True)
class Attribute:
    """A rating question, a row of a matrix ("element.row"), or a fact of an imported
    line that looks like a rating ("fact:name"), whose scale nobody has declared."""

    key: str
    label: str
    scale: int | None
    path: tuple[str, ...]

    @property
    def is_fact(self) -> bool:
        return self.scale is None


@dataclass(frozen=True)
class Read:
    """`ratings` is answers × attributes, NaN where not rated; `newest_at` is None where
    there was no answer at all."""

    ratings: "NDArray[float64]"
    outcome: "NDArray[float64]"
    newest_at: datetime | None
    tallies: Mapping[str, Mapping[int, int]]


def attributes_of(user: User, survey: Survey) -> list[Attribute]:
    """In the order of the questionnaire; those of older versions and of imports last."""
    found: dict[str, Attribute] = {}
    for document in _documents(survey):
        for element in document.elements:
            for attribute in _in_element(element):
                found.setdefault(attribute.key, attribute)
    for name in _rated_facts(user, survey):
        attribute = Attribute(f"fact:{name}", name, None, ("attributes", name))
        found.setdefault(attribute.key, attribute)
    return list(found.values())


def outcomes_of(survey: Survey) -> list[str]:
    """The scores that any of its latest versions asks for."""
    asked = {
        element.type for document in _documents(survey) for element in document.scores
    }
    return [outcome for outcome in OUTCOMES if outcome in asked]


def read_ratings(
    found: ResponseQuerySet,
    outcome: str,
    attributes: Sequence[Attribute],
    *,
    progress: Callable[[], None] | None = None,
) -> Read:
    """All ratings and the outcome; answers without an outcome are left out.

    Effort is asked on two scales that are never pooled: the longer one is read where
    there are answers of both.
    """
    import numpy as np

    found = found.filter(**{f"{outcome}__isnull": False})
    if outcome == "ces":
        is_long = found.filter(ces_scale=7).exists()
        found = found.filter(ces_scale=7 if is_long else 5)
    paths = [_value_at(attribute.path) for attribute in attributes]
    rows = found.order_by().values_list(outcome, "submitted_at", *paths)
    parts, newest = [], None
    tallies: list[Counter[int]] = [Counter() for _attribute in attributes]
    for chunk in _chunks(rows.iterator(chunk_size=CHUNK)):
        latest = max(row[1] for row in chunk)
        newest = max(newest or latest, latest)
        table = [[row[0], *map(rating_of, row[2:])] for row in chunk]
        for place, tally in enumerate(tallies, 1):
            tally.update(int(row[place]) for row in table if row[place] == row[place])
        parts.append(np.array(table, dtype=np.float64))
        if progress is not None:
            progress()
    whole = np.concatenate(parts) if parts else np.empty((0, 1 + len(attributes)))
    by_key = {a.key: dict(t) for a, t in zip(attributes, tallies, strict=True)}
    return Read(whole[:, 1:], whole[:, 0], newest, by_key)


def rating_of(text: str | None) -> float:
    """A whole number from 1 to 10; anything else, 0 too, is "not rated": NaN."""
    if text is None or len(text) > 4:
        return nan
    try:
        value = float(text)
    except ValueError:
        return nan
    return value if 1 <= value <= HIGHEST and value.is_integer() else nan


def performance_of(
    attribute: Attribute, tally: Mapping[int, int]
) -> metrics.RatingScore | None:
    """How it is rated: None for a fact, whose scale is not known, and where hidden."""
    if attribute.scale is None:
        return None
    on_scale = {k: n for k, n in tally.items() if 1 <= k <= attribute.scale}
    top = 2 if attribute.scale > 2 else 1
    score = metrics.rating(on_scale, scale=attribute.scale, top=top)
    return None if score is None or score.is_hidden else score


def _documents(survey: Survey) -> list[Document]:
    published = survey.versions.filter(number__isnull=False).order_by("-number")
    ids = published.values_list("pk", flat=True)[:VERSIONS]
    return [get_version(version_id).document for version_id in ids]


def _in_element(element: object) -> Iterator[Attribute]:
    if isinstance(element, RatingElement):
        path = ("answers", element.id)
        yield Attribute(element.id, _words(element.text), element.scale, path)
    elif isinstance(element, Matrix):
        for row in element.rows:
            key = f"{element.id}.{row.id}"
            where = ("answers", element.id, row.id)
            yield Attribute(key, _words(row.text), element.scale, where)


def _words(text: Text) -> str:
    language = choose_language(get_language(), "", LANGUAGES)
    return plain_text(in_language(text, language))


def _rated_facts(user: User, survey: Survey) -> list[str]:
    """Names of facts that are always a whole number from 0 to 10, and not always the
    same few."""
    seen = answers(user, Filters(survey=survey.pk))
    latest = seen.exclude(attributes={}).order_by("-submitted_at")
    values: dict[str, list[str]] = {}
    for facts in latest.values_list("attributes", flat=True)[:LOOKED_AT]:
        for name, value in facts.items():
            if value not in ("", None):
                values.setdefault(name, []).append(str(value))
    return [name for name, found in values.items() if _looks_rated(found)]


def _looks_rated(values: Sequence[str]) -> bool:
    rated = [value for value in values if value not in ("0", "0.0")]
    if len(rated) < LEAST_FACTS or any(rating_of(v) != rating_of(v) for v in rated):
        return False
    return len({rating_of(value) for value in rated}) >= 3


def _value_at(path: Sequence[str]) -> Any:
    """The text of a value within a JSON column."""
    value: Any = path[0]
    for name in path[1:]:
        value = KeyTextTransform(name, value)
    return value


def _chunks(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk
