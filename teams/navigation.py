"""The sections of the product: who sees which, where they are, where a person lands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import cast

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from teams.access import can
from teams.models import User
from teams.roles import Ability, Role


@dataclass(frozen=True)
class Section:
    icon: str
    label: str | Promise
    # The stable addresses of DESIGN; sections belong to apps that stand above this one.
    url: str
    ability: Ability | None = None
    is_current: bool = False


SECTIONS = (
    Section("tickets", _("Tickets"), "/tickets/", Ability.WORK_TICKETS),
    Section("dashboards", _("Dashboard"), "/dashboards/", Ability.SEE_DASHBOARDS),
    Section("flag", _("Improvement"), "/initiatives/", Ability.SEE_CUSTOMERS),
    Section("surveys", _("Surveys"), "/surveys/", Ability.SEE_CUSTOMERS),
    Section("journeys", _("Journeys"), "/journeys/"),
    Section("customers", _("Customers"), "/customers/", Ability.SEE_CUSTOMERS),
    Section("settings", _("Settings"), "/settings/"),
)

SETTINGS = (
    Section("", _("My profile"), "/settings/"),
    Section("", _("Notices"), "/settings/notices/"),
    Section("", _("Absences"), "/settings/absences/"),
    Section("", _("API tokens"), "/settings/tokens/"),
    Section("", _("Ready-made words"), "/tickets/macros/", Ability.ASSIGN_TICKETS),
    Section("", _("People"), "/settings/people/", Ability.MANAGE_PEOPLE),
    Section("", _("Teams"), "/settings/teams/", Ability.MANAGE_PEOPLE),
    Section("", _("Working hours"), "/settings/working-hours/", Ability.MANAGE_PEOPLE),
    Section("", _("Websites"), "/settings/sites/", Ability.MANAGE_SYSTEM),
    Section("", _("Health"), "/settings/health/", Ability.MANAGE_SYSTEM),
    Section("", _("Audit trail"), "/settings/audit/", Ability.MANAGE_SYSTEM),
)

HOMES: Mapping[str, str] = {
    Role.ADMINISTRATOR: "/dashboards/",
    Role.CX_MANAGER: "/surveys/",
    Role.TEAM_LEAD: "/tickets/",
    Role.AGENT: "/tickets/",
    Role.EXECUTIVE: "/dashboards/",
}


def home_of(user: User) -> str:
    return HOMES.get(user.role, "/settings/")


def open_to(user: User, sections: Sequence[Section], *, path: str) -> list[Section]:
    """Those that this person may open; the one nearest to `path` is marked."""
    here = max((s.url for s in sections if path.startswith(s.url)), key=len, default="")
    return [
        replace(section, is_current=section.url == here)
        for section in sections
        if section.ability is None or can(user, section.ability)
    ]


def navigation(request: HttpRequest) -> dict[str, object]:
    """Context processor; a page that shows no navigation pays no query for it."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    return {"navigation": SimpleLazyObject(lambda: _navigation_of(request))}


def _navigation_of(request: HttpRequest) -> dict[str, object]:
    user = cast(User, request.user)
    sections = open_to(user, SECTIONS, path=request.path)
    return {
        "sections": _drawn(tuple(sections), get_language()),
        "settings_tabs": open_to(user, SETTINGS, path=request.path),
        "unread": user.notifications.unread().count(),
    }


@lru_cache(maxsize=256)
def _drawn(sections: tuple[Section, ...], _language: str | None) -> str:
    """Shown twice: beside the page, and in the menu of a narrow window."""
    return render_to_string("components/_sections.html", {"sections": sections})
