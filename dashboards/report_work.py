"""What a worker does with an order of ours: take it up once, finish it once."""

from datetime import datetime
from hashlib import sha256

from django.db.models import F
from django.db.models.functions import Now

from dashboards.models import Mailing, ReportFile, WorkState
from teams.access import scopes_of
from teams.models import User

# An order that ends every worker must not be picked up for ever.
MOST_ATTEMPTS = 3


def claim(work: type[Mailing] | type[ReportFile], pk: int, *, at: datetime) -> bool:
    """Whether this order is ours now."""
    free = work.objects.to_do(at=at).filter(pk=pk)
    return bool(
        free.update(
            state=WorkState.RUNNING, attempts=F("attempts") + 1, worked_at=Now()
        )
    )


def finish(one: Mailing | ReportFile, *, problem: str = "", **more: object) -> bool:
    """Whether it was still ours, and is done now; `problem`: what it lacks."""
    return _end(one, state=WorkState.DONE, problem=problem, **more)


def fail(one: Mailing | ReportFile, problem: str) -> bool:
    return _end(one, state=WorkState.FAILED, problem=problem)


def view_of(user: User) -> str:
    """What the person may see, as one word; another word after any change of it."""
    lines = sorted((s.dimension, s.effect, s.value) for s in scopes_of(user))
    return sha256(repr((str(user.role), user.is_active, lines)).encode()).hexdigest()


def _end(one: Mailing | ReportFile, **values: object) -> bool:
    ours = type(one).objects.filter(pk=one.pk, state=WorkState.RUNNING)
    return bool(ours.update(**values))
