"""The value of experience in tables: groups, factors, assumptions."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields

from django.utils.translation import gettext as _

from dashboards.assumptions import AssumptionsForm
from dashboards.figures import Figure
from dashboards.money import Assumptions, Behaviour, Lifetime, Return
from dashboards.report import Table, Value
from dashboards.share_words import (
    base_text,
    count_value,
    difference_text,
    mean_value,
    money_text,
    share_value,
    short_text,
    span_of,
)
from dashboards.tiles import DASH
from dashboards.wording import count_text, percent_text
from dashboards.worth import Worth
from surveys.metrics import ShareScore, is_hidden
from surveys.number_words import whole

Groups = Mapping[str, Behaviour]
# Of the customers that a value rests on, the groups that may not be shown.
HiddenGroups = Mapping[str, Collection[str]]


def groups_table(
    title: str,
    who: str,
    groups: Groups,
    worth: Worth,
    currency: str,
    *,
    hidden: HiddenGroups,
) -> Table:
    """Groups hidden, each column by the customers it rests on."""
    rows = [
        _row(
            name,
            group,
            {base for base, names in hidden.items() if name in names},
            worth,
            currency,
        )
        for name, group in groups.items()
    ]
    return Table(
        title,
        (
            who,
            _("Customers"),
            _("Churn"),
            _("Retention"),
            _("Average order value"),
            _("Orders per buyer"),
            _("Bought again"),
            _("Revenue"),
            _("Lifetime value"),
        ),
        tuple(rows),
    )


def _row(
    name: str, group: Behaviour, hidden: set[str], worth: Worth, currency: str
) -> tuple[str | Value, ...]:
    churn, buyers = "active" in hidden, "buyers" in hidden
    return (
        name,
        count_value(group.customers),
        share_value(group.churn, hide=churn),
        _retention(group, hide=churn),
        mean_value(group.order_value, currency=currency, hide=buyers),
        mean_value(group.frequency, hide=buyers),
        share_value(group.repurchase, hide=buyers),
        revenue_value(group, currency, hide=buyers),
        lifetime_value(worth.lifetime(group), currency, hide=churn or buyers),
    )


def _retention(group: Behaviour, *, hide: bool) -> Value:
    """What churn leaves, with the same base and interval."""
    found = group.retention
    if found is None or hide or found.is_hidden:
        return share_value(found, hide=hide)
    return Value(percent_text(found.value), found.value, found.low, found.high, found.n)


def revenue_value(group: Behaviour, currency: str, *, hide: bool = False) -> Value:
    if not group.buyers:
        return Value(DASH)
    if hide or is_hidden(group.buyers):
        return Value(_("hidden"))
    words = _("%(revenue)s · n = %(n)s") % {
        "revenue": money_text(group.revenue, currency),
        "n": count_text(group.buyers),
    }
    lines = (money_text(group.revenue, currency), base_text(group.buyers))
    return Value(words, group.revenue, n=group.buyers, lines=lines)


def lifetime_value(found: Lifetime | None, currency: str, *, hide: bool) -> Value:
    if found is None:
        return Value(DASH)
    if hide or is_hidden(found.n):
        return Value(_("hidden"))
    words = _("%(value)s (%(low)s to %(high)s) over %(years)s years · n = %(n)s") % {
        "value": money_text(found.value, currency),
        "low": money_text(found.low, currency),
        "high": money_text(found.high, currency),
        "years": short_text(found.years),
        "n": count_text(found.n),
    }
    years = _("over %(years)s years") % {"years": short_text(found.years)}
    if found.is_capped:
        words = _("%(words)s, capped") % {"words": words}
        years = _("%(words)s, capped") % {"words": years}
    lines = (
        money_text(found.value, currency),
        span_of(found, lambda end: money_text(end, "")),
        years,
        base_text(found.n),
    )
    return Value(words, found.value, found.low, found.high, found.n, lines)


def churn_figure(groups: Groups, hidden: Collection[str]) -> Figure:
    """By score group; hidden ones are gaps."""
    shares: list[ShareScore | None] = [
        None if name in hidden else group.churn for name, group in groups.items()
    ]
    shown = [s if s and not s.is_hidden else None for s in shares]
    return Figure(
        key="value-churn",
        kind="bars",
        title=_("Churn"),
        caption=_("Churn by what customers said before the period"),
        data={
            "labels": list(groups),
            "series": [
                {
                    "name": _("Churn"),
                    "values": [whole(s.value) if s else None for s in shown],
                    "low": [whole(s.low) if s else None for s in shown],
                    "high": [whole(s.high) if s else None for s in shown],
                }
            ],
            "unit": "percent",
        },
        columns=(_("Group"), _("Churn")),
        rows=tuple(
            (name, str(share_value(group.churn, hide=name in hidden)))
            for name, group in groups.items()
        ),
    )


# One factor of the return: its words, how it is read, whether it is money.
Factor = tuple[str, Callable[[Return], float]]


def factors() -> Sequence[Factor]:
    return (
        (_("Revenue kept by recovered customers"), lambda found: found.kept),
        (_("Referrals by recovered customers"), lambda found: found.referrals),
        (_("Contacts avoided"), lambda found: found.avoided),
        (_("Programme cost"), lambda found: -found.programme),
        (_("Recoveries paid"), lambda found: -found.recoveries),
        (_("Return on experience"), lambda found: found.value),
    )


def return_figure(found: Return, currency: str) -> Figure:
    """Adds up to the return; the first bar is what the gains begin with."""
    *parts, _whole = factors()
    first, *steps = parts
    labels = [first[0], *(label for label, _read in steps), _("Return on experience")]
    values = [first[1](found), *(read(found) for _label, read in steps), found.value]
    return Figure(
        key="value-return",
        kind="waterfall",
        title=_("Return on experience"),
        caption=_("What the programme brought and cost in this period"),
        data={
            "labels": labels,
            "values": [whole(value) for value in values],
            "unit": currency,
        },
        columns=(_("Factor"), _("Amount")),
        rows=tuple(
            (label, money_text(value, currency))
            for label, value in zip(labels, values, strict=True)
        ),
    )


def return_table(
    sides: Sequence[tuple[str, Return]], currency: str, *, hidden: bool
) -> Table:
    """One column for each side; with two, their difference beside them."""
    names = [name for name, _found in sides]
    columns = (_("Factor"), *names, *((_("Difference"),) if len(sides) == 2 else ()))
    rows: list[tuple[str | Value, ...]] = []
    for label, read in factors():
        values = [read(found) for _name, found in sides]
        if len(values) == 2:
            values.append(values[1] - values[0])
        rows.append((label, *(_money(value, currency, hidden) for value in values)))
    span = [_span(found, currency, hidden) for _name, found in sides]
    rows.append((_("Return, by the interval of the retention alone"), *span))
    gap = Value("")
    padded = [(*row, *(gap,) * (len(columns) - len(row))) for row in rows]
    return Table(_("Return on experience"), columns, tuple(padded))


def _money(value: float, currency: str, hidden: bool) -> Value:
    if hidden:
        return Value(_("hidden"))
    return Value(money_text(value, currency), value)


def _span(found: Return, currency: str, hidden: bool) -> Value:
    if hidden or found.kept_share is None:
        return Value(DASH)
    words = _("%(low)s to %(high)s") % {
        "low": money_text(found.low, currency),
        "high": money_text(found.high, currency),
    }
    return Value(words)


def kept_words(worth: Worth, currency: str) -> str:
    """How the revenue kept comes about, or why it does not."""
    found = worth.gained
    if found.kept_share is None:
        return _(
            "Revenue kept cannot be told yet: it needs recovered customers, and low"
            " scorers not contacted in time to compare them with, who were active when"
            " the period began."
        )
    return _(
        "%(recovered)s customers were recovered before the period. Their retention less"
        " that of low scorers not contacted in time: %(difference)s. Each orders for"
        " %(each)s in the horizon."
    ) % {
        "recovered": count_text(found.recovered),
        "difference": difference_text(found.kept_share),
        "each": money_text(found.revenue_each, currency),
    }


def assumptions_table(sides: Sequence[tuple[str, Assumptions]]) -> Table:
    form = AssumptionsForm()
    return Table(
        _("Assumptions"),
        (_("Assumption"), *(name for name, _values in sides)),
        tuple(
            (
                str(form.fields[field.name].label),
                *(
                    Value(short_text(number), number)
                    for _name, values in sides
                    for number in (getattr(values, field.name),)
                ),
            )
            for field in fields(Assumptions)
        ),
    )
