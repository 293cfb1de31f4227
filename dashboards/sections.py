"""The pages of the dashboards, in the order of an executive's questions."""

from dataclasses import dataclass

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# Kept from page to page, so that a selection follows the reader.
CARRIED = (
    "period",
    "since",
    "until",
    "survey",
    "touchpoint",
    "region",
    "product_line",
    "tier",
    "channel",
    "language",
    "journey",
    "stage",
    "team",
    "account",
    "attribute",
)


@dataclass(frozen=True)
class Page:
    """`name` is that of its address; `also` are those of pages below it."""

    name: str
    label: str | Promise
    also: tuple[str, ...] = ()


PAGES: tuple[Page, ...] = (
    Page("kpis", _("Overview"), ("by_dimension", "maths", "rows", "targets")),
    Page("explore", _("Explore"), ("compare",)),
    Page(
        "why",
        _("Why it moved"),
        ("annotations", "annotation", "annotation_new", "annotation_deletion"),
    ),
    Page("drivers", _("Key drivers")),
    Page("comments", _("Comments"), ("corrections", "correction")),
    Page("segments", _("Groups"), ("segment_list", "segment_new", "segment_deletion")),
    Page("closed_loop", _("Closed loop"), ("loop_step",)),
    Page("value", pgettext_lazy("dashboard", "Value")),
    Page("reach", _("Reach")),
    Page(
        "boards",
        _("Boards"),
        ("board", "board_new", "board_edit", "board_settings", "tile", "tile_new"),
    ),
    Page(
        "alerts",
        _("Alerts"),
        (
            "alert",
            "alert_initiative",
            "alert_rules",
            "alert_rule",
            "alert_rule_new",
            "alert_rule_deletion",
        ),
    ),
    Page(
        "reports",
        _("Shared and sent"),
        (
            "kept",
            "kept_list",
            "new_link",
            "new_schedule",
            "schedule",
            "schedule_removal",
            "export",
            "report_file",
        ),
    ),
)


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    is_current: bool


def kept_query(query: QueryDict) -> str:
    """The selection of an address, without what belongs to one page only."""
    kept = query.copy()
    for name in list(kept):
        if name not in CARRIED:
            del kept[name]
    return kept.urlencode()


def links_of(request: HttpRequest) -> list[Link]:
    """The pages as links that keep the selection; the one that is open is marked."""
    match = request.resolver_match
    here = match.url_name if match and match.app_name == "dashboards" else ""
    kept = kept_query(request.GET)
    query = f"?{kept}" if kept else ""
    return [
        Link(
            str(page.label),
            reverse(f"dashboards:{page.name}") + query,
            here in (page.name, *page.also),
        )
        for page in PAGES
    ]
