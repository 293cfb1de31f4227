from tickets.models.answer import TicketAnswer
from tickets.models.case import (
    Attachment,
    BulkAct,
    ClosureRequest,
    InboundMail,
    Macro,
    SavedView,
    Task,
    TicketLink,
)
from tickets.models.clock import Clock, ClockEvent, Escalation
from tickets.models.coaching import CoachingNote
from tickets.models.desk import DeskCount, TicketWords
from tickets.models.initiative import (
    Initiative,
    InitiativeAction,
    InitiativeDecision,
)
from tickets.models.note import Note
from tickets.models.pause import Pause
from tickets.models.recovered import NextScore, ReAsk
from tickets.models.recovery import (
    LedgerEntry,
    Recovery,
    RecoveryApproval,
    RecoveryBudget,
    RecoveryLimit,
)
from tickets.models.root_cause import RootCause
from tickets.models.rule import Rehearsal, Rule, RulesDraft, RuleVersion
from tickets.models.sla import EscalationLevel, SlaPolicy, SlaTarget
from tickets.models.ticket import IllegalAct, Ticket

__all__ = [
    "Attachment",
    "BulkAct",
    "Clock",
    "ClockEvent",
    "ClosureRequest",
    "CoachingNote",
    "DeskCount",
    "Escalation",
    "EscalationLevel",
    "IllegalAct",
    "InboundMail",
    "Initiative",
    "InitiativeAction",
    "InitiativeDecision",
    "LedgerEntry",
    "Macro",
    "NextScore",
    "Note",
    "Pause",
    "ReAsk",
    "Recovery",
    "RecoveryApproval",
    "RecoveryBudget",
    "RecoveryLimit",
    "Rehearsal",
    "RootCause",
    "Rule",
    "RuleVersion",
    "RulesDraft",
    "SavedView",
    "SlaPolicy",
    "SlaTarget",
    "Task",
    "Ticket",
    "TicketAnswer",
    "TicketLink",
    "TicketWords",
]
