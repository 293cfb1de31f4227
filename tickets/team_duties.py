"""What keeps a team from being retired: work that would be nobody's."""

from django.utils.translation import ngettext

from journeys.models import Touchpoint
from teams import retirement
from teams.models import Team
from tickets.models import Initiative, Rule, RulesDraft, Task, Ticket


def duties_of(team: Team) -> list[str]:
    """Each kind with its number, as the user reads it."""
    tickets = Ticket.objects.open().filter(team=team).count()
    tasks = Task.objects.open().filter(team=team).count()
    rules = max(Rule.objects.filter(team=team).count(), _drafted(team))
    touchpoints = Touchpoint.objects.filter(team=team).count()
    initiatives = Initiative.objects.alive().filter(team=team).count()
    found = (
        (tickets, ngettext("%(n)s open ticket", "%(n)s open tickets", tickets)),
        (tasks, ngettext("%(n)s open task", "%(n)s open tasks", tasks)),
        (rules, ngettext("%(n)s routing rule", "%(n)s routing rules", rules)),
        (touchpoints, ngettext("%(n)s touchpoint", "%(n)s touchpoints", touchpoints)),
        (initiatives, ngettext("%(n)s initiative", "%(n)s initiatives", initiatives)),
    )
    return [words % {"n": number} for number, words in found if number]


def _drafted(team: Team) -> int:
    """Rules of the draft, which may be published after the team is gone."""
    drafts = RulesDraft.objects.values_list("rules", flat=True)
    return sum(rule.get("team") == team.pk for rules in drafts for rule in rules)


retirement.register(duties_of)
