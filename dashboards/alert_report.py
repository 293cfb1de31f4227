"""The alerts as a report: what is open, and what closed lately."""

from collections.abc import Iterable
from datetime import datetime

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dashboards.alert_pages import lines_of
from dashboards.asked import scope_words
from dashboards.models import Alert
from dashboards.report import Report, Section, Table
from dashboards.series import filled_to
from surveys.intake import local_day
from teams.models import User

MOST = 100


def alerts_report(user: User, query: QueryDict, *, at: datetime) -> Report:
    """Those that the person may see, as they are now; the address asks for nothing."""
    seen = Alert.objects.visible_to(user).select_related("rule__owner")
    sections = (
        _section(
            pgettext("alert", "Open"),
            seen.filter(closed_at__isnull=True)[:MOST],
            at,
            _("Nothing is open"),
        ),
        _section(_("Past"), seen.past()[:MOST], at, _("No alert has closed yet")),
    )
    return Report(_("Alerts"), scope_words(user), filled_to(), sections)


def _section(
    heading: str, alerts: Iterable[Alert], at: datetime, nothing: str
) -> Section:
    columns = (
        _("Alert"),
        _("Measured"),
        pgettext("alert", "Where"),
        pgettext("alert", "Opened"),
        pgettext("alert", "Closed"),
    )
    rows = tuple(
        (
            line.alert.rule.name,
            line.words,
            line.where,
            _day(line.alert.opened_at),
            _day(line.alert.closed_at),
        )
        for line in lines_of(alerts, today=local_day(at))
    )
    if not rows:
        return Section(heading, text=nothing)
    return Section(heading, tables=(Table(heading, columns, rows),))


def _day(at: datetime | None) -> str:
    return date_format(localtime(at)) if at else ""
