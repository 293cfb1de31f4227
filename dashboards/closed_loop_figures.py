"""What the page Closed loop draws."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboards.arrivals import Arrivals
from dashboards.backlog import AGES, Backlog
from dashboards.causes import Causes
from dashboards.figures import Figure
from dashboards.loop_steps import Steps
from dashboards.share_words import share_value
from dashboards.standstill import Standstill
from dashboards.wording import count_text, percent_text
from surveys.metrics import is_hidden
from surveys.number_words import whole

WAY: tuple[tuple[str, str | Promise], ...] = (
    ("ticket", gettext_lazy("has a ticket")),
    ("contacted", gettext_lazy("contacted")),
    ("in_time", gettext_lazy("contacted in time")),
    ("resolved", gettext_lazy("resolved")),
    ("told", gettext_lazy("customer told the outcome")),
    ("answered_again", gettext_lazy("answered again")),
    ("recovered", gettext_lazy("recovered")),
)
OUTCOMES: tuple[tuple[str, str | Promise], ...] = (
    ("confirmed", gettext_lazy("solved, says the customer")),
    ("unobjected", gettext_lazy("no objection")),
    ("disputed", gettext_lazy("not solved, says the customer")),
)
# Of the steps whose answers can be looked at.
STEP_LABELS: Mapping[str, str | Promise] = dict((*WAY, *OUTCOMES))
# What an address says for the answers that did not get so far.
NOT_YET = "not"
WEEKDAYS = (
    gettext_lazy("Mon"),
    gettext_lazy("Tue"),
    gettext_lazy("Wed"),
    gettext_lazy("Thu"),
    gettext_lazy("Fri"),
    gettext_lazy("Sat"),
    gettext_lazy("Sun"),
)
HIDDEN = gettext_lazy("hidden")


def funnel_figure(steps: Steps, *, hide: bool) -> Figure:
    """Steps need not lie within each other; all stand over the qualifying answers."""
    first = (_("low answers"), steps.qualifying)
    found = [(str(label), steps.counts[key]) for key, label in WAY]
    hidden = hide or is_hidden(steps.qualifying)
    said = [count_text(steps.qualifying)]
    said += [str(share_value(steps.share(key), hide=hide)) for key, _label in WAY]
    labels = [first[0], *(label for label, _n in found)]
    return Figure(
        key="loop-way",
        kind="funnel",
        title=_("How far low answers get"),
        caption=_(
            "How far low answers get, by the day of the answer that opened the ticket"
        ),
        data={
            "labels": labels,
            "values": [None if hidden else n for _label, n in (first, *found)],
            "unit": "answers",
        },
        columns=(_("Step"), _("Of all low answers")),
        rows=tuple(zip(labels, said, strict=True)),
        note=_(
            "A customer is recovered whose next score on the same metric leaves the"
            " bottom group. Answers of tickets that were merged count by where they went."
        ),
    )


def outcome_figure(steps: Steps, *, hide: bool) -> Figure:
    shares = [steps.share(key) for key, _label in OUTCOMES]
    shown = [s if s and not (hide or s.is_hidden) else None for s in shares]
    labels = [str(label) for _key, label in OUTCOMES]
    return Figure(
        key="loop-outcome",
        kind="bars",
        title=_("What customers say of the outcome"),
        caption=_("What customers say of the outcome, of all low answers"),
        data={
            "labels": labels,
            "series": [
                {
                    "name": _("Share"),
                    "values": [whole(s.value) if s else None for s in shown],
                    "low": [whole(s.low) if s else None for s in shown],
                    "high": [whole(s.high) if s else None for s in shown],
                }
            ],
            "unit": "percent",
            "horizontal": True,
        },
        columns=(_("Outcome"), _("Of all low answers")),
        rows=tuple(
            (label, str(share_value(share, hide=hide)))
            for label, share in zip(labels, shares, strict=True)
        ),
    )


def arrivals_figure(found: Arrivals) -> Figure:
    """By the company's own clock."""
    begins = range(0, 24, found.width)
    hours = [_hours(hour, found.width) for hour in begins]
    days = [str(day) for day in WEEKDAYS]
    cells = [(day, hour) for day in range(7) for hour in begins]
    return Figure(
        key="loop-arrivals",
        kind="heatmap",
        title=_("First contacts that came too late"),
        caption=_(
            "Share of first contacts that came too late, by weekday and hour at which"
            " the low answer arrived"
        ),
        data={
            "x": hours,
            "y": days,
            "values": [
                [hour // found.width, day, whole(share.value) if share else None]
                for day, hour in cells
                for share in (found.shares.get((day, hour)),)
            ],
            "unit": "percent",
        },
        columns=(_("Weekday"), _("Hour"), _("Too late")),
        rows=tuple(
            (days[day], _hours(hour, found.width), _cell(found, (day, hour)))
            for day, hour in cells
            if (day, hour) in found.shares or (day, hour) in found.hidden
        ),
        note=_("Hours with too few low answers are left out, to protect people."),
    )


def _cell(found: Arrivals, hour: tuple[int, int]) -> str:
    if hour in found.hidden:
        return str(HIDDEN)
    return str(share_value(found.shares[hour]))


def _hours(begin: int, width: int) -> str:
    """Of one hour its beginning alone: there may be 24 side by side."""
    if width == 1:
        return f"{begin:02d}"
    return f"{begin:02d}–{begin + width:02d}"


def age_columns() -> tuple[str, ...]:
    """What the buckets of age are called."""
    first = _("under %(days)d day") % {"days": AGES[0]}
    middle = [
        _("%(from)d to %(to)d days") % {"from": younger, "to": older}
        for younger, older in zip(AGES, AGES[1:], strict=False)
    ]
    return (first, *middle, _("over %(days)d days") % {"days": AGES[-1]})


def ageing_figure(found: Backlog) -> Figure:
    columns = age_columns()
    return Figure(
        key="loop-ageing",
        kind="bars",
        title=_("Open tickets by age"),
        caption=_("Open tickets by age, right now"),
        data={
            "labels": list(columns),
            "series": [{"name": _("Open tickets"), "values": list(found.whole)}],
            "unit": "tickets",
        },
        columns=(_("Age"), _("Open tickets")),
        rows=tuple(
            (label, count_text(n))
            for label, n in zip(columns, found.whole, strict=True)
        ),
    )


def standstill_figure(found: Standstill) -> Figure:
    return Figure(
        key="loop-standstill",
        kind="bars",
        title=_("Time that clocks stood still"),
        caption=_("Share of the time tickets were open in which clocks stood still"),
        data={
            "labels": [reason.label for reason in found.reasons],
            "series": [
                {
                    "name": _("Share of the time"),
                    "values": [round(reason.percent, 1) for reason in found.reasons],
                }
            ],
            "unit": "%",
            "digits": 1,
            "horizontal": True,
        },
        columns=(_("Reason"), _("Share of the time"), _("Pauses")),
        rows=tuple(
            (reason.label, percent_text(reason.percent), count_text(reason.pauses))
            for reason in found.reasons
        ),
        note=_("Elapsed time from opening to resolution, of %(n)s tickets.")
        % {"n": count_text(found.tickets)},
    )


def causes_figure(found: Causes) -> Figure:
    """Pareto's: the few that make the most come first."""
    lines = found.lines
    return Figure(
        key="loop-causes",
        kind="bars",
        title=_("Root causes"),
        caption=_("Tickets by root cause, the commonest first"),
        data={
            "labels": [line.label for line in lines],
            "series": [{"name": _("Tickets"), "values": [c.tickets for c in lines]}],
            "unit": "tickets",
            "horizontal": True,
        },
        columns=(_("Root cause"), _("Tickets"), _("Share"), _("Added up")),
        rows=tuple(
            (
                line.label,
                count_text(line.tickets),
                str(share_value(line.share)),
                percent_text(line.running.value),
            )
            for line in lines
        ),
    )
