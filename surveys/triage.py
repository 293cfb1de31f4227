"""Who looks after the answers: each is new, then read, at last archived."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from events import outbox
from surveys.models import Response
from surveys.models.response import ResponseQuerySet
from teams.access import can
from teams.models import User
from teams.roles import Ability

TRIAGED = "survey.response_triaged"
_REMEMBERED = "triaged"
Former = Mapping[str, list[str]]
"""Ids of moved answers by the state that they were in: what an undo needs."""


def may_triage(user: User) -> bool:
    """Those who work on answers; who only reads leaves no trace."""
    return can(user, Ability.WORK_TICKETS) or can(user, Ability.EDIT_SURVEYS)


@transaction.atomic
def move(responses: ResponseQuerySet, to: str, *, by: User, at: datetime) -> Former:
    """Bring the answers into this state; those that are in it already are left alone."""
    waiting = responses.exclude(triage=to).order_by("pk")
    rows = list(
        waiting.select_for_update(of=("self",)).values_list("id", "survey_id", "triage")
    )
    Response.objects.filter(id__in=[row[0] for row in rows]).update(triage=to)
    outbox.record_all(
        [
            outbox.event_for(
                TRIAGED,
                subject=("response", response_id),
                at=at,
                actor=by.email,
                payload={"survey": survey_id, "from": former, "to": to},
            )
            for response_id, survey_id, former in rows
        ]
    )
    moved: dict[str, list[str]] = defaultdict(list)
    for response_id, _survey, former in rows:
        moved[former].append(str(response_id))
    return dict(moved)


@transaction.atomic
def undo(former: Former, *, by: User, at: datetime) -> int:
    """Back to where they were; how many there were."""
    moved = 0
    for state, ids in former.items():
        answers = Response.objects.visible_to(by).filter(id__in=_uuids(ids))
        moved += sum(map(len, move(answers, state, by=by, at=at).values()))
    return moved


def _uuids(ids: Iterable[str]) -> list[UUID]:
    return [UUID(text) for text in ids]


def remember(session: SessionBase, former: Former) -> None:
    """For whoever finds a moment later that it was a mistake."""
    session[_REMEMBERED] = dict(former)


def remembered(session: SessionBase) -> Former:
    """What was moved last; nothing where that was undone."""
    former: Former = session.get(_REMEMBERED, {})
    return former


def undo_last(session: SessionBase, *, by: User, at: datetime) -> int:
    return undo(session.pop(_REMEMBERED, {}), by=by, at=at)
