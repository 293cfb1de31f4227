"""A draft of the rules tried on past answers: ask for it, watch it, read it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from surveys.models import Response
from teams.access import StaffRequest, requires
from teams.models import User
from teams.roles import Ability
from tickets import rehearsal, tasks
from tickets.models import Rehearsal
from tickets.models.clock import Clock
from tickets.rule_drafts import DraftRule, current_revision
from tickets.rule_names import Known, known
from tickets.rule_problems import Problem, problems_of
from tickets.rule_sentences import sentence_for

# Lines of a table of teams or people; the rest is summed up.
MOST_LINES = 15


@dataclass(frozen=True)
class _Figure:
    """One line: what it was under the rules in force, and under the draft."""

    words: str
    today: str
    draft: str


@dataclass(frozen=True)
class _RuleLine:
    rule: DraftRule
    sentence: str
    matched: int
    took: int
    problems: list[Problem]


@dataclass(frozen=True)
class _Example:
    response: Response
    before: str
    after: str


@requires(Ability.EDIT_RULES)
@require_POST
def ask(request: StaffRequest) -> HttpResponse:
    """Try out the draft as it is now."""
    one = rehearsal.ask_for(by=request.user, at=timezone.now())
    transaction.on_commit(partial(tasks.ask_for_rehearsal, one.pk))
    return redirect("tickets:rehearsal", one.pk)


@requires(Ability.EDIT_RULES)
@require_safe
def detail(request: StaffRequest, pk: int) -> HttpResponse:
    one = _mine(request.user, pk)
    now = timezone.now()
    context: dict[str, Any] = {
        "rehearsal": one,
        "is_stalled": rehearsal.is_stalled(one, at=now),
        "is_over": one.finished_at is not None,
        "is_outdated": one.revision != current_revision(),
    }
    if one.state == Rehearsal.State.DONE:
        context |= _result(one, request.user)
    # Asked again and again by the page itself, which needs no more than the card.
    part = "_rehearsal.html" if request.htmx else "rehearsal.html"  # type: ignore[attr-defined]
    return render(request, f"tickets/{part}", context)


@requires(Ability.EDIT_RULES)
@require_POST
def cancellation(request: StaffRequest, pk: int) -> HttpResponse:
    rehearsal.cancel(_mine(request.user, pk))
    return redirect("tickets:rules")


def _mine(user: User, pk: int) -> Rehearsal:
    """What the figures count depends on who asked, so they are nobody else's."""
    return get_object_or_404(Rehearsal, pk=pk, asked_by=user)


def _result(one: Rehearsal, user: User) -> dict[str, Any]:
    names, result = known(), one.result
    rules = [DraftRule.read(stored) for stored in one.rules]
    return {
        "figures": [*_figures(result)],
        "teams": _shares(result, "teams", names.teams),
        "owners": _shares(result, "owners", names.people),
        "rules": _rule_lines(result, rules, names),
        "changes": result["changes"]["counts"],
        "examples": _examples(result["changes"]["examples"], rules, user),
        "bars": _bars(one),
        "answers": result["answers"],
    }


def _figures(result: Mapping[str, Any]) -> Iterator[_Figure]:
    sides, days = (result["today"], result["draft"]), result["days"]
    yield _figure(_("Tickets"), [f"{side['tickets']:,}" for side in sides])
    yield _figure(
        _("Tickets a day"), [f"{side['tickets'] / days:.1f}" for side in sides]
    )
    busiest = [max(side["per_day"].values(), default=0) for side in sides]
    yield _figure(_("On the busiest day"), [f"{most:,}" for most in busiest])
    yield _figure(
        _("Further answers that join an open ticket"),
        [f"{side['attached']:,}" for side in sides],
    )
    late = (
        (_("First contact too late, at the past pace"), Clock.Kind.FIRST_CONTACT),
        (_("Resolution too late, at the past pace"), Clock.Kind.RESOLUTION),
    )
    for words, kind in late:
        yield _figure(words, [_share(side["late"][kind]) for side in sides])


def _figure(words: str, sides: Sequence[str]) -> _Figure:
    return _Figure(words, *sides)


def _share(share: float | None) -> str:
    return _("not known yet") if share is None else f"{share:.1%}"


def _shares(
    result: Mapping[str, Any], part: str, names: Mapping[int, object]
) -> list[_Figure]:
    """Tickets by team or person, the most under the draft first."""
    today, draft = (dict(result[side][part]) for side in ("today", "draft"))
    order = sorted(
        today.keys() | draft.keys(), key=lambda k: (-draft.get(k, 0), -today.get(k, 0))
    )
    lines = [
        _Figure(
            str(names.get(key, _("somebody who is gone"))),
            f"{today.get(key, 0):,}",
            f"{draft.get(key, 0):,}",
        )
        for key in order[:MOST_LINES]
    ]
    if rest := order[MOST_LINES:]:
        sums = [sum(side.get(key, 0) for key in rest) for side in (today, draft)]
        lines.append(_Figure(_("All others"), *(f"{one:,}" for one in sums)))
    return lines


def _rule_lines(
    result: Mapping[str, Any], rules: Sequence[DraftRule], names: Known
) -> list[_RuleLine]:
    problems, lines = problems_of(rules, names), []
    for rule in rules:
        if not rule.is_active:
            continue
        # One that cannot be read judged nothing, and has no counts.
        counts = result["rules"].get(rule.key)
        matched, took = counts or (0, 0)
        found = [*problems[rule.key], *_found_out(counts, result["answers"])]
        sentence = sentence_for(rule, names.fields)
        lines.append(_RuleLine(rule, sentence, matched, took, found))
    return lines


def _found_out(counts: Sequence[int] | None, answers: int) -> Iterator[Problem]:
    """What only the answers could tell of a rule."""
    if counts is None or not answers:
        return
    matched, took = counts
    if matched == answers:
        yield Problem(_("It fitted every single answer."))
    elif not matched:
        yield Problem(_("It fitted none of the answers."))
    elif not took:
        yield Problem(_("Rules before it took every answer that it fits."))


def _examples(
    found: Mapping[str, Iterable[Sequence[str]]],
    rules: Sequence[DraftRule],
    user: User,
) -> dict[str, list[_Example]]:
    """By kind of change; only answers that the person may still see."""
    ids = [response for lines in found.values() for response, *_rest in lines]
    answers = Response.objects.visible_to(user).select_related("touchpoint", "customer")
    visible = (
        {str(pk): answer for pk, answer in answers.in_bulk(ids).items()} if ids else {}
    )
    names = {rule.key: rule.label for rule in rules}
    return {
        kind: [
            _Example(visible[pk], _name(before, names), _name(after, names))
            for pk, before, after in lines
            if pk in visible
        ]
        for kind, lines in found.items()
    }


def _name(key: str, names: Mapping[str, str]) -> str:
    if not key:
        return _("no ticket")
    return names.get(key, _("a rule that the draft removes"))


def _bars(one: Rehearsal) -> dict[str, Any]:
    """Tickets a day, ready to be drawn: both sides side by side."""
    first: date = one.since.date()
    days = [first + timedelta(days=n) for n in range(rehearsal.PERIOD.days + 1)]
    sides = [one.result[side]["per_day"] for side in ("today", "draft")]
    most = max((n for side in sides for n in side.values()), default=0) or 1
    bars = [
        {
            "side": name,
            "x": place * 8 + 3 * offset,
            "y": 100 - height,
            "height": height,
        }
        for place, day in enumerate(days)
        for offset, (name, side) in enumerate(
            zip(("today", "draft"), sides, strict=True)
        )
        if (height := round(100 * side.get(day.isoformat(), 0) / most))
    ]
    return {"bars": bars, "width": len(days) * 8, "first": first, "last": days[-1]}
