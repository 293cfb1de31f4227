from tickets.models.clock import Clock, ClockEvent
from tickets.models.root_cause import RootCause
from tickets.models.rule import Rule
from tickets.models.sla import SlaPolicy
from tickets.models.ticket import Note, Ticket, TicketAnswer

__all__ = [
    "Clock",
    "ClockEvent",
    "Note",
    "RootCause",
    "Rule",
    "SlaPolicy",
    "Ticket",
    "TicketAnswer",
]
