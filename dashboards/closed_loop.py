"""The page Closed loop as a report: from a low score to a recovered customer."""

from datetime import datetime

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards import closed_loop_figures as figures
from dashboards.arrivals import arrivals
from dashboards.asked import facts_of, form_for
from dashboards.backlog import backlog
from dashboards.causes import causes
from dashboards.forms import FilterForm
from dashboards.loop_bases import effect_bases, qualifying
from dashboards.loop_steps import Steps, effect, steps
from dashboards.measured_initiatives import initiatives_table
from dashboards.report import Report, Section, Table
from dashboards.series import filled_to
from dashboards.share_words import count_value, difference_text, share_value
from dashboards.standstill import standstill
from dashboards.wording import count_text
from surveys.intake import local_day
from teams.models import User


def closed_loop_report(user: User, query: QueryDict, *, at: datetime) -> Report:
    """Raises report.Impossible."""
    form = form_for(user, query, at=at)
    return Report(
        _("Is it being fixed?"),
        facts_of(user, form),
        filled_to(),
        (
            *_way(user, form),
            _effect(user, form),
            _when(user, form),
            _open(user, form, at=at),
            _still(user, form, at=at),
            _causes(user, form, at=at),
        ),
    )


def _way(user: User, form: FilterForm) -> tuple[Section, ...]:
    found = steps(user, form.span, form.filters)
    hide = bool(qualifying(user, form.span).hidden(form.filters))
    if not found.qualifying:
        nothing = _("No low answer came in this period and selection.")
        return (Section(_("From a low score to a recovered customer"), text=nothing),)
    return (
        Section(
            _("From a low score to a recovered customer"),
            figures=(figures.funnel_figure(found, hide=hide),),
            text=_coverage_words(found),
        ),
        Section(
            _("What customers say of it"),
            figures=(figures.outcome_figure(found, hide=hide),),
            text=_(
                "Over all low answers. Who said nothing when asked whether it is solved"
                " counts apart from who said yes."
            ),
        ),
    )


def _coverage_words(found: Steps) -> str:
    if found.missing:
        return ngettext(
            "%(number)s low answer has no ticket. The watchdog opens one within a minute;"
            " if it stays, look at the health page.",
            "%(number)s low answers have no ticket. The watchdog opens them within a"
            " minute; if they stay, look at the health page.",
            found.missing,
        ) % {"number": count_text(found.missing)}
    return _("Every one of the %(number)s low answers has a ticket: reconciled.") % {
        "number": count_text(found.qualifying)
    }


def _effect(user: User, form: FilterForm) -> Section:
    found = effect(user, form.span, form.filters)
    hide = found.is_hidden or effect_bases(user, form.span).hidden(form.filters)
    heading = _("Does it win customers back?")
    if found.difference is None or hide:
        return Section(
            heading,
            text=_(
                "Not to be told yet: too few customers have answered again, after a"
                " contact in time and without one. They are asked again some weeks after"
                " their ticket is resolved."
            ),
        )
    rows = (
        (_("contacted in time"), share_value(found.in_time)),
        (_("not contacted in time"), share_value(found.late)),
    )
    words = _(
        "Out of the bottom group with the next score, contacted in time less not"
        " contacted in time: %(difference)s. Compared are %(n)s customers, each with"
        " others of the same low score. Nobody was left waiting by lot, so this is"
        " evidence, no proof."
    ) % {
        "difference": difference_text(found.difference),
        "n": count_text(found.compared),
    }
    table = Table(
        _("Next score of low scorers who answered again"),
        (_("First contact"), _("Out of the bottom group")),
        rows,
    )
    return Section(heading, tables=(table,), text=words)


def _when(user: User, form: FilterForm) -> Section:
    found = arrivals(user, form.span, form.filters)
    return Section(_("When we are late"), figures=(figures.arrivals_figure(found),))


def _open(user: User, form: FilterForm, *, at: datetime) -> Section:
    found = backlog(user, form.filters, at=at)
    columns = figures.age_columns()
    return Section(
        _("What is still open"),
        figures=(figures.ageing_figure(found),),
        tables=tuple(
            Table(
                title,
                (who, _("Open"), _("Overdue"), _("Without an owner"), *columns),
                tuple(
                    (
                        line.name,
                        *map(count_value, (line.open, line.overdue, line.waiting)),
                        *map(count_value, line.ages),
                    )
                    for line in lines
                ),
            )
            for title, who, lines in (
                (_("By team"), _("Team"), found.teams),
                (_("By owner"), _("Owner"), found.people),
            )
            if lines
        ),
    )


def _still(user: User, form: FilterForm, *, at: datetime) -> Section:
    found = standstill(user, form.span, form.filters, at=at)
    if not found.reasons:
        return Section(
            _("When clocks stand still"), text=_("No clock stood still in this period.")
        )
    return Section(
        _("When clocks stand still"), figures=(figures.standstill_figure(found),)
    )


def _causes(user: User, form: FilterForm, *, at: datetime) -> Section:
    found = causes(user, form.span, form.filters)
    drawn = (figures.causes_figure(found),) if found.lines else ()
    uncoded = ngettext(
        "%(number)s ticket has no root cause yet.",
        "%(number)s tickets have no root cause yet.",
        found.uncoded,
    ) % {"number": count_text(found.uncoded)}
    table = initiatives_table(user, today=local_day(at))
    return Section(
        _("Causes, and what is done about them"),
        figures=drawn,
        tables=(table,) if table.rows else (),
        text=uncoded if found.uncoded else "",
    )
