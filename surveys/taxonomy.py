"""Teaching the topics: what readers correct holds for new comments at once, and for those
of old as soon as a worker has read them again.

Every correction is a row that stays: who made it, who undid it, when.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from events import outbox
from surveys.comments import TOPICS, OwnWords, topics_of
from surveys.comments.own_words import (
    LONGEST,
    NotAWord,
    OwnWord,
    language_of,
    normal_form,
)
from surveys.models import Response, TopicReading, TopicRule
from surveys.models.response import ResponseQuerySet
from teams.models import User

DAYS = 90
# Of the newest; a preview is looked at while somebody waits.
LOOKED_AT = 10_000
EXAMPLES = 5
BATCH = 500
# Comments a task reads before it hands on to the next: well within its time.
MOST_IN_A_TASK = 50_000
SOON = timedelta(seconds=20)
STALLED = timedelta(seconds=60)
MOST_RULES = 2_000

_WRITE = """
UPDATE surveys_response r SET topics = string_to_array(f.topics, ' ')
FROM unnest(%s::uuid[], %s::text[]) AS f (id, topics) WHERE r.id = f.id"""


class CannotTeach(Exception):
    """A sentence for the user."""


@dataclass(frozen=True)
class Correction:
    """`word` in its normal form."""

    word: str
    topic: str
    is_added: bool

    @property
    def rule(self) -> OwnWord:
        return OwnWord(self.word, self.topic, self.is_added)


@dataclass(frozen=True)
class Preview:
    """Of `looked_at` comments of the last 90 days, `changed` would change their topics.

    `is_part`: there are more of them than were looked at. `examples` are ids.
    """

    looked_at: int
    changed: int
    is_part: bool
    examples: tuple[UUID, ...]


def own_words() -> OwnWords:
    """The corrections in force, in the order in which they were made."""
    rows = TopicRule.objects.in_force().order_by("pk")
    found = rows.values_list("word", "topic", "act")
    return tuple(
        OwnWord(word, topic, act == TopicRule.Act.ADD) for word, topic, act in found
    )


def correction_of(word: str, topic: str, *, is_added: bool) -> Correction:
    """Raises CannotTeach for what is no word, and for a topic that there is not."""
    if topic not in TOPICS:
        raise CannotTeach(_("There is no such topic."))
    try:
        return Correction(normal_form(word), topic, is_added)
    except NotAWord:
        raise CannotTeach(
            _(
                "Give one word or phrase in English or in Chinese, without signs, of at"
                " most %(most)d characters."
            )
            % {"most": LONGEST}
        ) from None


def preview(correction: Correction, *, user: User, at: datetime) -> Preview:
    """What it would change among the comments that this person may read."""
    own = own_words()
    then = _with(own, correction)
    seen = Response.objects.visible_to(user).counted().exclude(comment="")
    recent = seen.filter(submitted_at__gte=at - timedelta(days=DAYS))
    rows = recent.order_by("-submitted_at").values_list("id", "comment", "language")
    found = list(rows[: LOOKED_AT + 1])
    changed = [
        response_id
        for response_id, comment, language in found[:LOOKED_AT]
        if topics_of(comment, language=language, own=own)
        != topics_of(comment, language=language, own=then)
    ]
    return Preview(
        looked_at=min(len(found), LOOKED_AT),
        changed=len(changed),
        is_part=len(found) > LOOKED_AT,
        examples=tuple(changed[:EXAMPLES]),
    )


@transaction.atomic
def teach(correction: Correction, *, by: User, at: datetime) -> TopicRule:
    """From now on; a correction to the contrary is undone. Raises CannotTeach."""
    _take_turn()
    in_force = TopicRule.objects.in_force()
    act = TopicRule.Act.ADD if correction.is_added else TopicRule.Act.REMOVE
    same = in_force.filter(word=correction.word, topic=correction.topic)
    if same.filter(act=act).exists():
        raise CannotTeach(_("That is known already."))
    if in_force.count() >= MOST_RULES:
        raise CannotTeach(_("There are too many corrections. Undo some first."))
    for contrary in same:
        _undo(contrary, by=by, at=at)
    rule = TopicRule.objects.create(
        word=correction.word,
        language=language_of(correction.word),
        topic=correction.topic,
        act=act,
        made_by=by,
        made_at=at,
    )
    _record("survey.topic_corrected", rule, by=by, at=at)
    _read_again(at=at)
    return rule


@transaction.atomic
def undo(rule: TopicRule, *, by: User, at: datetime) -> None:
    """As if it had never been made. Undone already, it stays so."""
    _take_turn()
    if _undo(rule, by=by, at=at):
        _read_again(at=at)


def latest_reading() -> TopicReading | None:
    return TopicReading.objects.order_by("-pk").first()


def unread(*, at: datetime) -> list[int]:
    """Readings that no worker heard of, or whose worker is gone."""
    unheard = Q(worked_at__isnull=True, asked_at__lt=at - SOON)
    found = TopicReading.objects.filter(unheard | Q(worked_at__lt=at - STALLED))
    return list(found.filter(finished_at__isnull=True).values_list("pk", flat=True))


def read_on(pk: int, *, at: datetime, most: int = MOST_IN_A_TASK) -> bool:
    """Read comments again where the reading stopped; False where some are left.

    A reading that a newer one has replaced is gone, and there is nothing to do.
    """
    for _batch in range(0, most, BATCH):
        reading = TopicReading.objects.filter(pk=pk, finished_at__isnull=True).first()
        if reading is None or not _read_batch(reading, at=at):
            return True
    return False


def _read_batch(reading: TopicReading, *, at: datetime) -> bool:
    """The next comments; False after the last."""
    rows = _read_comments()
    if reading.reached:
        rows = rows.filter(id__gt=reading.reached)
    found = list(
        rows.order_by("id").values("id", "comment", "language", "topics")[:BATCH]
    )
    mine = TopicReading.objects.filter(pk=reading.pk)
    if not found:
        mine.update(finished_at=at, done=F("total"))
        return False
    own = own_words()
    changed = [
        (str(row["id"]), " ".join(topics))
        for row in found
        if list(topics := topics_of(row["comment"], language=row["language"], own=own))
        != row["topics"]
    ]
    # Another worker may have taken it for left alone, and be as far.
    reached = reading.reached
    mine = mine.filter(reached=reached) if reached else mine.filter(reached=None)
    with transaction.atomic():
        _write(changed)
        mine.update(
            reached=found[-1]["id"],
            done=F("done") + len(found),
            changed=F("changed") + len(changed),
            worked_at=Now(),
        )
    return True


def _read_comments() -> ResponseQuerySet:
    """Comments that were read once; the others will be, with the words of then."""
    return Response.objects.exclude(comment="").exclude(sentiment_label="")


def _write(changed: Sequence[tuple[str, str]]) -> None:
    if changed:
        with connection.cursor() as cursor:
            columns = [list(column) for column in zip(*changed, strict=True)]
            cursor.execute(_WRITE, columns)


def _read_again(*, at: datetime) -> None:
    """Ask for one reading of everything; it takes the place of one under way."""
    TopicReading.objects.filter(finished_at__isnull=True).delete()
    TopicReading.objects.create(asked_at=at, total=_read_comments().count())


def _undo(rule: TopicRule, *, by: User, at: datetime) -> bool:
    undone = TopicRule.objects.in_force().filter(pk=rule.pk)
    if not undone.update(undone_by=by, undone_at=at):
        return False
    _record("survey.topic_correction_undone", rule, by=by, at=at)
    return True


def _record(name: str, rule: TopicRule, *, by: User, at: datetime) -> None:
    outbox.record(
        name,
        subject=("topic_rule", rule.pk),
        at=at,
        actor=by.email,
        payload={"word": rule.word, "topic": rule.topic, "act": rule.act},
    )


def _with(own: OwnWords, correction: Correction) -> OwnWords:
    kept = tuple(
        one
        for one in own
        if (one.word, one.topic) != (correction.word, correction.topic)
    )
    return (*kept, correction.rule)


def _take_turn() -> None:
    """One correction at a time: two to the contrary cannot both hold."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cem.taxonomy'))")
