"""The letter that tells a customer the outcome and asks whether it is solved."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Consent, Customer
from surveys.elements import Language
from surveys.invitations import language_for
from teams.models import User
from tickets.models import ClosureRequest, Ticket

# Stands in the words for what was done, which is written beside them.
OUTCOME = "{outcome}"
UNREACHABLE: Mapping[str, Promise] = {
    "unknown": gettext_lazy("we do not know who the customer is"),
    "erased": gettext_lazy("the customer's data was erased"),
    "no_address": gettext_lazy("the customer has no e-mail address"),
    "no_consent": gettext_lazy("the customer does not want to be contacted by e-mail"),
}


@dataclass(frozen=True)
class Words:
    """What an agent writes; `{outcome}` in the text stands for what was done."""

    subject: str
    text: str

    def with_outcome(self, outcome: str) -> "Words":
        return Words(
            " ".join(self.subject.split()),
            self.text.replace(OUTCOME, outcome.strip()).strip(),
        )


def unreachable(customer: Customer | None) -> str:
    """Why this customer cannot be written to, a key of UNREACHABLE; empty: can be."""
    if customer is None:
        return "unknown"
    if customer.erased_at is not None:
        return "erased"
    if not customer.email:
        return "no_address"
    refused = Consent.objects.filter(
        customer=customer, channel=Consent.Channel.EMAIL, is_granted=False
    )
    return "no_consent" if refused.exists() else ""


def draft_for(ticket: Ticket, agent: User) -> Words:
    """What an agent begins with, in the customer's language."""
    assert ticket.customer is not None
    with translation.override(language_for(ticket.customer)):
        return Words(_("What we did about your feedback"), _draft(ticket, agent))


def _draft(ticket: Ticket, agent: User) -> str:
    assert ticket.customer is not None
    hello = (
        _("Hello %(name)s,") % {"name": ticket.customer.name}
        if ticket.customer.name
        else _("Hello,")
    )
    thanks = _("thank you for telling us how it went. This is what we did:")
    regards = _("Kind regards")
    return f"{hello}\n\n{thanks}\n\n{OUTCOME}\n\n{regards}\n{agent.name}"


def link_of(request: ClosureRequest) -> str:
    return f"{settings.SITE_URL}/c/{request.token}/"


def letter_of(words: Words, *, link: str, language: Language) -> dict[str, str]:
    """Subject, text and HTML. Following the link decides nothing: the page asks."""
    context = {"words": words, "link": link, "language": language}
    with translation.override(language):
        return {
            "subject": words.subject,
            "text": render_to_string("tickets/email/outcome.txt", context).strip(),
            "html": render_to_string("tickets/email/outcome.html", context),
        }
