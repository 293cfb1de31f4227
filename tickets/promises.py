"""What `{{ promise }}` says in a survey: how soon somebody gets in touch."""

from django.db.models import Max
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import ngettext

from surveys import promises
from surveys.models import Survey
from tickets.models import Rule

HOUR = 60


@promises.register
def first_contact_in_words(survey_id: int) -> str:
    """The slowest of the active rules and of their policies' exceptions, so that it is
    kept whichever opens the ticket; in working hours where a team that would act on it
    has some. Empty without rules."""
    slowest = Greatest(
        "sla_policy__first_contact_minutes",
        Coalesce(Max("sla_policy__targets__first_contact_minutes"), 0),
    )
    rules = list(
        Rule.objects.filter(is_active=True)
        .annotate(slowest=slowest)
        .values_list("slowest", "team_id", "team__working_hours_id")
    )
    if not rules:
        return ""
    has_hours = any(hours for _minutes, _team, hours in rules)
    if not has_hours and any(team is None for _minutes, team, _hours in rules):
        has_hours = _owner_has_hours(survey_id)
    return _in_words(max(minutes for minutes, *_rest in rules), has_hours=has_hours)


def _owner_has_hours(survey_id: int) -> bool:
    """Whether the touchpoint's own team, which rules without a team mean, has hours."""
    own = Survey.objects.filter(id=survey_id)
    return own.filter(touchpoint__team__working_hours__isnull=False).exists()


def _in_words(minutes: int, *, has_hours: bool) -> str:
    if minutes % HOUR:
        sentence = (
            ngettext("%(n)s working minute", "%(n)s working minutes", minutes)
            if has_hours
            else ngettext("%(n)s minute", "%(n)s minutes", minutes)
        )
        return sentence % {"n": minutes}
    hours = minutes // HOUR
    sentence = (
        ngettext("%(n)s working hour", "%(n)s working hours", hours)
        if has_hours
        else ngettext("%(n)s hour", "%(n)s hours", hours)
    )
    return sentence % {"n": hours}
