"""One SQL statement that stores an answer, in a kind of its own for each kind of
answer: known or not, invited or not, begun before or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.db import InterfaceError, OperationalError, connection

from events.crash_points import Point, reached
from events.prepared import Prepared

SNAPSHOT = ("region", "product_line", "tier")
PARAMETERS: Mapping[str, str] = {
    "id": "uuid",
    "survey": "bigint",
    "version": "bigint",
    "invitation": "uuid",
    "customer": "bigint",
    "channel": "varchar",
    "locale": "varchar",
    "is_test": "boolean",
    "started_at": "timestamptz",
    "at": "timestamptz",
    "day": "date",
    "answers": "jsonb",
    "nps": "smallint",
    "csat": "smallint",
    "ces": "smallint",
    "ces_scale": "smallint",
    "comment": "text",
    "wants_contact": "boolean",
    "region": "varchar",
    "product_line": "varchar",
    "tier": "varchar",
    "attributes": "jsonb",
    "state": "varchar",
    "ending": "varchar",
    "variables": "jsonb",
    "flags": "varchar[]",
    "event": "varchar",
    "subject": "varchar",
    "lane": "smallint",
}


@dataclass(frozen=True)
class Kind:
    """`is_known`: by a customer; `is_invited`: by a personal link; `is_begun`: some of
    it may have been kept on the way."""

    is_known: bool
    is_invited: bool
    is_begun: bool


def store(values: Mapping[str, Any], kind: Kind) -> bool:
    """Whether the response was stored: False where its id or invitation is used, the
    survey takes no answers or the version is none of its own. `values` has every name
    of PARAMETERS.

    A connection that turns out to be gone is replaced once: the id makes a second try
    safe. Raises OperationalError or InterfaceError when the database is away.
    """
    try:
        return _store(values, kind)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close()
        return _store(values, kind)


def _store(values: Mapping[str, Any], kind: Kind) -> bool:
    with connection.cursor() as cursor:
        _STATEMENTS[kind].execute(cursor, values)
        row = cursor.fetchone()
    reached(Point.AFTER_INSERT)
    return bool(row and row[0])


def _statement(kind: Kind) -> Prepared:
    """Each kind carries only what it needs."""
    known = {name: f"who.{name}" if kind.is_known else "NULL" for name in SNAPSHOT}
    sql = _STORE.format(
        invited=f", invited AS ({_INVITED})" if kind.is_invited else "",
        who=f", who AS ({_WHO})" if kind.is_known else "",
        join="LEFT JOIN who ON true" if kind.is_known else "",
        condition=" AND EXISTS (SELECT 1 FROM invited)" if kind.is_invited else "",
        begun=f", begun AS ({_begun(kind)})" if kind.is_begun else "",
        **known,
    )
    letters = f"{kind.is_known:d}{kind.is_invited:d}{kind.is_begun:d}"
    return Prepared(f"cem_store_{letters}", PARAMETERS, sql)


def _begun(kind: Kind) -> str:
    """What was kept on the way is not needed any more; by whatever device it was
    begun."""
    own = "id = %(id)s"
    whose = f"({own} OR invitation_id = %(invitation)s)" if kind.is_invited else own
    return (
        f"DELETE FROM surveys_partial WHERE {whose}"  # noqa: S608  ours alone
        " AND EXISTS (SELECT 1 FROM stored)"
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
    SELECT s.id, s.touchpoint_id, s.state
    FROM surveys_survey s JOIN surveys_surveyversion v ON v.survey_id = s.id
    WHERE s.id = %(survey)s AND v.id = %(version)s
){invited}{who}, stored AS (
    INSERT INTO surveys_response (
        id, survey_id, version_id, invitation_id, customer_id, touchpoint_id, channel,
        locale, state, is_test, opens_tickets, started_at, submitted_at, day, answers,
        nps, csat, ces, ces_scale, comment, wants_contact, language, sentiment_label,
        topics, region, product_line, tier, attributes, ending, variables,
        flags)
    SELECT
        %(id)s, survey.id, %(version)s, %(invitation)s, %(customer)s,
        survey.touchpoint_id, %(channel)s, %(locale)s, %(state)s, %(is_test)s, true,
        %(started_at)s, %(at)s, %(day)s, %(answers)s, %(nps)s, %(csat)s,
        %(ces)s, %(ces_scale)s, %(comment)s, %(wants_contact)s, '', '', '{{}}',
        COALESCE(NULLIF(%(region)s, ''), {region}, ''),
        COALESCE(NULLIF(%(product_line)s, ''), {product_line}, ''),
        COALESCE(NULLIF(%(tier)s, ''), {tier}, ''), %(attributes)s, %(ending)s,
        %(variables)s, %(flags)s
    FROM survey {join}
    WHERE (survey.state = 'published' OR %(is_test)s){condition}
    ON CONFLICT DO NOTHING
    RETURNING id, touchpoint_id
), told AS (
    INSERT INTO events_event (
        name, subject_type, subject_id, lane, actor, occurred_at, payload)
    SELECT %(event)s, 'response', %(subject)s, %(lane)s, '', %(at)s,
        jsonb_build_object('survey', %(survey)s, 'nps', %(nps)s,
            'csat', %(csat)s, 'ces', %(ces)s,
            'wants_contact', %(wants_contact)s, 'customer', %(customer)s,
            'touchpoint', touchpoint_id, 'day', %(day)s)
    FROM stored
){begun}
SELECT count(*) FROM stored"""

_STATEMENTS = {
    kind: _statement(kind)
    for kind in (Kind(*of) for of in product((False, True), repeat=3))
}
