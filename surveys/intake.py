"""Use case: a customer's answers are checked, scored and stored, with their event.

One SQL statement stores the response, uses up the invitation and writes the event:
one round trip, one transaction, nothing half-stored.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from events import doorbell
from events.outbox import lane_of
from surveys.document import CheckedAnswers, Document, group_of
from surveys.models import Response, Survey
from surveys.published import Version, get_version

SNAPSHOT_LENGTHS = {"region": 80, "product_line": 80, "tier": 40}


class NotStored(Exception):
    """The answers were not stored; `sentence` says why, fit for the customer."""

    sentence = _("Your answers could not be stored.")


class SurveyPaused(NotStored):
    sentence = _("This survey is paused. Please try again later.")


class SurveyClosed(NotStored):
    sentence = _("This survey is closed.")


class AlreadyAnswered(NotStored):
    sentence = _("You have already answered this survey. Thank you!")


class ResponseIdTaken(NotStored):
    sentence = _("These answers belong to another survey. Please open the link again.")


@dataclass(frozen=True)
class Submission:
    """Raw answers by element id, and where they come from.

    `attributes` may carry `region`, `product_line` and `tier`, which win over what we
    know of the customer; the rest is kept with the response.
    """

    response_id: UUID
    answers: Mapping[str, object]
    locale: str
    channel: Response.Channel
    customer_id: int | None = None
    invitation_id: UUID | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    started_at: datetime | None = None


@dataclass(frozen=True)
class Receipt:
    """`is_new` is False where these answers had been stored before."""

    response_id: UUID
    is_new: bool
    group: str


def submit_response(
    *, version: Version, submission: Submission, at: datetime
) -> Receipt:
    """Store the answers once, whatever happens to the request.

    Answers to a trial version are tests: stored in any state of the survey, and kept
    apart. A replay of the same id returns the first receipt. Raises
    `document.InvalidAnswers` or a NotStored.
    """
    checked = version.document.read(submission.answers)
    is_test = version.is_trial
    values = _values(version, submission, checked, at)
    with connection.cursor() as cursor:
        cursor.execute(_statement(submission, is_test=is_test), values)
        row = cursor.fetchone()
    if not row or not row[0]:
        return _explain_refusal(version, submission)
    transaction.on_commit(doorbell.ring)
    return Receipt(submission.response_id, True, _group(version.document, checked))


def local_day(instant: datetime) -> date:
    """The company's calendar day of an instant."""
    return instant.astimezone(_company_zone()).date()


def _explain_refusal(version: Version, submission: Submission) -> Receipt:
    """Find out why nothing was stored: a replay gets its receipt, others the reason."""
    stored = Response.objects.filter(id=submission.response_id).first()
    if stored is not None:
        if stored.survey_id != version.survey_id:
            raise ResponseIdTaken
        shown = get_version(stored.version_id).document
        return Receipt(stored.id, False, _group(shown, stored))
    state = Survey.objects.values_list("state", flat=True).get(id=version.survey_id)
    if state == Survey.State.PAUSED and not version.is_trial:
        raise SurveyPaused
    if state != Survey.State.PUBLISHED and not version.is_trial:
        raise SurveyClosed
    raise AlreadyAnswered


def _group(document: Document, scores: CheckedAnswers | Response) -> str:
    element = document.score
    if element is None:
        return "passive"
    return group_of(element.type, getattr(scores, element.type), element.scale)


def _values(
    version: Version, submission: Submission, checked: CheckedAnswers, at: datetime
) -> dict[str, Any]:
    attributes = {str(k): str(v) for k, v in submission.attributes.items()}
    snapshot = {
        name: attributes.pop(name, "")[:length]
        for name, length in SNAPSHOT_LENGTHS.items()
    }
    return {
        **snapshot,
        "id": submission.response_id,
        "survey": version.survey_id,
        "version": version.id,
        "invitation": submission.invitation_id,
        "customer": submission.customer_id,
        "channel": submission.channel.value,
        "locale": submission.locale,
        "is_test": version.is_trial,
        "started_at": submission.started_at,
        "at": at,
        "day": local_day(at),
        "answers": json.dumps(checked.answers),
        "nps": checked.nps,
        "csat": checked.csat,
        "ces": checked.ces,
        "ces_scale": checked.ces_scale,
        "comment": checked.comment,
        "wants_contact": checked.wants_contact,
        "attributes": json.dumps(attributes),
        "event": (
            "survey.test_response_submitted"
            if version.is_trial
            else "survey.response_submitted"
        ),
        "subject": str(submission.response_id),
        "lane": lane_of("response", submission.response_id),
    }


@cache
def _company_zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def _statement(submission: Submission, *, is_test: bool) -> str:
    known, invited = submission.customer_id, submission.invitation_id
    return _STATEMENTS[known is not None, invited is not None, is_test]


def _build(*, is_known: bool, is_invited: bool, is_test: bool) -> str:
    """The statement for one kind of answer: each carries only what it needs."""
    invited = f", invited AS ({_INVITED})" if is_invited else ""
    who = f", who AS ({_WHO})" if is_known else ""
    conditions = [] if is_test else ["survey.state = 'published'"]
    if is_invited:
        conditions.append("EXISTS (SELECT 1 FROM invited)")
    known = {name: f"who.{name}" if is_known else "''" for name in SNAPSHOT_LENGTHS}
    return _STORE.format(
        invited=invited,
        who=who,
        join="LEFT JOIN who ON true" if is_known else "",
        condition=" AND ".join(conditions) or "true",
        **known,
    )


_WHO = """
    SELECT c.region, c.product_line, COALESCE(NULLIF(c.tier, ''), a.tier, '') AS tier
    FROM customers_customer c LEFT JOIN customers_account a ON a.id = c.account_id
    WHERE c.id = %(customer)s"""

# Parallel posts queue up at the invitation's row; all but the first find it used.
_INVITED = """
    UPDATE surveys_invitation i
    SET completed_at = %(at)s, started_at = COALESCE(i.started_at, %(started_at)s)
    FROM survey
    WHERE i.id = %(invitation)s AND i.completed_at IS NULL
      AND survey.state = 'published'
      AND NOT EXISTS (SELECT 1 FROM surveys_response r WHERE r.id = %(id)s)
    RETURNING i.id"""

_STORE = """
WITH survey AS (
    SELECT id, touchpoint_id, state FROM surveys_survey WHERE id = %(survey)s
){invited}{who}, stored AS (
    INSERT INTO surveys_response (
        id, survey_id, version_id, invitation_id, customer_id, touchpoint_id, channel,
        locale, state, is_test, opens_tickets, started_at, submitted_at, day, answers,
        nps, csat, ces, ces_scale, comment, wants_contact, language, sentiment_label,
        topics, region, product_line, tier, attributes)
    SELECT
        %(id)s, survey.id, %(version)s, %(invitation)s, %(customer)s,
        survey.touchpoint_id, %(channel)s, %(locale)s, 'complete', %(is_test)s, true,
        %(started_at)s, %(at)s, %(day)s, %(answers)s::jsonb, %(nps)s, %(csat)s,
        %(ces)s, %(ces_scale)s, %(comment)s, %(wants_contact)s, '', '', '{{}}',
        COALESCE(NULLIF(%(region)s, ''), {region}, ''),
        COALESCE(NULLIF(%(product_line)s, ''), {product_line}, ''),
        COALESCE(NULLIF(%(tier)s, ''), {tier}, ''), %(attributes)s::jsonb
    FROM survey {join}
    WHERE {condition}
    ON CONFLICT DO NOTHING
    RETURNING id, touchpoint_id
), told AS (
    INSERT INTO events_event (
        name, subject_type, subject_id, lane, actor, occurred_at, payload)
    SELECT %(event)s, 'response', %(subject)s, %(lane)s, '', %(at)s,
        jsonb_build_object('survey', %(survey)s, 'nps', %(nps)s::int,
            'csat', %(csat)s::int, 'ces', %(ces)s::int,
            'wants_contact', %(wants_contact)s, 'customer', %(customer)s::bigint,
            'touchpoint', touchpoint_id, 'day', %(day)s::date)
    FROM stored
)
SELECT count(*) FROM stored"""

_STATEMENTS = {
    (is_known, is_invited, is_test): _build(
        is_known=is_known, is_invited=is_invited, is_test=is_test
    )
    for is_known in (False, True)
    for is_invited in (False, True)
    for is_test in (False, True)
}
