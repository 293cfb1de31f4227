"""Quotas: once so many complete answers meet a condition, others are turned away.

A place is taken in the transaction that stores the answer, with the count's row locked,
so that of any number of parallel answers exactly as many are complete as there are places.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import F

from customers.conditions import Condition, parse
from surveys.branching import fields_of
from surveys.document import Quota
from surveys.models import QuotaCount
from surveys.published import Version, get_version

ASKED_BESIDE = ("hidden.", "customer.", "var.", "language")


@dataclass(frozen=True)
class _Rule:
    quota: Quota
    condition: Condition
    # The answers that the condition looks at.
    asks: frozenset[str]


def find_full(
    version: Version, answers: Mapping[str, Any], beside: Mapping[str, object]
) -> Quota | None:
    """The first full quota that somebody falls under already, before the end; a quota
    about questions still to come is not judged yet. `beside` as conditions ask it."""
    if version.is_trial or not version.document.quotas:
        return None
    values = _values(answers, beside)
    met = [
        rule.quota
        for rule in _rules(version.id)
        if rule.asks <= values.keys() and rule.condition.matches(values)
    ]
    counts = (
        dict(
            QuotaCount.objects.filter(
                survey_id=version.survey_id, quota__in=[quota.id for quota in met]
            ).values_list("quota", "count")
        )
        if met
        else {}
    )
    return _first_full(met, counts)


def take_places(
    version: Version, answers: Mapping[str, Any], beside: Mapping[str, object]
) -> Quota | None:
    """Take a place in every quota that the answers meet; if one is full, take none and
    return it. Only inside the transaction that stores the answer."""
    values = _values(answers, beside)
    met = [r.quota for r in _rules(version.id) if r.condition.matches(values)]
    if not met:
        return None
    counts = _locked(version.survey_id, sorted(quota.id for quota in met))
    full = _first_full(met, counts)
    if full is None:
        _of(version.survey_id, met).update(count=F("count") + 1)
    return full


def _first_full(met: Sequence[Quota], counts: Mapping[str, int]) -> Quota | None:
    return next((q for q in met if counts.get(q.id, 0) >= q.limit), None)


def _locked(survey_id: int, quotas: Sequence[str]) -> dict[str, int]:
    """The counts, each row held; always in the same order, so that nobody waits in a
    circle."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO surveys_quotacount (survey_id, quota, count)
            SELECT %s, quota, 0 FROM unnest(%s::varchar[]) AS quota
            ON CONFLICT DO NOTHING""",
            [survey_id, list(quotas)],
        )
    rows = QuotaCount.objects.filter(survey_id=survey_id, quota__in=quotas)
    locked = rows.order_by("quota").select_for_update()
    return dict(locked.values_list("quota", "count"))


def _of(survey_id: int, quotas: Iterable[Quota]) -> Any:
    return QuotaCount.objects.filter(
        survey_id=survey_id, quota__in=[quota.id for quota in quotas]
    )


def _values(
    answers: Mapping[str, Any], beside: Mapping[str, object]
) -> dict[str, object]:
    values: dict[str, object] = dict(beside)
    for key, answer in answers.items():
        if isinstance(answer, dict):
            values.update({f"{key}.{row}": one for row, one in answer.items()})
        else:
            values[key] = answer
    return values


@lru_cache(500)
def _rules(version_id: int) -> tuple[_Rule, ...]:
    document = get_version(version_id).document
    fields = fields_of(document)
    conditions = ((quota, parse(quota.when, fields)) for quota in document.quotas)
    return tuple(
        _Rule(
            quota,
            condition,
            frozenset(f for f in condition.fields() if not f.startswith(ASKED_BESIDE)),
        )
        for quota, condition in conditions
    )
