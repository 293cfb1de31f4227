"""The rules in force, ready to judge answers; and the same as a first sieve in SQL."""

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, reduce
from hashlib import blake2b
from operator import and_, or_
from secrets import token_hex
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL
from psycopg2.extensions import AsIs

from customers.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    ConditionError,
    Op,
    parse,
)
from events.prepared import Prepared, as_array
from journeys.models import Touchpoint
from surveys.models import Response
from tickets.models import Rule
from tickets.rule_facts import NO_HISTORY, History
from tickets.rule_fields import CATALOGUE, FIELDS, values_of

log = logging.getLogger("cem.tickets")

_LOOKUPS = {
    Op.EQ: "",
    Op.LT: "__lt",
    Op.LTE: "__lte",
    Op.GT: "__gt",
    Op.GTE: "__gte",
    Op.BETWEEN: "__range",
    Op.IN: "__in",
}
# Every version of a row has its own place and transaction.
_STAMP = Prepared(
    "cem_rulebook_stamp",
    {},
    """
    SELECT (SELECT md5(string_agg(xmin || ' ' || ctid, ',')) FROM tickets_rule),
        (SELECT md5(string_agg(xmin || ' ' || ctid, ',')) FROM tickets_slapolicy),
        (SELECT md5(string_agg(xmin || ' ' || ctid, ',')) FROM tickets_slatarget),
        (SELECT md5(string_agg(xmin || ' ' || ctid, ',')) FROM journeys_touchpoint),
        (SELECT md5(string_agg(xmin || ' ' || ctid, ',')) FROM teams_team),
        (SELECT md5(string_agg(xmin || ' ' || ctid, ',')) FROM teams_workinghours)""",
)
# Stands in the sieve where each question puts its own answers; no rule can say it.
_IDS = token_hex()


@dataclass(frozen=True)
class Rulebook:
    """Active rules with their conditions, in order; the first that holds decides.

    `touchpoints` by id, each with the team that owns it and the team's hours.
    """

    rules: tuple[tuple[Rule, Condition], ...]
    touchpoints: Mapping[int, Touchpoint] = field(default_factory=dict)

    def find_rule_for(
        self, response: Response, history: History = NO_HISTORY
    ) -> Rule | None:
        """`history` is what `rule_facts` read for this answer."""
        values = values_of(response, self.fields, history)
        for rule, condition in self.rules:
            if response.submitted_at >= rule.effective_at and condition.matches(values):
                return rule
        return None

    def sieve(self, ids: Collection[UUID | str]) -> list[UUID]:
        """Those of these answers that could qualify and have no ticket yet."""
        if not self.rules:
            return []
        with connection.cursor() as cursor:
            self._sieve.execute(cursor, {"ids": as_array(ids)})
            return [row[0] for row in cursor.fetchall()]

    @cached_property
    def _sieve(self) -> Prepared:
        """Built once: building and planning it takes longer than asking."""
        waiting = Response.objects.counted().filter(
            self.could_qualify(),
            pk__in=RawSQL("SELECT unnest(%s)", [AsIs(_IDS)]),
            opens_tickets=True,
            ticket_answer__isnull=True,
        )
        with connection.cursor() as cursor:
            query = waiting.values("pk").query.sql_with_params()
            literal: str = cursor.mogrify(*query).decode()
        sql = literal.replace("%", "%%").replace(_IDS, "%(ids)s")
        name = blake2b(sql.encode(), digest_size=8).hexdigest()
        return Prepared(f"cem_sieve_{name}", {"ids": "uuid[]"}, sql)

    def could_qualify(self) -> Q:
        """Holds for every answer that a rule takes, and for few others.

        Only a sieve: `find_rule_for` has the last word.
        """
        if not self.rules:
            return Q(pk__in=[])
        return reduce(or_, (_sieve(rule, held) for rule, held in self.rules))

    @cached_property
    def fields(self) -> frozenset[str]:
        """The keys of the fields that any rule looks at."""
        return frozenset().union(*(held.fields() for _rule, held in self.rules))


def current_rulebook() -> Rulebook:
    """The rules as they stand now. One that cannot be read is left out, loudly.

    Kept, with what was worked out of it, until one of its rows is written again.
    """
    global _kept
    stamp = _stamp()
    if _kept is None or _kept[0] != stamp:
        _kept = stamp, _load()
    return _kept[1]


_kept: tuple[str, Rulebook] | None = None


def _stamp() -> str:
    """Differs whenever a row that the rulebook was read from was written."""
    with connection.cursor() as cursor:
        _STAMP.execute(cursor, {})
        row = cursor.fetchone()
    return str(row)


def _load() -> Rulebook:
    active = Rule.objects.filter(is_active=True).order_by("position", "pk")
    related = active.select_related(
        "team__working_hours", "sla_policy"
    ).prefetch_related("watchers", "sla_policy__targets")
    touchpoints = Touchpoint.objects.select_related("team__working_hours")
    return Rulebook(tuple(_readable(related)), touchpoints.in_bulk())


def _readable(rules: Iterable[Rule]) -> Iterable[tuple[Rule, Condition]]:
    for rule in rules:
        try:
            yield rule, parse(rule.condition, FIELDS)
        except ConditionError:
            log.exception("Rule %s cannot be read and is left out", rule.pk)


def _sieve(rule: Rule, condition: Condition) -> Q:
    return Q(submitted_at__gte=rule.effective_at) & (_implied(condition) or Q())


def _implied(condition: Condition) -> Q | None:
    """SQL that holds wherever the condition does; None where SQL cannot tell."""
    if isinstance(condition, Comparison):
        return _implied_by(condition)
    if isinstance(condition, AllOf):
        known = [q for q in map(_implied, condition.parts) if q is not None]
        return reduce(and_, known) if known else None
    if isinstance(condition, AnyOf):
        parts = [_implied(part) for part in condition.parts]
        known = [q for q in parts if q is not None]
        return reduce(or_, known) if len(known) == len(parts) else None
    return None


def _implied_by(comparison: Comparison) -> Q | None:
    column, lookup = CATALOGUE[comparison.field].column, _LOOKUPS.get(comparison.op)
    if not column or lookup is None:
        return None
    return Q(**{f"{column}{lookup}": comparison.value})
