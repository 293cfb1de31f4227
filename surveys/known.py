"""What a survey asks beside its answers: about the customer, and what we promise them.

Looked up only where the survey's conditions or words ask for it.
"""

import re
from functools import lru_cache

from django.utils import translation

from customers.models import Customer
from surveys import promises
from surveys.branching import CUSTOMER
from surveys.document import Document, document_texts
from surveys.elements import Language
from surveys.piping import names_in
from surveys.published import Version, get_version

IN_A_CONDITION = re.compile(r'"field":"(customer\.[a-z_]+)"')
PREFIX = "customer."


def known_of(
    version: Version, customer_id: int | None, language: Language
) -> dict[str, str]:
    """By the names that conditions and pipes use; without what nobody asks for."""
    asked = _asked(version.id)
    if not asked:
        return {}
    known: dict[str, str] = {}
    if customer_id is not None and any(name.startswith(PREFIX) for name in asked):
        known = _customer(customer_id)
    if promises.NAME in asked:
        with translation.override(language):
            known[promises.NAME] = promises.promise_for(version.survey_id)
    return {name: known[name] for name in asked if known.get(name)}


def names_asked(document: Document) -> set[str]:
    """Of the customer and the promise, what conditions and words ask for."""
    words = (one for _at, text in document_texts(document) for one in text.values())
    names = {name for one in words for name in names_in(one)}
    names |= set(IN_A_CONDITION.findall(document.model_dump_json()))
    offered = {f"{PREFIX}{name}" for name in CUSTOMER} | {promises.NAME}
    return names & offered


@lru_cache(500)
def _asked(version_id: int) -> frozenset[str]:
    return frozenset(names_asked(get_version(version_id).document))


def _customer(customer_id: int) -> dict[str, str]:
    customer = (
        Customer.objects.select_related("account")
        .only(*CUSTOMER, "account__tier", "account__region")
        .filter(id=customer_id)
        .first()
    )
    if customer is None:
        return {}
    values = {f"{PREFIX}{name}": getattr(customer, name) for name in CUSTOMER}
    # As with the answer itself, an account's tier speaks for its people.
    if not customer.tier and customer.account is not None:
        values[f"{PREFIX}tier"] = customer.account.tier
    return values
