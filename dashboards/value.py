"""The page Value as a report: what experience is worth, under which assumptions."""

from collections.abc import Mapping, Sequence
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
from dashboards.order_bases import (
    OF_EVERYBODY,
    bases_by_group,
    bases_of,
    bases_of_return,
    sizes_of,
)
from dashboards.orders import SEGMENTS, Asked, Segment, currencies
from dashboards.periods import ImpossiblePeriod, Period
from dashboards.remainders import GROUP
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
    sides, asks = [(question.name, now)], [asked]
    if question.other is not None:
        name, other_asked, other_assumed = question.other
        asks.append(other_asked)
        sides.append((name, worth(other_asked, other_assumed.values)))
    return (
        _return(sides, asked.currency, hidden=_is_return_hidden(asks, sides)),
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


def _is_return_hidden(
    asks: Sequence[Asked], sides: Sequence[tuple[str, Worth]]
) -> bool:
    """Too few on any side, or so few left out of it that they would be given away."""
    groups = (g for _name, one in sides for g in (one.recovered, one.comparison))
    if any(0 < group.active < metrics.hidden_below() for group in groups):
        return True
    return any(bases_of_return(asked).hidden(asked.filters) for asked in asks)


def _return(sides: list[tuple[str, Worth]], currency: str, *, hidden: bool) -> Section:
    now = sides[0][1]
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
    sizes = {key: sizes_of(group) for key, group in now.done.groups.items()}
    values = bases_by_group(asked).hidden_values(asked.filters, GROUP, sizes)
    hidden = {
        base: {str(grouping.names[key]) for key in GROUP_KEYS if key in values[base]}
        for base in OF_EVERYBODY
    }
    lowest = str(grouping.names["low"])
    if risk.buyers and lowest not in hidden["buyers"]:
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
        figures=(churn_figure(found, hidden["active"]),),
        tables=(
            groups_table(
                str(grouping.label),
                _("Group"),
                found,
                now,
                asked.currency,
                hidden=hidden,
            ),
        ),
        text=words,
    )


def _segments(now: Worth, asked: Asked) -> Section:
    bases = bases_of(asked)
    tables, hidden_totals = [], bases.hidden(asked.filters)
    for segment in SEGMENTS:
        title, who = _BY[segment]
        groups = now.done.segments[segment]
        sizes = {value: sizes_of(group) for value, group in groups.items()}
        values = bases.hidden_values(asked.filters, segment, sizes)
        alive = {n: g for n, g in groups.items() if g.active or g.orders}
        by_size = sorted(alive.items(), key=lambda item: -item[1].customers)
        named = {name or _("Not stated"): group for name, group in by_size[:MOST]}
        hidden = {
            base: {
                n or _("Not stated") for n, _g in by_size[:MOST] if n in values[base]
            }
            for base in OF_EVERYBODY
        }
        if len(by_size) > MOST:
            # What is left out together, so that the rows still add up to everybody.
            rest = sum((group for _name, group in by_size[MOST:]), Behaviour())
            named[_("all others")] = rest
            for base, names in hidden.items():
                # Beside groups all of which are shown, the others follow anyway.
                if names or base in hidden_totals:
                    names.add(_("all others"))
        tables.append(
            groups_table(
                str(title), str(who), named, now, asked.currency, hidden=hidden
            )
        )
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
