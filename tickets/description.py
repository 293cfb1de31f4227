"""What a ticket is about, in the words of the company: problem type and tags."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Func
from django.utils.translation import gettext as _

from teams.models import User
from tickets.models import IllegalAct, Rule, Ticket

MOST_TAGS, LONGEST_TAG = 20, 40


@transaction.atomic
def describe(
    ticket: Ticket, *, problem_type: str, tags: Sequence[str], by: User, at: datetime
) -> None:
    """Store both. Raises IllegalAct for more or longer tags than a ticket can hold."""
    ticket.hold()
    wanted = tidied(tags)
    if len(wanted) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in wanted):
        raise IllegalAct(
            _("At most %(count)d tags of %(length)d characters.")
            % {"count": MOST_TAGS, "length": LONGEST_TAG}
        )
    if (ticket.problem_type, ticket.tags) == (problem_type.strip(), wanted):
        return
    ticket.problem_type, ticket.tags = problem_type.strip(), wanted
    ticket.save(update_fields=["problem_type", "tags"])
    ticket.record(
        "ticket.described", by=by, at=at, problem_type=ticket.problem_type, tags=wanted
    )


def tidied(tags: Sequence[str]) -> list[str]:
    """In the order given, without the empty ones, each once in whatever case."""
    found: dict[str, str] = {}
    for tag in tags:
        words = " ".join(tag.split())
        if words:
            found.setdefault(words.casefold(), words)
    return list(found.values())


def known_tags() -> list[str]:
    """Those that rules set and open tickets carry, for suggestions."""
    tags: set[str] = set()
    for model in (Rule.objects.all(), Ticket.objects.open()):
        each = model.order_by().annotate(tag=Func(F("tags"), function="unnest"))
        tags |= set(each.values_list("tag", flat=True).distinct()[:500])
    return sorted(tags, key=str.casefold)
