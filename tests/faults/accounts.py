"""What must be true after every fault: nothing lost, nothing doubled, all counted."""

from collections import Counter
from collections.abc import Collection
from uuid import UUID

from django.db.models import Sum

from dashboards.models import AnswerCell, AnswerShape, LoopRow
from dashboards.rollups import rollup_differences
from events.models import Event, Failure
from surveys.models import Response, Survey
from teams.models import Notification
from tests.faults.answers import Answer
from tests.waiting import wait_for
from tickets.models import Clock, Ticket, TicketAnswer

# A sweep comes every five seconds, a second try of a failed reaction after ten.
SETTLED_WITHIN = 180.0


def wait_until_settled() -> None:
    """Nothing undispatched, and no reaction waits for another try."""
    wait_for(
        lambda: (
            not Event.objects.filter(dispatched_at=None).exists()
            and not Failure.objects.exists()
        ),
        seconds=SETTLED_WITHIN,
        what="every event to be handled",
    )


def check_the_books(survey: Survey, acknowledged: Collection[Answer]) -> None:
    """After the last answer was acknowledged and everything has settled."""
    check_stored(survey, acknowledged)
    check_tickets(survey, acknowledged)
    check_rollups(survey, acknowledged)


def check_stored(survey: Survey, acknowledged: Collection[Answer]) -> None:
    """Responses stored = answers acknowledged, each with its one event."""
    stored = Response.objects.filter(survey=survey)
    wanted = {answer.id: answer.score for answer in acknowledged}
    assert dict(stored.values_list("id", "nps")) == wanted
    events = Event.objects.filter(
        name="survey.response_submitted", payload__survey=survey.pk
    )
    told = Counter(UUID(subject) for (subject,) in events.values_list("subject_id"))
    assert told == Counter(wanted.keys())


def check_tickets(survey: Survey, acknowledged: Collection[Answer]) -> None:
    """Tickets = qualifying answers less attachments, none double, all with clocks."""
    low = [answer for answer in acknowledged if answer.is_low]
    cared_for = TicketAnswer.objects.filter(response__survey=survey)
    assert set(cared_for.values_list("response", flat=True)) == {a.id for a in low}
    customers = {answer.customer for answer in low} - {None}
    anonymous = sum(answer.customer is None for answer in low)
    tickets = Ticket.objects.filter(response__survey=survey)
    assert tickets.count() == anonymous + len(customers)
    numbers = [str(number) for (number,) in tickets.values_list("number")]
    happened = Event.objects.filter(subject_type="ticket", subject_id__in=numbers)
    counts = Counter(name for (name,) in happened.values_list("name"))
    assert counts["ticket.opened"] == len(numbers)
    assert counts["ticket.answer_attached"] == len(low) - len(numbers)
    assert Clock.objects.filter(ticket__in=tickets).count() == 2 * len(numbers)
    urls = [ticket.get_absolute_url() for ticket in tickets]
    assert Notification.objects.filter(url__in=urls).count() == len(low)


def check_rollups(survey: Survey, acknowledged: Collection[Answer]) -> None:
    """Rollups equal the raw counts, and nothing is left aside as pending."""
    assert rollup_differences(limit=5) == []
    cells = AnswerCell.objects.filter(shape=AnswerShape.SURVEY, value=str(survey.pk))
    folded = cells.aggregate(total=Sum("responses"), zeros=Sum("nps_0"))
    zeros = sum(answer.score == 0 for answer in acknowledged)
    assert folded == {"total": len(acknowledged), "zeros": zeros}
    tickets = Ticket.objects.filter(response__survey=survey)
    assert LoopRow.objects.filter(survey_id=survey.pk).count() == tickets.count()
