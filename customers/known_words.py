"""Which regions, product lines, tiers and languages a person's customers have."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from django.core.cache import cache

from customers.models import Customer
from teams.access import scopes_of
from teams.models import User

FIELDS = ("region", "product_line", "tier", "locale")
# Reads every customer, for words that hardly ever change.
REMEMBERED_SECONDS = 60


def known_words(user: User) -> Mapping[str, Sequence[str]]:
    """The words in use by field, sorted; new ones may take a minute to appear."""
    scopes = sorted((s.dimension, s.effect, s.value) for s in scopes_of(user))
    digest = sha256(repr(scopes).encode()).hexdigest()
    key = f"customers.known_words.{user.role}.{digest}"
    known: Mapping[str, Sequence[str]] | None = cache.get(key)
    if known is None:
        known = _read(user)
        cache.set(key, known, REMEMBERED_SECONDS)
    return known


def _read(user: User) -> Mapping[str, Sequence[str]]:
    rows = Customer.objects.visible_to(user).order_by()
    combinations = list(rows.values_list(*FIELDS).distinct())
    return {
        name: sorted({row[index] for row in combinations if row[index]})
        for index, name in enumerate(FIELDS)
    }
