"""The one condition language: branching, segments, routing rules and alerts all use it.

    {"all": [{"field": "nps", "op": "lte", "value": 6},
             {"any": [{"field": "tier", "op": "in", "value": ["gold", "platinum"]},
                      {"not": {"field": "comment", "op": "is_empty"}}]}]}

`parse` checks such a document against the fields that the caller offers and gives a
Condition; its `matches` judges a mapping of field values. `{}` is met by everything.

A value that is missing, None, blank, an empty list, or not readable as its field's kind is
*empty*. An empty value is equal to, contained in, below and above nothing, so `eq`, `in`,
`contains`, `lt`, `lte`, `gt`, `gte` and `between` are false; `ne`, `not_in` and
`not_contains` are the exact opposites of `eq`, `in` and `contains`, so they are true.

Text and list items are compared without regard to case. `in` on a list asks for any of the
values. `between` includes both ends. A datetime counts by its own calendar date, so the
caller brings it in the time zone that is meant.
"""

from customers.conditions.errors import MESSAGES, ConditionError
from customers.conditions.kinds import OPERATORS, Field, Fields, Kind, Op
from customers.conditions.parsing import parse
from customers.conditions.tree import AllOf, AnyOf, Comparison, Condition, Not

__all__ = [
    "MESSAGES",
    "OPERATORS",
    "AllOf",
    "AnyOf",
    "Comparison",
    "Condition",
    "ConditionError",
    "Field",
    "Fields",
    "Kind",
    "Not",
    "Op",
    "parse",
]
