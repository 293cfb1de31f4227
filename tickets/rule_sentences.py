"""A rule's condition as a sentence that a manager can check by reading."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    ConditionError,
    Not,
    Op,
    parse,
)
from tickets.models import Rule
from tickets.rule_fields import FIELDS

PHRASES: Mapping[Op, Promise] = {
    Op.EQ: gettext_lazy("%(field)s is %(value)s"),
    Op.NE: gettext_lazy("%(field)s is not %(value)s"),
    Op.LT: gettext_lazy("%(field)s is below %(value)s"),
    Op.LTE: gettext_lazy("%(field)s is at most %(value)s"),
    Op.GT: gettext_lazy("%(field)s is above %(value)s"),
    Op.GTE: gettext_lazy("%(field)s is at least %(value)s"),
    Op.BETWEEN: gettext_lazy("%(field)s is from %(low)s to %(high)s"),
    Op.IN: gettext_lazy("%(field)s is one of %(value)s"),
    Op.NOT_IN: gettext_lazy("%(field)s is none of %(value)s"),
    Op.CONTAINS: gettext_lazy("%(field)s contains “%(value)s”"),
    Op.NOT_CONTAINS: gettext_lazy("%(field)s does not contain “%(value)s”"),
    Op.IS_EMPTY: gettext_lazy("%(field)s is empty"),
    Op.IS_NOT_EMPTY: gettext_lazy("%(field)s is given"),
}


def sentence_for(rule: Rule) -> str:
    """The condition in words; what is wrong with it, where it cannot be read."""
    try:
        condition = parse(rule.condition, FIELDS)
    except ConditionError as error:
        reason = _(error.template) % error.params
        return _("This condition cannot be read: %(reason)s") % {"reason": reason}
    words = _words(condition)
    return words[:1].upper() + words[1:] if words else _("Every answer")


def _words(condition: Condition, *, is_inner: bool = False) -> str:
    if isinstance(condition, Comparison):
        return _comparison(condition)
    if isinstance(condition, Not):
        return _("not (%(condition)s)") % {"condition": _words(condition.part)}
    assert isinstance(condition, AllOf | AnyOf)
    parts = [_words(part, is_inner=True) for part in condition.parts]
    joined = (_(" and ") if isinstance(condition, AllOf) else _(" or ")).join(parts)
    if is_inner and len(parts) > 1:
        return _("(%(conditions)s)") % {"conditions": joined}
    return joined


def _comparison(test: Comparison) -> str:
    field = FIELDS[test.field]
    if isinstance(test.value, bool):
        # “asks to be contacted” reads by itself, without “is yes”.
        holds = test.value == (test.op == Op.EQ)
        label = str(field.label)
        return label if holds else _("not (%(condition)s)") % {"condition": label}
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    shown = [str(field.choices.get(str(value), value)) for value in values]
    return str(PHRASES[test.op]) % {
        "field": field.label,
        "value": _(", ").join(shown),
        "low": shown[0],
        "high": shown[-1],
    }
