"""Use case: a customer's answers are checked, scored and stored, with their event.

One SQL statement (`surveys.storing`) stores the response, uses up the invitation and
writes the event: one round trip, one transaction, nothing half-stored. Only a survey
with quotas needs more.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from events import doorbell
from events.outbox import lane_of
from surveys import duplicates, quotas, storing
from surveys.branching import CheckedAnswers
from surveys.document import Document, Group, Quota, group_of
from surveys.models import Response, Survey
from surveys.published import Version, get_version
from surveys.suspicion import HONEYPOT

OVER_QUOTA = "survey.over_quota"
HELD = "survey.response_held"
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


class CustomerHasAnswered(AlreadyAnswered):
    """Another invitation, or none: the survey asks each customer once."""


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
    # What is known of the customer, where the survey's conditions ask: `customer.tier`.
    context: Mapping[str, object] = field(default_factory=dict)
    started_at: datetime | None = None
    # Whether some of it may have been kept on the way (`surveys.partials`).
    is_begun: bool = True
    # What looked odd on the way; keys of `surveys.suspicion`.
    flags: tuple[str, ...] = ()

    @property
    def is_held(self) -> bool:
        """A trap field was filled, as programs do: nothing counts it or acts on it
        before somebody has looked."""
        return HONEYPOT in self.flags


@dataclass(frozen=True)
class Receipt:
    """`is_new` is False where these answers had been stored before; `ending` is the id
    of what is read after them."""

    response_id: UUID
    is_new: bool
    ending: str


def submit_response(
    *, version: Version, submission: Submission, at: datetime
) -> Receipt:
    """Store the answers once, whatever happens to the request.

    Answers to a trial version are tests: stored in any state of the survey, and kept
    apart. A replay of the same id returns the first receipt. Raises
    `answers.InvalidAnswers` or a NotStored.
    """
    checked = version.route.read(submission.answers, context_of(submission))
    if _is_once_each(version, submission):
        receipt = _store_once_each(version, submission, checked, at)
    else:
        receipt = _store_complete(version, submission, checked, at)
    return receipt or _explain_refusal(version, submission)


def turn_away(
    *, version: Version, submission: Submission, quota: Quota, until: str, at: datetime
) -> Receipt:
    """Store what was answered up to the page `until` and met a full quota there: kept,
    never counted. Raises a NotStored."""
    context = context_of(submission)
    walk = version.route.walk(submission.answers, context, until=until)
    checked = version.route.checked(walk)
    receipt = _store(version, submission, checked, at, turned_away_by=quota)
    return receipt or _explain_refusal(version, submission)


def context_of(submission: Submission) -> dict[str, object]:
    """What the survey's conditions may ask beside the answers."""
    hidden = {f"hidden.{name}": given for name, given in submission.attributes.items()}
    return {"language": submission.locale, **hidden, **submission.context}


def _is_once_each(version: Version, submission: Submission) -> bool:
    once_per = version.document.settings.once_per
    is_known = submission.customer_id is not None
    return once_per == "customer" and is_known and not version.is_trial


@transaction.atomic
def _store_once_each(
    version: Version, submission: Submission, checked: CheckedAnswers, at: datetime
) -> Receipt | None:
    """However many of the customer's answers arrive at once, one is stored."""
    assert submission.customer_id is not None
    duplicates.wait_in_line(submission.customer_id)
    own = submission.response_id
    if duplicates.has_answered(version.survey_id, submission.customer_id, but=own):
        raise CustomerHasAnswered
    return _store_complete(version, submission, checked, at)


def _store_complete(
    version: Version, submission: Submission, checked: CheckedAnswers, at: datetime
) -> Receipt | None:
    if version.document.quotas and not (version.is_trial or submission.is_held):
        return _store_within_quotas(version, submission, checked, at)
    return _store(version, submission, checked, at)


def _store_within_quotas(
    version: Version, submission: Submission, checked: CheckedAnswers, at: datetime
) -> Receipt | None:
    """The places are taken together with the answer, or not at all."""
    beside = context_of(submission) | {
        f"var.{name}": value for name, value in checked.variables.items()
    }
    with transaction.atomic():
        full = quotas.take_places(version, checked.answers, beside)
        receipt = _store(version, submission, checked, at, turned_away_by=full)
        if receipt is None:
            transaction.set_rollback(True)
    return receipt


def _store(
    version: Version,
    submission: Submission,
    checked: CheckedAnswers,
    at: datetime,
    *,
    turned_away_by: Quota | None = None,
) -> Receipt | None:
    """None where nothing was stored."""
    if turned_away_by is not None:
        checked = replace(checked, ending=turned_away_by.ending)
    values = _values(version, submission, checked, at)
    if turned_away_by is not None:
        values |= {"state": Response.State.OVER_QUOTA.value, "event": OVER_QUOTA}
    if submission.is_held and not version.is_trial:
        values |= {"state": Response.State.HELD.value, "event": HELD}
    kind = storing.Kind(
        is_known=submission.customer_id is not None,
        is_invited=submission.invitation_id is not None,
        is_begun=submission.is_begun,
    )
    if not storing.store(values, kind):
        return None
    transaction.on_commit(doorbell.ring_soon)
    return Receipt(submission.response_id, True, checked.ending)


def local_day(instant: datetime) -> date:
    """The company's calendar day of an instant."""
    return company_time(instant).date()


def company_time(instant: datetime) -> datetime:
    return instant.astimezone(_company_zone())


def _explain_refusal(version: Version, submission: Submission) -> Receipt:
    """Find out why nothing was stored: a replay gets its receipt, others the reason."""
    stored = Response.objects.filter(id=submission.response_id).first()
    if stored is not None:
        if stored.survey_id != version.survey_id:
            raise ResponseIdTaken
        return Receipt(stored.id, False, _ending_of(stored))
    state = Survey.objects.values_list("state", flat=True).get(id=version.survey_id)
    if state == Survey.State.PAUSED and not version.is_trial:
        raise SurveyPaused
    if state != Survey.State.PUBLISHED and not version.is_trial:
        raise SurveyClosed
    raise AlreadyAnswered


def _ending_of(stored: Response) -> str:
    document = get_version(stored.version_id).document
    return stored.ending or document.ending_of_group(_group(document, stored)).id


def _group(document: Document, scores: Response) -> Group:
    element = document.score
    if element is None:
        return "passive"
    return group_of(element.type, getattr(scores, element.type), element.scale)


def _values(
    version: Version, submission: Submission, checked: CheckedAnswers, at: datetime
) -> dict[str, Any]:
    # Written once: the driver would write it out anew wherever it is used.
    response_id = str(submission.response_id)
    attributes = {str(k): str(v) for k, v in submission.attributes.items()}
    snapshot = {
        name: attributes.pop(name, "")[:length]
        for name, length in SNAPSHOT_LENGTHS.items()
    }
    return {
        **snapshot,
        "id": response_id,
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
        "answers": _json(checked.answers),
        "nps": checked.nps,
        "csat": checked.csat,
        "ces": checked.ces,
        "ces_scale": checked.ces_scale,
        "comment": checked.comment,
        "wants_contact": checked.wants_contact,
        "attributes": _json(attributes),
        "state": Response.State.COMPLETE.value,
        "ending": checked.ending,
        "variables": _json(checked.variables),
        "flags": _flags(version, submission, checked, at),
        "event": (
            "survey.test_response_submitted"
            if version.is_trial
            else "survey.response_submitted"
        ),
        "subject": response_id,
        "lane": lane_of("response", response_id),
    }


def _json(values: Mapping[str, Any]) -> str:
    # Most often there is nothing to write.
    return json.dumps(values) if values else "{}"


def _flags(
    version: Version, submission: Submission, checked: CheckedAnswers, at: datetime
) -> list[str]:
    """What looks odd; a test may be as odd as it likes."""
    if version.is_trial:
        return []
    began = submission.started_at
    found = version.watch.flags_of(
        checked.answers,
        language=submission.locale,
        seconds=(at - began).total_seconds() if began else None,
    )
    return [*submission.flags, *found]


@cache
def _company_zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)
