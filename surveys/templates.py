"""Surveys to start from: whole, in both languages, each after a published method."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from surveys.document import Document
from surveys.estimate import minutes_to_answer
from surveys.starters import (
    churn,
    event,
    onboarding,
    purchase,
    relationship,
    store,
    support,
)


@dataclass(frozen=True)
class Template:
    """`source` is the publication of the method that it follows."""

    key: str
    label: Promise
    purpose: Promise
    source: str
    document: Document

    @cached_property
    def minutes(self) -> int:
        """How long answering takes, as estimated."""
        return minutes_to_answer(self.document)

    @property
    def question_count(self) -> int:
        """How many questions there are; nobody is asked all of them."""
        return sum(e.type != "statement" for e in self.document.elements)


_ALL = (
    Template(
        "relationship",
        _("Relationship (NPS)"),
        _("How customers stand to you as a whole; once or twice a year."),
        "Reichheld, F. F. (2003): The One Number You Need to Grow."
        " Harvard Business Review 81(12).",
        relationship.DOCUMENT,
    ),
    Template(
        "purchase",
        _("After a purchase (CSAT)"),
        _("Whether an order went well; a few days after it arrived."),
        "Parasuraman, A., Zeithaml, V. A., Malhotra, A. (2005): E-S-QUAL."
        " Journal of Service Research 7(3).",
        purchase.DOCUMENT,
    ),
    Template(
        "support",
        _("After customer service (CES)"),
        _("How much effort it took to get help; right after the case is closed."),
        "Dixon, M., Freeman, K., Toman, N. (2010): Stop Trying to Delight Your"
        " Customers. Harvard Business Review 88(7/8).",
        support.DOCUMENT,
    ),
    Template(
        "onboarding",
        _("Onboarding (CES)"),
        _("How hard it was to get started; two to four weeks after the start."),
        "Lewis, J. R., Utesch, B. S., Maher, D. E. (2013): UMUX-LITE."
        " Proceedings of CHI 2013.",
        onboarding.DOCUMENT,
    ),
    Template(
        "churn",
        _("Leaving customers (CSAT)"),
        _("Why somebody leaves, and whether they might return; at cancellation."),
        "Keaveney, S. M. (1995): Customer Switching Behavior in Service Industries."
        " Journal of Marketing 59(2).",
        churn.DOCUMENT,
    ),
    Template(
        "event",
        _("Event (NPS)"),
        _("Whether a conference, course or webinar was worth it; on the same day."),
        "Kirkpatrick, D. L. (1959): Techniques for Evaluating Training Programs."
        " Journal of the American Society of Training Directors 13.",
        event.DOCUMENT,
    ),
    Template(
        "store",
        _("Visit to a store (CSAT)"),
        _("How a visit to a shop or branch went; at the door or by QR code."),
        "Dabholkar, P. A., Thorpe, D. I., Rentz, J. O. (1996): A Measure of Service"
        " Quality for Retail Stores. Journal of the Academy of Marketing Science 24(1).",
        store.DOCUMENT,
    ),
)
TEMPLATES: Mapping[str, Template] = {template.key: template for template in _ALL}
