from tickets.models.answer import TicketAnswer
from tickets.models.clock import Clock, ClockEvent
from tickets.models.note import Note
from tickets.models.root_cause import RootCause
from tickets.models.rule import Rule
from tickets.models.sla import SlaPolicy
from tickets.models.ticket import IllegalAct, Ticket

__all__ = [
    "Clock",
    "ClockEvent",
    "IllegalAct",
    "Note",
    "RootCause",
    "Rule",
    "SlaPolicy",
    "Ticket",
    "TicketAnswer",
]
