"""A published survey for the benchmarks, and filled forms for it."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from urllib.parse import urlencode

from django.utils import timezone

from bench.load import post
from cem.demo import company, founding
from events.ids import uuid7
from surveys import form_tokens, pages
from surveys.models import Survey

SLUG = "flight-experience"
ATTRIBUTES = [key for key, _en, _zh in company.ON_BOARD]
# The page was opened a while ago: the time trap lets the answer pass.
LONG_ENOUGH = timedelta(seconds=30)
COMMENT = (
    "The crew were kind, but boarding took far too long and nobody told us why we "
    "waited. The seat was fine."
)


def found_company() -> Survey:
    """The demo's people, places and surveys, without its history."""
    rng, now = Random(1), timezone.now()  # noqa: S311
    people, _accounts = founding.found_people(joined_at=now)
    teams = founding.found_teams(people, joined_at=now)
    founding.found_customers(rng, people, since=now - timedelta(days=365))
    touchpoints = founding.found_journeys(teams)
    return founding.found_surveys(touchpoints, by=people["mei"], at=now)[SLUG]


def filled_form(survey: Survey, number: int) -> dict[str, str]:
    """A complete answer: a score, seven ratings and a comment; one in ten is low."""
    assert survey.version_id is not None
    response_id = uuid7(timezone.now() - LONG_ENOUGH)
    signature = form_tokens.sign(response_id, survey.version_id)
    answers = {key: str(1 + (number + i) % 5) for i, key in enumerate(ATTRIBUTES)}
    answers["score"] = str(3 if number % 10 == 0 else 7 + number % 4)
    answers["comment"] = COMMENT
    return {
        "form": f"{response_id}.{survey.version_id}.{signature}",
        "lang": "en",
        **{f"{pages.FIELD}{key}": value for key, value in answers.items()},
    }


def posts(path: str, survey: Survey) -> Iterator[bytes]:
    """An endless run of different complete answers."""
    number = 0
    while True:
        number += 1
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        yield post(path, urlencode(filled_form(survey, number)), address=address)
