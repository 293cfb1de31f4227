"""Customers who looked at a survey, and those who began it and went away."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.db.models import Count

from events.ids import uuid7
from surveys.models import Partial, Response, Shown
from surveys.published import get_version

# Of a hundred who answer, so many more only look; so many more begin and leave.
LOOKED, LEFT = 0.35, 0.06
LEFT_SINCE = timedelta(days=90)
# Whoever clicks a score in a letter and confirms nothing.
INTENTS = 0.2
BATCH = 2_000


def come_and_go(rng: Random, *, until: datetime) -> None:
    _leave(rng, until=until)
    days = Response.objects.order_by("version_id", "day", "channel").values_list(
        "version_id", "day", "channel"
    )
    shown = [
        Shown(version_id=version, day=day, channel=channel, count=_looked(rng, n))
        for version, day, channel, n in days.annotate(n=Count("pk"))
    ]
    Shown.objects.bulk_create(shown, batch_size=BATCH)


def _looked(rng: Random, answered: int) -> int:
    """More than began, who are LEFT more than answered."""
    return answered + sum(rng.random() < LOOKED + LEFT for _ in range(answered)) + 1


def _leave(rng: Random, *, until: datetime) -> None:
    recent = Response.objects.filter(
        submitted_at__gte=until - LEFT_SINCE, is_test=False
    ).order_by("submitted_at", "pk")
    partials = [
        _begun(rng, response)
        for response in recent.defer("answers", "comment").iterator()
        if rng.random() < LEFT
    ]
    Partial.objects.bulk_create(partials, batch_size=BATCH)


def _begun(rng: Random, response: Response) -> Partial:
    """Like an answer of the same hour, as far as it went."""
    version = get_version(response.version_id)
    score = version.document.score
    at = response.submitted_at - timedelta(minutes=rng.randrange(5, 50))
    is_personal = response.channel == Response.Channel.PERSONAL
    value = rng.randrange(score.lowest, score.scale + 1) if score else 0
    return Partial(
        id=UUID(int=uuid7(at).int >> 62 << 62 | rng.getrandbits(62)),
        survey_id=response.survey_id,
        version_id=version.id,
        channel=response.channel,
        locale=response.locale,
        is_intent=is_personal and rng.random() < INTENTS,
        page=rng.choice(version.document.pages).id,
        answers={score.id: value} if score else {},
        started_at=at,
        saved_at=at + timedelta(seconds=rng.randrange(5, 90)),
    )
