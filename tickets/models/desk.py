"""What the desk finds tickets by and counts them with; triggers keep both tables.

The triggers stand in the migrations `desk_indexes` and `words_and_facts`. They write in the transaction that
changes the ticket, so neither table is ever behind.
"""

from typing import ClassVar, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value

from teams.access import ScopedQuerySet
from teams.roles import Ability
from tickets.models.ticket import NARROWING, Holds, SearchQuery, Ticket

# A ticket's own names: one condition serves the ticket and what is kept beside it.
SCOPE_FIELDS = {
    "region": "region",
    "product_line": "product_line",
    "tier": "tier",
    "team": "team",
}


class DeskCountQuerySet(ScopedQuerySet["DeskCount"]):
    SEEN_WITH = Ability.WORK_TICKETS
    SCOPE_FIELDS = SCOPE_FIELDS


class DeskCount(models.Model):
    """How many tickets are alike in all this. The sum over a cell's rows counts.

    A change adds a row with what left a cell and one with what came; nobody waits for
    anybody. `desk_counts.fold` adds the rows up now and then.
    """

    status = models.CharField(max_length=12)
    priority = models.CharField(max_length=10)
    team = models.BigIntegerField()
    assignee = models.BigIntegerField()
    touchpoint = models.BigIntegerField()
    region = models.CharField(max_length=80)
    product_line = models.CharField(max_length=80)
    tier = models.CharField(max_length=40)
    problem_type = models.CharField(max_length=60)
    closure = models.CharField(max_length=12)
    waits_for_owner = models.BooleanField()
    tickets = models.IntegerField()
    # Came since the last folding.
    is_loose = models.BooleanField(db_default=True)

    objects = DeskCountQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            # Read by every default view: few cells are of tickets not resolved.
            models.Index(
                fields=["assignee"],
                include=(*NARROWING[:3], *NARROWING[4:-1], "tickets"),
                condition=~Q(status="resolved"),
                name="desk_count_open",
            ),
            # Read by the folding, to see whether it is worth while.
            models.Index(
                fields=["id"], condition=Q(is_loose=True), name="desk_count_loose"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tickets} × {self.status} {self.priority}"


class TagQuery(SearchQuery):
    """A tag as a whole, written as `#tag` among the words."""

    function = "cem_tag_query"


class Unindexed(Func):
    """The same words, which no index is over."""

    function = "strip"
    output_field = SearchVectorField()


class TicketWordsQuerySet(ScopedQuerySet["TicketWords"]):
    SEEN_WITH = Ability.WORK_TICKETS
    SCOPE_FIELDS = SCOPE_FIELDS

    def holding(self, *, words: str, tag: str, by_index: bool = True) -> Self:
        """Every word at the beginning of one of the ticket's, and the whole tag; what
        is empty is not asked for. Not `by_index` where few rows are looked at."""
        held = F("words") if by_index else Unindexed(F("words"))
        found = self
        if words:
            found = found.filter(Holds(held, SearchQuery(Value(words))))
        if tag:
            found = found.filter(Holds(held, TagQuery(Value(tag))))
        return found


class TicketWords(models.Model):
    """Every word by which a ticket can be found: of the customer, the company, the
    subject and the comments, Chinese by pairs of characters; and its tags, as `#tag`.

    Beside them stands all that the desk narrows, counts and sorts by: what is common
    is found in tens of thousands of tickets, each of which would have to be looked up.
    """

    ticket = models.OneToOneField(
        Ticket, models.CASCADE, primary_key=True, related_name="words"
    )
    # The words last and what is always as long first: reading passes over less.
    team = models.BigIntegerField()
    assignee = models.BigIntegerField()
    touchpoint = models.BigIntegerField()
    opened_at = models.DateTimeField()
    sort_due_at = models.DateTimeField()
    urgency = models.SmallIntegerField()
    is_open = models.BooleanField()
    waits_for_owner = models.BooleanField()
    status = models.CharField(max_length=12)
    priority = models.CharField(max_length=10)
    closure = models.CharField(max_length=12)
    region = models.CharField(max_length=80)
    product_line = models.CharField(max_length=80)
    tier = models.CharField(max_length=40)
    problem_type = models.CharField(max_length=60)
    words = SearchVectorField()

    objects = TicketWordsQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            # Read by the desk's search: mostly among what is not resolved.
            GinIndex(fields=["words"], name="ticket_words"),
            GinIndex(
                fields=["words"],
                condition=Q(is_open=True),
                name="ticket_words_open",
                # Word by word, a new ticket would cost five times as much; a search
                # reads what waits in under a millisecond.
                gin_pending_list_limit=128,
            ),
        ]

    def __str__(self) -> str:
        return f"words of {self.ticket_id}"
