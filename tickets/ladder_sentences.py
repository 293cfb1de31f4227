"""A level of the ladder as a sentence."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from tickets.ladder import Step
from tickets.models import EscalationLevel

Notify, Reassign = EscalationLevel.Notify, EscalationLevel.Reassign


def sentence_for(step: Step) -> str:
    """“The owner and the team’s lead are told; the priority rises by one step.”"""
    said = [_told(step.notify), _handed(step.reassign)]
    if step.raises_priority:
        said.append(_("the priority rises by one step"))
    words = _("; ").join(part for part in said if part)
    return _("%(sentence)s.") % {"sentence": capfirst(words or _("nobody is told"))}


def _told(notify: str) -> str:
    match notify:
        case Notify.ASSIGNEE:
            return _("the owner is told")
        case Notify.LEAD:
            return _("the owner and the team’s lead are told")
        case _:
            return ""


def _handed(reassign: str) -> str:
    match reassign:
        case Reassign.LEAST_LOADED:
            return _("it goes to the least loaded of the team")
        case Reassign.LEAD:
            return _("it goes to the team’s lead")
        case _:
            return ""
