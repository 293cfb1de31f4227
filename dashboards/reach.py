"""The page Reach as a report: whom we ask, who answers, whom they stand for."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dashboards.asked import facts_of, form_for
from dashboards.figures import Figure
from dashboards.forms import FilterForm
from dashboards.invited import Invited, Place, delivered, invited, skipped
from dashboards.raking import CannotWeight, WeightedNps
from dashboards.report import Report, Section, Table, Value
from dashboards.representation import (
    MARGINS,
    Margin,
    Population,
    Representation,
    Represented,
    is_weighted_hidden,
    nps_both_ways,
    population,
    representation,
    weights_of,
)
from dashboards.series import filled_to
from dashboards.share_words import base_text, count_value, share_value
from dashboards.suppression import Hidden
from dashboards.tiles import DASH
from dashboards.wording import count_text, percent_text
from surveys.invitations import SKIPPED
from surveys.metrics import NpsScore, is_hidden
from surveys.number_words import points_text, whole
from teams.models import User

# What an address says to see numbers weighted.
WEIGHTED = "weighted"
_WAY: tuple[tuple[str, str | Promise], ...] = (
    ("asked", gettext_lazy("to be asked")),
    ("sent", gettext_lazy("sent")),
    ("delivered", gettext_lazy("delivered")),
    ("opened", gettext_lazy("opened (unreliable)")),
    ("started", gettext_lazy("started")),
    ("completed", gettext_lazy("completed")),
)
# Steps that say nothing of who was asked.
_OF_SENDERS = ("asked", "sent", "delivered")
_HEADINGS: Mapping[str, str | Promise] = {
    "tier": gettext_lazy("Tier"),
    "region": gettext_lazy("Region"),
}
_BY: Mapping[str, str | Promise] = {
    "tier": gettext_lazy("By tier"),
    "region": gettext_lazy("By region"),
}
_CAPTIONS: Mapping[str, str | Promise] = {
    "tier": gettext_lazy("Who answers by tier: 100 is as in the customer base"),
    "region": gettext_lazy("Who answers by region: 100 is as in the customer base"),
}


def reach_report(user: User, query: QueryDict, *, at: datetime) -> Report:
    """Raises report.Impossible."""
    form = form_for(user, query, at=at)
    by_place = invited(user, form.span, form.filters, at=at)
    found = population(user, form.span, form.filters)
    bases = delivered(user, form.span, at=at)
    hidden = {
        name: bases.hidden_values(form.filters, name)["delivered"] for name in MARGINS
    }
    hide = bool(bases.hidden(form.filters))
    sections = [
        _way(user, form, sum(by_place.values(), Invited()), hide=hide),
        _represented(representation(found), by_place, hidden),
    ]
    if query.get(WEIGHTED):
        hide = is_weighted_hidden(user, form.span, form.filters)
        sections.append(_weighted(found, hide=hide))
    return Report(
        _("Whom do we hear?"), facts_of(user, form), filled_to(), tuple(sections)
    )


def _way(user: User, form: FilterForm, found: Invited, *, hide: bool) -> Section:
    heading = _("Invitations, by the day they were sent")
    if not found.asked:
        return Section(
            heading, text=_("Nobody was invited in this period and selection.")
        )
    words = _("Response rate: %(rate)s.") % {"rate": share_value(found.rate, hide=hide)}
    if found.still_open and found.waiting:
        words += " " + _(
            "%(share)s of the delivered ones can still be answered, so it may grow."
        ) % {"share": percent_text(found.still_open.value)}
    reasons = skipped(user, form.span, form.filters)
    table = Table(
        _("Not asked, and why"),
        (_("Reason"), _("Customers")),
        tuple(
            (str(SKIPPED.get(key, key)), count_value(n))
            for key, n in reasons.most_common()
        ),
    )
    return Section(
        heading,
        figures=(_way_figure(found, hide=hide or is_hidden(found.delivered)),),
        tables=(table,) if table.rows else (),
        text=words,
    )


def _way_figure(found: Invited, *, hide: bool) -> Figure:
    """Without who answered where the rate is not shown either."""
    labels = [str(label) for _key, label in _WAY]
    told = _OF_SENDERS if hide else dict(_WAY)
    numbers = [getattr(found, key) if key in told else None for key, _label in _WAY]
    return Figure(
        key="reach-way",
        kind="funnel",
        title=_("How far invitations get"),
        caption=_("How far invitations get, by the day they were sent"),
        data={"labels": labels, "values": numbers, "unit": "answers"},
        columns=(_("Step"), _("Invitations")),
        rows=tuple(
            (label, _("hidden") if n is None else count_text(n))
            for label, n in zip(labels, numbers, strict=True)
        ),
        note=_(
            "A link that somebody copied counts as delivered. Mail programs open letters"
            " by themselves, so “opened” can be too high or too low."
        ),
    )


def _represented(
    found: Representation,
    by_place: Mapping[Place, Invited],
    hidden: Mapping[Margin, Hidden],
) -> Section:
    heading = _("Who answers, against the customer base")
    if not found.base:
        return Section(
            heading, text=_("No customer here has both a tier and a region yet.")
        )
    words = ngettext(
        "%(base)s customers with tier and region; %(known)s answer says both.",
        "%(base)s customers with tier and region; %(known)s answers say both.",
        found.known,
    ) % {"base": count_text(found.base), "known": count_text(found.known)}
    if found.unknown:
        words += " " + ngettext(
            "%(number)s more answer does not, and stands for nobody here.",
            "%(number)s more answers do not, and stand for nobody here.",
            found.unknown,
        ) % {"number": count_text(found.unknown)}
    return Section(
        heading,
        figures=tuple(
            _index_figure(name, found.margins[name])
            for name in MARGINS
            if any(line.index for line in found.margins[name])
        ),
        tables=tuple(
            _table(name, place, found.margins[name], by_place, hidden[name])
            for place, name in enumerate(MARGINS)
        ),
        text=words,
    )


def _index_figure(name: str, lines: Sequence[Represented]) -> Figure:
    shown = [line.index for line in lines]
    return Figure(
        key=f"reach-{name}",
        kind="bars",
        title=str(_BY[name]),
        caption=str(_CAPTIONS[name]),
        data={
            "labels": [line.value for line in lines],
            "series": [
                {
                    "name": _("Index"),
                    "values": [whole(i[0]) if i else None for i in shown],
                    "low": [whole(i[1]) if i else None for i in shown],
                    "high": [whole(i[2]) if i else None for i in shown],
                }
            ],
            "unit": "",
        },
        columns=(str(_HEADINGS[name]), _("Index")),
        rows=tuple((line.value, str(_index_value(line))) for line in lines),
    )


def _table(
    name: str,
    place: int,
    lines: Sequence[Represented],
    by_place: Mapping[Place, Invited],
    hidden: Hidden,
) -> Table:
    asked: dict[str, Invited] = {}
    for where, found in by_place.items():
        asked[where[place]] = asked.get(where[place], Invited()) + found
    columns = (
        _("Invited"),
        _("Delivered"),
        _("Response rate"),
        _("Of the customers"),
        _("Of the answers"),
        _("Index"),
    )
    return Table(
        str(_BY[name]),
        (str(_HEADINGS[name]), *columns),
        tuple(
            _row(line, asked.get(line.value, Invited()), hide=line.value in hidden)
            for line in lines
        ),
    )


def _row(line: Represented, asked: Invited, *, hide: bool) -> tuple[str | Value, ...]:
    hidden = Value(_("hidden"))
    return (
        line.value,
        count_value(asked.asked),
        count_value(asked.delivered),
        share_value(asked.rate, hide=hide),
        Value(percent_text(line.base.value), line.base.value, n=line.base.n),
        hidden if line.answers is None else share_value(line.answers),
        _index_value(line),
    )


def _index_value(line: Represented) -> Value:
    if line.index is None:
        return Value(_("hidden"))
    value, low, high = line.index
    words = _("%(value)d (%(low)d to %(high)d)") % {
        "value": whole(value),
        "low": whole(low),
        "high": whole(high),
    }
    span = _("%(low)s to %(high)s") % {"low": whole(low), "high": whole(high)}
    return Value(words, value, low, high, lines=(str(whole(value)), span))


def _weighted(found: Population, *, hide: bool) -> Section:
    heading = _("Weighted to the customer base")
    try:
        weights = weights_of(found)
    except CannotWeight as refusal:
        values = ", ".join(str(value) for _place, value in refusal.missing)
        return Section(
            heading,
            text=_(
                "Cannot be weighted: nobody answered of %(values)s. No weight stands for"
                " customers who said nothing."
            )
            % {"values": values},
        )
    except ValueError:
        return Section(heading, text=_("Nobody answered, so nothing can be weighted."))
    plain, weighted = nps_both_ways(found, weights)
    rows = (
        (_("as answered"), _plain(plain, hide=hide)),
        (_("weighted"), _with_weights(weighted, hide=hide)),
    )
    words = _(
        "Weighted by tier and region (raking). Effective n: %(effective)s of"
        " %(n)s. It corrects for who answers by these two alone."
    ) % {
        "effective": count_text(whole(weights.effective_n)),
        "n": count_text(sum(found.answered[cell] for cell in weights.by_cell)),
    }
    if not weights.is_close:
        words += " " + _(
            "Weights were trimmed, so nobody counts for too many; the shares are not met"
            " exactly."
        )
    table = Table(_("NPS, weighted and not"), ("", _("NPS")), rows)
    return Section(heading, tables=(table,), text=words)


def _plain(score: NpsScore | None, *, hide: bool) -> Value:
    if score is None:
        return Value(DASH)
    if hide or score.is_hidden:
        return Value(_("hidden"))
    return _nps_value(score.value, score.low, score.high, score.n, score.n)


def _with_weights(score: WeightedNps | None, *, hide: bool) -> Value:
    if score is None:
        return Value(DASH)
    if hide or is_hidden(score.n):
        return Value(_("hidden"))
    return _nps_value(
        score.value, score.low, score.high, score.n, whole(score.effective_n)
    )


def _nps_value(value: float, low: float, high: float, n: int, base: int) -> Value:
    words = _("%(value)s (%(low)s to %(high)s) · n = %(n)s") % {
        "value": points_text(value),
        "low": points_text(low),
        "high": points_text(high),
        "n": count_text(base),
    }
    span = _("%(low)s to %(high)s") % {
        "low": points_text(low),
        "high": points_text(high),
    }
    lines = (points_text(value), span, base_text(base))
    return Value(words, value, low, high, n, lines)
