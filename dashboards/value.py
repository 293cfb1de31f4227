"""The page Value as a report: what experience is worth, under which assumptions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboards.asked import facts_of, form_for
from dashboards.assumptions import Assumed, assumed, find_scenario, values_of
from dashboards.forms import FilterForm
from dashboards.money import Behaviour
from dashboards.orders import SEGMENTS, Asked, Segment, currencies
from dashboards.periods import ImpossiblePeriod, Period
from dashboards.report import Impossible, Report, Section
from dashboards.score_groups import GROUP_KEYS, GROUPINGS, Scale
from dashboards.series import filled_to
from dashboards.share_words import share_value
from dashboards.wording import count_text
from dashboards.worth import Worth, worth
from dashboards.worth_words import (
    assumptions_table,
    churn_figure,
    groups_table,
    kept_words,
    return_figure,
    return_table,
    revenue_value,
)
from surveys import metrics
from teams.models import User

AGAINST, CURRENCY, SCALE = "against", "currency", "scale"
BEFORE = "before"
# Rows of a segment; the smaller ones are one row together.
MOST = 12
_BY: Mapping[Segment, tuple[str | Promise, str | Promise]] = {
    "region": (gettext_lazy("By region"), gettext_lazy("Region")),
    "product_line": (gettext_lazy("By product line"), gettext_lazy("Product line")),
    "tier": (gettext_lazy("By tier"), gettext_lazy("Tier")),
}


@dataclass(frozen=True)
class Question:
    """What the address asks for. `currencies` of the period, with their orders; `other`
    is what it is compared with, under its name."""

    asked: Asked
    assumed: Assumed
    currencies: list[tuple[str, int]]
    other: tuple[str, Asked, Assumed] | None = None

    @property
    def name(self) -> str:
        scenario = self.assumed.scenario
        return scenario.name if scenario else _("As set here")


def question_of(user: User, query: QueryDict, form: FilterForm) -> Question:
    """Of valid filters. Raises report.Impossible."""
    found = currencies(user, form.span)
    currency = query.get(CURRENCY) or (found[0][0] if found else "")
    if len(currency) > 3:
        raise Impossible(_("There is no such currency."))
    scale = query.get(SCALE) or "nps"
    if scale not in get_args(Scale):
        raise Impossible(_("There is no such score."))
    chosen = assumed(user, query)
    asked = Asked(
        user, form.filters, form.span, currency, chosen.values.active_days, scale  # type: ignore[arg-type]  # one of them, as was just seen
    )  # fmt: skip
    other = _other(user, query.get(AGAINST, ""), asked, chosen)
    return Question(asked, chosen, found, other)


def value_report(user: User, query: QueryDict, *, at: datetime) -> Report:
    """Raises report.Impossible."""
    form = form_for(user, query, at=at)
    question = question_of(user, query, form)
    return Report(
        _("What is it worth?"),
        facts_of(user, form),
        filled_to(),
        sections_of(question),
    )


def sections_of(question: Question) -> tuple[Section, ...]:
    asked = question.asked
    now = worth(asked, question.assumed.values)
    if not now.done.whole.active and not now.done.whole.orders:
        return (
            Section(
                _("Return on experience"),
                text=_(
                    "No data yet: nobody ordered in this period, or in the time in which"
                    " a customer counts as active. Send orders over the API, or import"
                    " them from a file."
                ),
            ),
        )
    sides = [(question.name, now)]
    if question.other is not None:
        name, other_asked, other_assumed = question.other
        sides.append((name, worth(other_asked, other_assumed.values)))
    return (
        _return(sides, asked.currency),
        _groups(now, asked),
        _segments(now, asked),
        _assumptions(sides),
    )


def _other(
    user: User, against: str, asked: Asked, chosen: Assumed
) -> tuple[str, Asked, Assumed] | None:
    if not against:
        return None
    if against == BEFORE:
        span = asked.period
        try:
            earlier = Period(span.preceding_start, span.preceding_end)
        except ImpossiblePeriod as problem:
            raise Impossible(str(problem)) from problem
        return _("the period before"), replace(asked, period=earlier), chosen
    scenario = find_scenario(user, against)
    assert scenario is not None
    values = values_of(scenario)
    same = replace(asked, active_days=values.active_days)
    return scenario.name, same, Assumed(scenario, values)


def _return(sides: list[tuple[str, Worth]], currency: str) -> Section:
    now = sides[0][1]
    both = (now.recovered, now.comparison)
    hidden = any(0 < group.active < metrics.hidden_below() for group in both)
    figures = () if hidden else (return_figure(now.gained, currency),)
    table = return_table(
        [(name, found.gained) for name, found in sides], currency, hidden=hidden
    )
    words = (
        _("Too few customers on a side: hidden, to protect people.")
        if hidden
        else kept_words(now, currency)
    )
    return Section(
        _("Return on experience"), figures=figures, tables=(table,), text=words
    )


def _groups(now: Worth, asked: Asked) -> Section:
    grouping = GROUPINGS[asked.scale]
    found = {
        str(grouping.names[key]): now.done.groups.get(key, Behaviour())
        for key in GROUP_KEYS
    }
    risk, whole = now.at_risk, now.done.whole
    words = ""
    sizes = {name: group.buyers for name, group in found.items()}
    lowest = str(grouping.names["low"])
    if risk.buyers and lowest not in metrics.hidden_groups(sizes):
        words = _(
            "Revenue at risk: %(revenue)s came from %(group)s in this period, who are"
            " %(share)s of the buyers."
        ) % {
            "revenue": revenue_value(risk, asked.currency),
            "group": lowest,
            "share": share_value(metrics.share(risk.buyers, whole.buyers)),
        }
    return Section(
        _("By what customers said before the period"),
        figures=(churn_figure(found),),
        tables=(
            groups_table(str(grouping.label), _("Group"), found, now, asked.currency),
        ),
        text=words,
    )


def _segments(now: Worth, asked: Asked) -> Section:
    tables = []
    for segment in SEGMENTS:
        title, who = _BY[segment]
        groups = now.done.segments[segment]
        alive = {n: g for n, g in groups.items() if g.active or g.orders}
        by_size = sorted(alive.items(), key=lambda item: -item[1].customers)
        named = {name or _("Not stated"): group for name, group in by_size[:MOST]}
        if len(by_size) > MOST:
            # What is left out together, so that the rows still add up to everybody.
            rest = sum((group for _name, group in by_size[MOST:]), Behaviour())
            named[_("all others")] = rest
        tables.append(groups_table(str(title), str(who), named, now, asked.currency))
    return Section(_("By segment"), tables=tuple(tables))


def _assumptions(sides: list[tuple[str, Worth]]) -> Section:
    note = _(
        "Observed: orders, losses, contacts and referrals as they were sent to us, and"
        " recoveries from the ledger. Assumed: the rest, as it stands here. Revenue kept"
        " is margin × revenue in the horizon × customers who stayed more than the"
        " comparison group; lifetime value is margin × average order value × orders a"
        " year × 1 ÷ churn, no longer than the cap. %(n)s customers are counted."
    ) % {"n": count_text(sides[0][1].done.whole.customers)}
    table = assumptions_table([(name, found.assumed) for name, found in sides])
    return Section(_("What this assumes"), tables=(table,), text=note)
