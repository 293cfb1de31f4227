"""A rule's condition as a sentence that a manager can check by reading."""

from django.utils.translation import gettext as _

from customers.condition_words import as_sentence, words_for_raw
from tickets.models import Rule
from tickets.rule_fields import FIELDS


def sentence_for(rule: Rule) -> str:
    """The condition in words; what is wrong with it, where it cannot be read."""
    return as_sentence(words_for_raw(rule.condition, FIELDS)) or _("Every answer")
