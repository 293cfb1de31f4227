"""A draft of the rules tried on past answers, beside the rules in force.

Both judge the same answers, as if each had been in force all the time: nothing is
opened, and nobody is told. The row says what is to be done; whoever deletes it cancels.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import reduce
from itertools import accumulate, islice
from operator import or_
from typing import Any

from django.db.models import Count

from customers.models import Customer
from surveys.models import Response
from surveys.models.response import ResponseQuerySet
from teams.models import User
from tickets.models import Rehearsal
from tickets.rehearsed_side import Side, Stage, Verdict, stage_for
from tickets.rule_drafts import (
    DraftRule,
    current_revision,
    rules_in_force,
    rules_of,
    the_draft,
)
from tickets.rule_facts import DAYS, LOW, NO_HISTORY, is_low
from tickets.rule_fields import values_of

PERIOD = timedelta(days=DAYS)
EXAMPLES = 20
# When each customer answered low, oldest first.
Lows = dict[int, deque[datetime]] | None
CHUNK = 2_000
KEPT = timedelta(days=7)
SOON = timedelta(seconds=20)
# No rehearsal lasts so long: its worker is gone.
LONGEST = timedelta(minutes=5)
COLUMNS = (
    *("id", "customer", "touchpoint", "submitted_at", "day", "nps", "csat", "ces"),
    *("ces_scale", "wants_contact", "channel", "locale", "sentiment_label", "topics"),
    *("tier", "region", "product_line"),
)


class _Cancelled(Exception):
    """The row is gone."""


def ask_for(*, by: User, at: datetime) -> Rehearsal:
    """The draft as it is now; the rules in force where there is none. The person's
    older ones go, and with them one that is still under way."""
    mine = Rehearsal.objects.filter(asked_by=by)
    mine.exclude(state=Rehearsal.State.DONE).delete()
    mine.filter(asked_at__lt=at - KEPT).delete()
    return Rehearsal.objects.create(
        rules=[rule.stored() for rule in rules_of(the_draft())],
        revision=current_revision(),
        since=at - PERIOD,
        asked_by=by,
        asked_at=at,
    )


def cancel(rehearsal: Rehearsal) -> None:
    """The worker notices at its next step."""
    rehearsal.delete()


def waiting(*, at: datetime) -> list[int]:
    """Those that wait for longer than a worker should take to begin."""
    late = Rehearsal.objects.filter(
        state=Rehearsal.State.WAITING, asked_at__lt=at - SOON
    )
    return list(late.order_by("pk").values_list("pk", flat=True))


def is_stalled(rehearsal: Rehearsal, *, at: datetime) -> bool:
    over = rehearsal.state in (Rehearsal.State.DONE, Rehearsal.State.FAILED)
    return not over and rehearsal.asked_at < at - LONGEST


def rehearse(pk: int, *, at: datetime) -> None:
    """Do it. Done again after a crash, it comes to the same."""
    rows = Rehearsal.objects.select_related("asked_by")
    one = rows.filter(pk=pk, finished_at__isnull=True).first()
    if one is None:
        return
    try:
        _run(one, at)
    except _Cancelled:
        return
    except Exception as error:
        _finish(one, Rehearsal.State.FAILED, at, error=type(error).__name__)
        raise


def _run(one: Rehearsal, at: datetime) -> None:
    answers = _answers(one)
    days = list(answers.order_by("day").values_list("day").annotate(Count("pk")))
    one.total = sum(count for _day, count in days)
    # How many answers there are up to and with each day.
    days_only, counts = [day for day, _n in days], [n for _day, n in days]
    gone_by = dict(zip(days_only, accumulate(counts), strict=True))
    _tell(one, 0)
    stage = stage_for(one.asked_by, since=one.since, at=at)
    today = Side(stage, rules_in_force())
    draft = Side(stage, [DraftRule.read(rule) for rule in one.rules])
    replay = _Replay(today, draft, earlier_lows(today, draft, since=one.since))
    for chunk in _chunks(_candidates(answers, today, draft)):
        _complete(chunk, stage)
        for answer in chunk:
            replay.judge(answer)
        _tell(one, gone_by.get(chunk[-1].day, 0))
    one.result = {
        "answers": one.total,
        "days": PERIOD.days,
        "today": today.told(),
        "draft": draft.told(),
        "rules": draft.told_by_rule(),
        "changes": replay.told(),
    }
    _finish(one, Rehearsal.State.DONE, at)


class _Replay:
    """Answer after answer, in the order in which they were given."""

    def __init__(self, today: Side, draft: Side, lows: Lows) -> None:
        self.today, self.draft, self.lows = today, draft, lows
        self.fields = today.book.fields | draft.book.fields
        self.counts: Counter[str] = Counter()
        self.examples: dict[str, list[list[str]]] = defaultdict(list)

    def judge(self, answer: Response) -> None:
        values = values_of(answer, self.fields, NO_HISTORY)
        if self.lows is not None:
            values["low_in_90_days"] = self._low_count(answer)
        before = self.today.judge(answer, values)
        after = self.draft.judge(answer, values)
        kind = _kind_of_change(before, after)
        if kind:
            self.counts[kind] += 1
            if len(self.examples[kind]) < EXAMPLES:
                names = [str(answer.pk), *(v.key if v else "" for v in (before, after))]
                self.examples[kind].append(names)

    def told(self) -> dict[str, Any]:
        return {"counts": dict(self.counts), "examples": dict(self.examples)}

    def _low_count(self, answer: Response) -> int | None:
        if answer.customer_id is None or self.lows is None:
            return None
        past = self.lows[answer.customer_id]
        if is_low(answer):
            past.append(answer.submitted_at)
        while past and past[0] <= answer.submitted_at - PERIOD:
            past.popleft()
        return len(past)


def _kind_of_change(before: Verdict | None, after: Verdict | None) -> str:
    if before is None or after is None:
        if before is after:
            return ""
        return "gone" if after is None else "new"
    return "other" if before.does != after.does else ""


def earlier_lows(*sides: Side, since: datetime) -> Lows:
    """When each customer answered low before the period; None where no rule asks."""
    if not any("low_in_90_days" in side.book.fields for side in sides):
        return None
    past = Response.objects.counted().filter(
        LOW,
        customer__isnull=False,
        submitted_at__gt=since - PERIOD,
        submitted_at__lt=since,
    )
    lows: dict[int, deque[datetime]] = defaultdict(deque)
    found = past.order_by("submitted_at").values_list("customer_id", "submitted_at")
    for customer, submitted_at in found.iterator(chunk_size=CHUNK):
        if customer is not None:
            lows[customer].append(submitted_at)
    return lows


def _answers(one: Rehearsal) -> ResponseQuerySet:
    """What the person may know of; imported history counts like everything else."""
    return (
        Response.objects.visible_to(one.asked_by)
        .counted()
        .filter(submitted_at__gte=one.since, submitted_at__lt=one.asked_at)
    )


def _candidates(answers: ResponseQuerySet, *sides: Side) -> ResponseQuerySet:
    """Those that any rule of either could take; the others need not be read."""
    wanted = reduce(or_, (side.book.could_qualify() for side in sides))
    asked = frozenset().union(*(side.book.fields for side in sides))
    if "low_in_90_days" in asked:
        wanted |= LOW
    comment = ["comment"] if "comment" in asked else []
    read = answers.filter(wanted).only(*COLUMNS, *comment)
    return read.order_by("submitted_at", "pk")


def _chunks(answers: ResponseQuerySet) -> Iterator[list[Response]]:
    found = answers.iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        yield chunk


def _complete(chunk: Iterable[Response], stage: Stage) -> None:
    """Give each answer its touchpoint and its customer, read in bulk."""
    missing = {a.customer_id for a in chunk if a.customer_id} - stage.customers.keys()
    stage.customers.update(
        Customer.objects.select_related("account").in_bulk(list(missing))
    )
    for answer in chunk:
        answer.touchpoint = stage.touchpoints[answer.touchpoint_id]
        if answer.customer_id is not None:
            answer.customer = stage.customers.get(answer.customer_id)


def _tell(one: Rehearsal, done: int) -> None:
    rows = Rehearsal.objects.filter(pk=one.pk)
    if not rows.update(state=Rehearsal.State.RUNNING, done=done, total=one.total):
        raise _Cancelled


def _finish(one: Rehearsal, state: str, at: datetime, *, error: str = "") -> None:
    Rehearsal.objects.filter(pk=one.pk).update(
        state=state, result=one.result, done=one.total, error=error, finished_at=at
    )
