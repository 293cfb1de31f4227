"""The pages that can be shared, mailed, printed and exported; a line each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.http import Http404, QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dashboards.alert_report import alerts_report
from dashboards.board_report import board_report
from dashboards.closed_loop import closed_loop_report
from dashboards.compare_page import compare_report
from dashboards.driver_report import drivers_report
from dashboards.explore_rows import explore_report
from dashboards.group_words import segments_report
from dashboards.overview_reports import breakdown_report, overview_report
from dashboards.reach import reach_report
from dashboards.report import Report
from dashboards.theme_words import comments_report
from dashboards.value import value_report
from dashboards.why_page import why_report
from teams.models import User


class Build(Protocol):
    def __call__(self, user: User, query: QueryDict, *, at: datetime) -> Report:
        """The page as this person may see it now.

        Raises report.Impossible for an address that makes no sense, and Http404 or
        PermissionDenied for what the person may not see.
        """


@dataclass(frozen=True)
class Shareable:
    """A page: `url_name` within `dashboards:`. What stands in the path of its address
    (`in_path`) is in the query of a report, under the same name."""

    label: str | Promise
    url_name: str
    build: Build
    in_path: tuple[str, ...] = ()

    def url(self, query: QueryDict) -> str:
        """Where the page is. Raises Http404 where the path lacks something."""
        rest = query.copy()
        path = {name: rest.pop(name, [""])[-1] for name in self.in_path}
        try:
            found = reverse(f"dashboards:{self.url_name}", kwargs=path)
        except NoReverseMatch as error:
            raise Http404 from error
        return f"{found}?{rest.urlencode()}" if rest else found


PAGES: Mapping[str, Shareable] = {
    page.url_name: page
    for page in (
        Shareable(_("Overview"), "kpis", overview_report),
        Shareable(_("Breakdown"), "by_dimension", breakdown_report, ("dimension",)),
        Shareable(_("Explore"), "explore", explore_report),
        Shareable(_("Two groups"), "compare", compare_report),
        Shareable(_("Why it moved"), "why", why_report),
        Shareable(_("Key drivers"), "drivers", drivers_report),
        Shareable(_("Comments"), "comments", comments_report),
        Shareable(_("Groups"), "segments", segments_report),
        Shareable(_("Closed loop"), "closed_loop", closed_loop_report),
        Shareable(pgettext_lazy("dashboard", "Value"), "value", value_report),
        Shareable(_("Reach"), "reach", reach_report),
        Shareable(_("Alerts"), "alerts", alerts_report),
        Shareable(_("Board"), "board", board_report, ("pk",)),
    )
}
