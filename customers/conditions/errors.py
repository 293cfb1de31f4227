"""What can be wrong with a condition, in sentences."""

from collections.abc import Mapping

Path = tuple[str | int, ...]
LONGEST_SHOWN = 60


class ConditionError(ValueError):
    """A document that is no condition: what is wrong, in a sentence, and where.

    A caller translates with `gettext(error.template) % error.params`; `code` is for programs.
    `path` leads through the document to the fault: ("all", 1, "value").
    """

    def __init__(self, code: str, path: Path, **params: object) -> None:
        self.code = code
        self.path = path
        self.template = MESSAGES[code]
        self.params = {name: _shown(value) for name, value in params.items()}
        super().__init__(self.template % self.params)


def _shown(value: object) -> object:
    """What the document holds may be anything of any length; a lazy label stays lazy."""
    if not isinstance(value, str):
        return value
    # A lone surrogate could not be written into a page.
    text = value.encode(errors="replace").decode()
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def N_(message: str) -> str:
    """Marks a sentence for the catalogue; whoever shows it translates it."""
    return message


MESSAGES: Mapping[str, str] = {
    "not_a_condition": N_("This is not a condition."),
    "unknown_key": N_("“%(key)s” does not belong in a condition."),
    "unknown_field": N_("There is no field “%(field)s”."),
    "wrong_op": N_("“%(field)s” cannot be asked with “%(op)s”."),
    "empty_group": N_("Add at least one condition to “any of”."),
    "value_missing": N_("Give a value to compare “%(field)s” with."),
    "no_value_expected": N_("Whether “%(field)s” is empty takes no value."),
    "not_a_number": N_("“%(field)s” is compared with a number."),
    "not_a_text": N_("“%(field)s” is compared with a text."),
    "not_a_choice": N_("“%(field)s” is compared with one of its choices."),
    "not_a_boolean": N_("“%(field)s” is compared with yes or no."),
    "not_a_date": N_("“%(field)s” is compared with a date such as 2026-01-31."),
    "not_a_list": N_("“%(field)s” is compared with a list of values."),
    "not_a_range": N_("“%(field)s” is compared with a lowest and a highest value."),
    "unknown_choice": N_("“%(value)s” is not a choice of “%(field)s”."),
    "too_long": N_("A value may have %(limit)s characters at most."),
    "too_many_values": N_("A list may have %(limit)s values at most."),
    "too_many": N_("A condition may have %(limit)s parts at most."),
    "too_deep": N_("Conditions may be nested %(limit)s levels deep at most."),
}
