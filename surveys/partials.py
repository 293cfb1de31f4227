"""Answers that were begun: kept page by page, found again, gone once they are sent.

Nothing is checked here: what is kept is what was typed, so that nobody loses it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from surveys import form_answers
from surveys.form_tokens import made_at
from surveys.models import Partial
from surveys.published import Version

# Characters of JSON; what goes beyond is no survey's answer.
MOST = 200_000
HIDDEN = "hidden."


class TooMuch(Exception):
    """More than anybody would write into a survey."""


class NotTheirs(Exception):
    """The page was made for another survey or another link."""


@dataclass(frozen=True)
class Begun:
    """What is kept of one respondent. `answers` are raw, by element id; `is_intent`: a
    score clicked in a letter and seen by a person, but not confirmed by one."""

    response_id: UUID
    page: str
    answers: Mapping[str, object]
    hidden: Mapping[str, str]
    language: str
    channel: str
    customer_id: int | None = None
    invitation_id: UUID | None = None
    is_intent: bool = False


def save(version: Version, begun: Begun, *, at: datetime) -> bool:
    """Keep it, in place of what was kept before: the last save wins. False where the
    answers have been sent already. Raises TooMuch or NotTheirs."""
    hidden = {f"{HIDDEN}{name}": words for name, words in begun.hidden.items()}
    answers = json.dumps({**form_answers.kept(begun.answers), **hidden})
    if len(answers) > MOST:
        raise TooMuch
    values: dict[str, Any] = {
        "id": begun.response_id,
        "survey": version.survey_id,
        "version": version.id,
        "invitation": begun.invitation_id,
        "customer": begun.customer_id,
        "channel": begun.channel,
        "locale": begun.language,
        "is_test": version.is_trial,
        "is_intent": begun.is_intent,
        "page": begun.page,
        "answers": answers,
        "started_at": made_at(begun.response_id),
        "at": at,
    }
    sql = _SAVE_INVITED if begun.invitation_id else _SAVE
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
            is_sent, is_kept = cursor.fetchone()
    except IntegrityError as error:
        raise NotTheirs from error
    if not is_kept and not is_sent:
        raise NotTheirs
    return not is_sent


def find(response_id: UUID, *, survey_id: int) -> Partial | None:
    return Partial.objects.filter(id=response_id, survey_id=survey_id).first()


def hidden_fields(partial: Partial) -> dict[str, str]:
    return {
        key.removeprefix(HIDDEN): words
        for key, words in partial.answers.items()
        if key.startswith(HIDDEN)
    }


def given_answers(partial: Partial) -> dict[str, object]:
    return {k: v for k, v in partial.answers.items() if not k.startswith(HIDDEN)}


# Somebody who answers on two devices has one line, under the id of the later page.
_KEEP = """
WITH sent AS (
    SELECT 1 FROM surveys_response WHERE id = %(id)s{sent}
), kept AS (
    INSERT INTO surveys_partial AS partial (
        id, survey_id, version_id, invitation_id, customer_id, channel, locale,
        is_test, is_intent, page, answers, started_at, saved_at)
    SELECT %(id)s, %(survey)s, %(version)s, %(invitation)s, %(customer)s,
        %(channel)s, %(locale)s, %(is_test)s, %(is_intent)s, %(page)s, %(answers)s,
        %(started_at)s, %(at)s
    WHERE NOT EXISTS (SELECT 1 FROM sent)
    ON CONFLICT ({key}) DO UPDATE SET
        id = EXCLUDED.id, version_id = EXCLUDED.version_id, locale = EXCLUDED.locale,
        is_intent = partial.is_intent AND EXCLUDED.is_intent, page = EXCLUDED.page,
        answers = EXCLUDED.answers, saved_at = EXCLUDED.saved_at,
        started_at = LEAST(partial.started_at, EXCLUDED.started_at)
    WHERE partial.survey_id = EXCLUDED.survey_id
        AND partial.invitation_id IS NOT DISTINCT FROM EXCLUDED.invitation_id
    RETURNING 1
){begun}
SELECT EXISTS (SELECT 1 FROM sent), EXISTS (SELECT 1 FROM kept)"""
_SAVE = _KEEP.format(sent="", key="id", begun="")
_SAVE_INVITED = _KEEP.format(
    sent=" OR invitation_id = %(invitation)s",
    key="invitation_id",
    begun=""", begun AS (
    UPDATE surveys_invitation SET started_at = %(started_at)s
    WHERE id = %(invitation)s AND started_at IS NULL
)""",
)
