"""The five roles and what each may do. Data scopes narrow what it may be done to."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator")
    CX_MANAGER = "cx_manager", _("CX manager")
    TEAM_LEAD = "team_lead", _("Team lead")
    AGENT = "agent", _("Agent")
    EXECUTIVE = "executive", _("Executive")


class Ability(models.TextChoices):
    """Something a person may do at all; `can()` asks for it."""

    MANAGE_PEOPLE = "manage_people", _("manage people, teams and data scopes")
    MANAGE_SYSTEM = "manage_system", _("see the system's health")
    EDIT_JOURNEYS = "edit_journeys", _("edit journeys")
    EDIT_SURVEYS = "edit_surveys", _("edit surveys")
    EDIT_CUSTOMERS = "edit_customers", _("edit and import customers")
    SEE_CUSTOMERS = "see_customers", _("see customers and their answers")
    WORK_TICKETS = "work_tickets", _("work on tickets")
    ASSIGN_TICKETS = "assign_tickets", _("assign tickets to others")
    EDIT_RULES = "edit_rules", _("edit routing rules")
    SEE_DASHBOARDS = "see_dashboards", _("see dashboards")
    EDIT_DASHBOARDS = "edit_dashboards", _("set targets, alerts and what others see")
    SHARE_DASHBOARDS = "share_dashboards", _("share dashboards outside the company")


_A = Ability
ABILITIES: dict[str, frozenset[Ability]] = {
    Role.ADMINISTRATOR: frozenset(Ability),
    Role.CX_MANAGER: frozenset(Ability) - {_A.MANAGE_PEOPLE, _A.MANAGE_SYSTEM},
    Role.TEAM_LEAD: frozenset(
        {_A.SEE_CUSTOMERS, _A.WORK_TICKETS, _A.ASSIGN_TICKETS, _A.SEE_DASHBOARDS}
    ),
    Role.AGENT: frozenset({_A.SEE_CUSTOMERS, _A.WORK_TICKETS}),
    Role.EXECUTIVE: frozenset(
        {_A.SEE_CUSTOMERS, _A.SEE_DASHBOARDS, _A.SHARE_DASHBOARDS}
    ),
}
