"""Numbers that are kept: shown the same for ever, and computed again beside.

They are shown to whoever may see all that the keeper could see when keeping them;
others see the same page computed within their own scope.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.http import Http404, QueryDict
from django.utils import translation
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from dashboards.compare_query import side_query
from dashboards.counting import counts, total
from dashboards.forms import FilterForm
from dashboards.kept_numbers import as_json, metrics_in, said_in
from dashboards.models import Permalink
from dashboards.periods import Period, Preset
from dashboards.registry import METRICS, SCORES
from dashboards.report import Impossible, Report
from dashboards.selection import Filters, answers
from dashboards.series import filled_to
from dashboards.shareable import PAGES
from dashboards.wording import count_text
from events import outbox
from surveys.intake import local_day
from surveys.submitted import RESPONSES_IMPORTED
from teams.access import scopes_of
from teams.models import DataScope, User

Scope = Sequence[Sequence[str]]
# Before the filters of a page: its own, and those of two groups side by side.
_PREFIXES = ("", "a", "b")
_PERIOD = ("period", "since", "until")


@dataclass(frozen=True)
class Changed:
    """A number that is another one now; '' where one side has none."""

    name: str
    kept: str
    now: str


@dataclass(frozen=True)
class Again:
    """The page computed again: `problem` where that cannot be done."""

    report: Report | None
    changed: tuple[Changed, ...] = ()
    same: int = 0
    reasons: tuple[str, ...] = ()
    problem: str = ""


def keep(user: User, page: str, query: QueryDict, *, at: datetime) -> Permalink:
    """Keep what the page shows now. Raises what `shareable.Build` raises."""
    fixed = with_fixed_days(user, query, at=at)
    report = PAGES[page].build(user, fixed, at=at)
    filters, span = _selection(user, fixed, at=at)
    permalink = Permalink(
        token=token_urlsafe(16),
        page=page,
        query=fixed.urlencode(),
        title=report.title[:200],
        language=get_language() or "en",
        versions={
            key: METRICS[key].version
            for key in sorted(metrics_in(report) or _asked(page, fixed))
        },
        numbers=as_json(report),
        answers=_answers(user, filters, span),
        as_of=filled_to(),
        scope=scope_of(user),
        kept_by=user,
        kept_at=at,
    )
    with transaction.atomic():
        permalink.save()
        outbox.record(
            "dashboard.numbers_kept",
            subject=("permalink", permalink.pk),
            at=at,
            actor=user.email[:80],
            payload={"page": page},
        )
    return permalink


def with_fixed_days(user: User, query: QueryDict, *, at: datetime) -> QueryDict:
    """The query with days instead of “the last 90 days”. Raises Impossible."""
    fixed = query.copy()
    for prefix in _PREFIXES:
        before = f"{prefix}." if prefix else ""
        if prefix and not any(query.get(f"{before}{name}") for name in _PERIOD):
            continue
        form = FilterForm(side_query(query, prefix), user=user, today=local_day(at))
        if not form.is_valid():
            raise Impossible(_("The filters of the page make no sense."))
        fixed[f"{before}period"] = Preset.CUSTOM.value
        fixed[f"{before}since"] = form.span.start.isoformat()
        fixed[f"{before}until"] = form.span.end.isoformat()
    return fixed


def may_see(user: User, permalink: Permalink) -> bool:
    """Whether the person may see all that the keeper could see."""
    return contains(scope_of(user), permalink.scope)


def contains(mine: Scope, theirs: Scope) -> bool:
    """Whether the scope `mine` leaves nothing out of what `theirs` shows."""
    return all(
        _contains(_values(mine, dimension), _values(theirs, dimension))
        for dimension in DataScope.Dimension.values
    )


def scope_of(user: User) -> list[list[str]]:
    return sorted([s.dimension, s.effect, s.value] for s in scopes_of(user))


def again(user: User, permalink: Permalink, *, at: datetime) -> Again:
    """The page in this person's scope now, in the language it was kept in."""
    unknown = changed_definitions(permalink.versions)
    query = QueryDict(permalink.query)
    page = PAGES.get(permalink.page)
    if page is None:
        return Again(None, problem=_("This page is no longer there."))
    if unknown:
        return Again(None, problem=" ".join(unknown))
    try:
        with translation.override(permalink.language):
            report = page.build(user, query, at=at)
            now = said_in(as_json(report))
    except Impossible as problem:
        return Again(None, problem=str(problem))
    except (Http404, PermissionDenied):
        return Again(
            None, problem=_("You may not see what this page is about any more.")
        )
    kept = said_in(permalink.numbers)
    changed = tuple(_changed(kept, now))
    reasons = _reasons(user, permalink, query, at=at) if changed else ()
    return Again(report, changed, len(kept) - len(changed), tuple(reasons))


def changed_definitions(versions: Mapping[str, int]) -> list[str]:
    """A sentence for each number whose definition is another one now."""
    found = []
    for key, version in versions.items():
        metric = METRICS.get(key)
        if metric is None:
            words = _("The number “%(key)s” is no longer defined here.")
            found.append(words % {"key": key})
        elif metric.version != version:
            words = _(
                "%(metric)s was computed by version %(kept)s of its definition; it is"
                " version %(now)s now, so the kept number cannot be computed again."
            )
            found.append(
                words % {"metric": metric.label, "kept": version, "now": metric.version}
            )
    return found


def _reasons(
    user: User, permalink: Permalink, query: QueryDict, *, at: datetime
) -> Iterable[str]:
    filters, span = _selection(user, query, at=at)
    late = _late(user, filters, span, permalink)
    gone = permalink.answers + late - _answers(user, filters, span)
    if late:
        yield ngettext(
            "%(number)s answer came in later.",
            "%(number)s answers came in later.",
            late,
        ) % {"number": count_text(late)}
    if gone > 0:
        yield ngettext(
            "%(number)s answer is no longer counted here: erased, corrected, or it"
            " belongs elsewhere now.",
            "%(number)s answers are no longer counted here: erased, corrected, or they"
            " belong elsewhere now.",
            gone,
        ) % {"number": count_text(gone)}
    if gone < 0:
        yield ngettext(
            "%(number)s older answer is counted now: it was held back before, or"
            " belonged elsewhere.",
            "%(number)s older answers are counted now: they were held back before, or"
            " belonged elsewhere.",
            -gone,
        ) % {"number": count_text(-gone)}
    if not (late or gone):
        yield _(
            "The same answers are counted. What changed are tickets that were worked"
            " on, corrected answers, or names."
        )


def _late(user: User, filters: Filters, span: Period, permalink: Permalink) -> int:
    """Answers of those days that were stored after the numbers were kept."""
    since = permalink.as_of or permalink.kept_at
    imported = RawSQL(
        "SELECT jsonb_array_elements_text(payload -> 'responses')::uuid"
        " FROM events_event WHERE name = %s AND occurred_at > %s",
        [RESPONSES_IMPORTED, permalink.kept_at],
    )
    found = answers(user, filters).filter(day__range=(span.start, span.end))
    return found.filter(Q(submitted_at__gt=since) | Q(id__in=imported)).count()


def _changed(kept: Mapping[str, str], now: Mapping[str, str]) -> Iterable[Changed]:
    for name in dict.fromkeys([*kept, *now]):
        before, after = kept.get(name, ""), now.get(name, "")
        if before != after:
            yield Changed(name, before, after)


def _selection(user: User, query: QueryDict, *, at: datetime) -> tuple[Filters, Period]:
    side = "a" if any(name.startswith("a.") for name in query) else ""
    form = FilterForm(side_query(query, side), user=user, today=local_day(at))
    if not form.is_valid():
        raise Impossible(_("The filters of the page make no sense."))
    return form.filters, form.span


def _answers(user: User, filters: Filters, span: Period) -> int:
    found = counts(user, filters, since=span.start, until=span.end)
    return total(found.values())["responses"]


def _asked(page: str, query: QueryDict) -> set[str]:
    """The number that the page is about, or every score."""
    is_about_one = page in ("explore", "why")
    metric = query.get("metric") or "nps" if is_about_one else ""
    return {metric} if metric in METRICS else set(SCORES)


_Values = tuple[frozenset[str] | None, frozenset[str]]


def _values(scope: Scope, dimension: str) -> _Values:
    """What is allowed (None: everything) and what is denied."""
    sides = {
        effect: frozenset(v for d, e, v in scope if d == dimension and e == effect)
        for effect in (DataScope.Effect.ALLOW, DataScope.Effect.DENY)
    }
    return sides[DataScope.Effect.ALLOW] or None, sides[DataScope.Effect.DENY]


def _contains(mine: _Values, theirs: _Values) -> bool:
    (allowed, denied), (their_allowed, their_denied) = mine, theirs
    if their_allowed is None:
        return allowed is None and denied <= their_denied
    shown = their_allowed - their_denied
    return (allowed is None or shown <= allowed) and not shown & denied
