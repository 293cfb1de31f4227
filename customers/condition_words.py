"""Conditions as sentences that a manager can check by reading, and an editor's words."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.conditions import (
    OPERATORS,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    ConditionError,
    Fields,
    Not,
    Op,
    parse,
)

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
OPERATOR_LABELS: Mapping[Op, Promise] = {
    Op.EQ: gettext_lazy("is"),
    Op.NE: gettext_lazy("is not"),
    Op.LT: gettext_lazy("is below"),
    Op.LTE: gettext_lazy("is at most"),
    Op.GT: gettext_lazy("is above"),
    Op.GTE: gettext_lazy("is at least"),
    Op.BETWEEN: gettext_lazy("is from … to"),
    Op.IN: gettext_lazy("is one of"),
    Op.NOT_IN: gettext_lazy("is none of"),
    Op.CONTAINS: gettext_lazy("contains"),
    Op.NOT_CONTAINS: gettext_lazy("does not contain"),
    Op.IS_EMPTY: gettext_lazy("is empty"),
    Op.IS_NOT_EMPTY: gettext_lazy("is given"),
}


def words_for(condition: Condition, fields: Fields) -> str:
    """The condition in words, "" for the one that everything meets.

    `fields` are those it was read with.
    """
    return _words(condition, fields, is_inner=False)


def words_for_raw(raw: object, fields: Fields) -> str:
    """A condition as stored, in words; what is wrong with it, where it cannot be read."""
    try:
        return words_for(parse(raw, fields), fields)
    except ConditionError as error:
        return _("This condition cannot be read: %(reason)s") % {
            "reason": reason_for(error)
        }


def reason_for(error: ConditionError) -> str:
    """What is wrong with a condition, in the active language."""
    return _(error.template) % error.params


def as_sentence(words: str) -> str:
    """With a capital letter, where the language has any."""
    return words[:1].upper() + words[1:]


def _words(condition: Condition, fields: Fields, *, is_inner: bool) -> str:
    if isinstance(condition, Comparison):
        return _comparison(condition, fields)
    if isinstance(condition, Not):
        inner = _words(condition.part, fields, is_inner=False)
        return _("not (%(condition)s)") % {"condition": inner}
    assert isinstance(condition, AllOf | AnyOf)
    parts = [_words(part, fields, is_inner=True) for part in condition.parts]
    joined = (_(" and ") if isinstance(condition, AllOf) else _(" or ")).join(parts)
    if is_inner and len(parts) > 1:
        return _("(%(conditions)s)") % {"conditions": joined}
    return joined


def _comparison(test: Comparison, fields: Fields) -> str:
    field = fields[test.field]
    if isinstance(test.value, bool):
        # “asks to be contacted” reads by itself, without “is yes”.
        holds = test.value == (test.op == Op.EQ)
        label = str(field.label)
        return label if holds else _("not (%(condition)s)") % {"condition": label}
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    shown = [str(field.choices.get(str(value), value)) for value in values]
    is_one = test.op is Op.BETWEEN and shown[0] == shown[-1]
    return str(PHRASES[Op.EQ if is_one else test.op]) % {
        "field": field.label,
        "value": shown[0] if is_one else _(", ").join(shown),
        "low": shown[0],
        "high": shown[-1],
    }


def editor_words() -> dict[str, Any]:
    """What `static/js/behaviours/condition_editor.js` says, in the active language."""
    return {
        "operators": {str(op): str(label) for op, label in OPERATOR_LABELS.items()},
        "phrases": {str(op): str(phrase) for op, phrase in PHRASES.items()},
        "offered": {
            str(kind): [str(op) for op in ops] for kind, ops in OPERATORS.items()
        },
        "joins": {
            "all": _("all of these hold"),
            "any": _("at least one of these holds"),
            "not_all": _("not all of these hold"),
            "not_any": _("none of these holds"),
        },
        "and": _(" and "),
        "or": _(" or "),
        "not": _("not (%(condition)s)"),
        "group": _("(%(conditions)s)"),
        "comma": _(", "),
        "join": _("How the conditions go together"),
        "condition": _("Condition %(number)s"),
        "inner_group": _("Group %(number)s"),
        "field": _("What is asked about"),
        "operator": _("Comparison"),
        "value": _("Value"),
        "values": _("Values, with commas between them"),
        "low": _("Lowest"),
        "high": _("Highest"),
        "yes": _("Yes"),
        "no": _("No"),
        "add": _("Add a condition"),
        "add_group": _("Add a group"),
        "remove": _("Remove condition %(number)s"),
        "remove_group": _("Remove group %(number)s"),
        "removed": _("Removed."),
        "always": _("Always"),
        "nothing_to_ask": _("There is nothing yet that a condition could ask about."),
        "value_missing": _("Give a value; until then this condition is left out."),
        "scale": _("%(low)s to %(high)s"),
        "off_scale": _("Only %(low)s to %(high)s can be answered."),
        "gone": _("No longer there: %(field)s"),
    }


__all__ = [
    "OPERATOR_LABELS",
    "PHRASES",
    "as_sentence",
    "editor_words",
    "reason_for",
    "words_for",
    "words_for_raw",
]
