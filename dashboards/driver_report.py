"""Key drivers as a report: the newest finished run of what the address asks."""

from datetime import datetime

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dashboards.asked import facts_of, form_for
from dashboards.driver_form import asked_of, form_of, survey_of
from dashboards.driver_runs import Asked, closest, runs_of
from dashboards.driver_words import (
    base_words,
    importance_figure,
    lines_of,
    quadrant_figure,
    refusal_words,
    share_text,
)
from dashboards.models import DriverRun
from dashboards.report import Report, Section
from teams.models import User


def drivers_report(user: User, query: QueryDict, *, at: datetime) -> Report:
    """Nothing is calculated for a report: it shows what the page showed last."""
    facts = facts_of(user, form_for(user, query, at=at))
    form = form_of(user, query, at=at)
    survey = survey_of(user, form) if form.is_valid() else None
    title = _("Key drivers")
    if survey is None:
        return Report(title, facts, None, (Section("", text=_("Choose a survey.")),))
    asked, offered = asked_of(user, survey, form, query)
    run = finished(user, asked) or closest(user, asked)
    if run is None:
        text = _("This has not been calculated yet.")
        return Report(title, facts, None, (Section("", text=text),))
    refused = refusal_words(run.result)
    if refused:
        return Report(title, facts, run.newest_at, (Section("", text=refused),))
    lines = lines_of(run, offered)
    figures = [importance_figure(run, lines), quadrant_figure(lines)]
    explained = _("All together explain %(share)s of the score's variance (R²).") % {
        "share": share_text(100 * run.result["r2"])
    }
    section = Section(
        "",
        figures=tuple(figure for figure in figures if figure),
        text=f"{explained} {base_words(run.result)}{_other_days(run, asked)}",
    )
    return Report(title, facts, run.newest_at, (section,))


def _other_days(run: DriverRun, asked: Asked) -> str:
    """Which days were calculated, where those asked for were not yet."""
    if (run.since, run.until) == (asked.since, asked.until):
        return ""
    words = _("Calculated last for %(since)s to %(until)s.")
    days = {"since": date_format(run.since), "until": date_format(run.until)}
    return " · " + words % days


def finished(user: User, asked: Asked) -> DriverRun | None:
    done = runs_of(user).filter(digest=asked.digest(), state=DriverRun.State.DONE)
    return done.order_by("-asked_at").first()
