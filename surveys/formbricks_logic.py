"""Jumps and calculations of a Formbricks survey as branches and variables of ours."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from surveys.definitions import Note
from surveys.document import TO_ENDING
from surveys.formbricks_elements import Elements
from surveys.formbricks_words import Words

Json = dict[str, Any]
_COMPARISONS = {
    "equals": "eq",
    "doesNotEqual": "ne",
    "contains": "contains",
    "doesNotContain": "not_contains",
    "isGreaterThan": "gt",
    "isLessThan": "lt",
    "isGreaterThanOrEqual": "gte",
    "isLessThanOrEqual": "lte",
    "equalsOneOf": "in",
    "isAnyOf": "in",
    "includesOneOf": "in",
    "doesNotIncludeOneOf": "not_in",
    "isBefore": "lt",
    "isAfter": "gt",
}
_GIVEN = {
    "isSubmitted": "is_not_empty",
    "isCompletelySubmitted": "is_not_empty",
    "isPartiallySubmitted": "is_not_empty",
    "isSet": "is_not_empty",
    "isNotEmpty": "is_not_empty",
    "isSkipped": "is_empty",
    "isNotSet": "is_empty",
    "isEmpty": "is_empty",
}
_LISTS = ("multiple_choice", "ranking")


class Untranslatable(Exception):
    """Our conditions cannot say this; a sentence for the report."""


class Logic:
    def __init__(self, words: Words, elements: Elements, notes: list[Note]) -> None:
        self.words = words
        self.elements = elements
        self.notes = notes
        # By page id: a way that leads back would have no end.
        self.places: Mapping[str, int] = {}

    def read(self, block: Json, page: Json, variables: list[Json]) -> None:
        """Adds the block's branches to its page, and its calculations to variables."""
        name = _("Logic of %(page)s") % {"page": self._name(block)}
        for rule in block.get("logic") or ():
            try:
                when = self.condition(rule["conditions"])
            except Untranslatable as error:
                self.notes.append(Note("dropped", name, str(error)))
                continue
            for action in rule.get("actions") or ():
                try:
                    self._act(action, when, page, variables)
                    self.notes.append(Note("carried", name))
                except Untranslatable as error:
                    self.notes.append(Note("dropped", name, str(error)))
        if fallback := block.get("logicFallback"):
            self._fall_back(str(fallback), page, name)

    def _name(self, block: Json) -> str:
        first = (block.get("elements") or [{}])[0]
        named = block.get("name") or self.words.shown(first.get("headline"))
        return str(named or block.get("id"))

    def _fall_back(self, target: str, page: Json, name: str) -> None:
        try:
            page["branches"].append({"when": {}, "to": self._target(target, page)})
        except Untranslatable as error:
            self.notes.append(Note("dropped", name, str(error)))

    def _act(self, action: Json, when: Json, page: Json, variables: list[Json]) -> None:
        objective = action.get("objective")
        if objective in ("jumpToBlock", "jumpToQuestion"):
            target = self._target(str(action["target"]), page)
            page["branches"].append({"when": when, "to": target})
        elif objective == "calculate":
            self._calculate(action, when, variables)
        else:
            raise Untranslatable(
                _("Questions that become required are not carried over.")
            )

    def _target(self, foreign: str, at: Json) -> str:
        page = self.words.ids.find(f"page:{foreign}")
        if page is not None and page in self.places:
            if self.places[page] <= self.places[at["id"]]:
                raise Untranslatable(_("It leads back to where people have been."))
            return page
        if ending := self.words.ids.find(f"ending:{foreign}"):
            return f"{TO_ENDING}{ending}"
        raise Untranslatable(_("It leads to something that is not in the file."))

    def _calculate(self, action: Json, when: Json, variables: list[Json]) -> None:
        ours = self.words.names.find(f"variable:{action.get('variableId')}")
        variable = next((v for v in variables if v["id"] == ours), None)
        value = action.get("value") or {}
        if variable is None or value.get("type") != "static":
            raise Untranslatable(_("Only fixed values can be calculated with."))
        signs = {"assign": 1, "add": 1, "subtract": -1}
        operator = action.get("operator")
        if operator not in signs:
            raise Untranslatable(_("Variables can be set and added to, nothing else."))
        by = value["value"]
        if isinstance(by, (int, float)):
            by = signs[operator] * by
        act = "set" if operator == "assign" else "add"
        variable["steps"].append({"when": when, "act": act, "value": by})

    def condition(self, foreign: Json) -> Json:
        if "connector" not in foreign or foreign.get("conditions") is None:
            return self._single(foreign)
        parts = [self.condition(part) for part in foreign["conditions"]]
        if len(parts) == 1:
            return parts[0]
        word = "all" if foreign["connector"] == "and" else "any"
        return {word: parts} if parts else {}

    def _single(self, foreign: Json) -> Json:
        field, kind, options = self._field(foreign.get("leftOperand") or {})
        operator = str(foreign.get("operator"))
        if operator in _GIVEN:
            return {"field": field, "op": _GIVEN[operator]}
        if operator == "isAccepted":
            return {"field": field, "op": "eq", "value": True}
        value = self._value(foreign, options)
        if operator in ("includesAllOf", "doesNotIncludeAllOf"):
            every = [
                {"field": field, "op": "contains", "value": one} for one in _list(value)
            ]
            together: Json = {"all": every}
            return together if operator == "includesAllOf" else {"not": together}
        if operator not in _COMPARISONS:
            raise Untranslatable(
                _("Conditions here cannot ask “%(operator)s”.") % {"operator": operator}
            )
        return _compared(field, _COMPARISONS[operator], value, is_list=kind in _LISTS)

    def _field(self, left: Json) -> tuple[str, str, Mapping[str, str]]:
        """Its field, the element's type, and the options' ids by theirs."""
        key = str(left.get("value"))
        for kind, prefix in (("variable", "var."), ("hiddenField", "hidden.")):
            if left.get("type") == kind:
                ours = self.words.names.find(f"{kind.removesuffix('Field')}:{key}")
                return f"{prefix}{ours}", kind, {}
        ours = self.words.ids.find(key)
        if ours is None or ours not in self.elements.types:
            raise Untranslatable(_("It asks a question that was not carried over."))
        kind = self.elements.types[ours]
        row = (left.get("meta") or {}).get("row")
        if kind == "matrix":
            if row is None:
                raise Untranslatable(_("It asks a whole table of answers."))
            return f"{ours}.r{int(row) + 1}", kind, self.elements.options[ours]
        return ours, kind, self.elements.options.get(ours, {})

    def _value(self, foreign: Json, options: Mapping[str, str]) -> Any:
        right = foreign.get("rightOperand") or {}
        if right.get("type") != "static":
            raise Untranslatable(_("It compares two answers with each other."))
        given = right.get("value")
        if isinstance(given, list):
            return [_ours(one, options) for one in given]
        return _ours(given, options)


def _ours(value: Any, options: Mapping[str, str]) -> Any:
    """An option's id; a column's number; any other value as it is."""
    known = options.get(str(value))
    if known is None:
        return value
    return int(known) if known.isdigit() else known


def _compared(field: str, op: str, value: Any, *, is_list: bool) -> Json:
    """Lists are asked for any of several; others for one, or for one of several."""
    if is_list and op in ("eq", "ne"):
        op = "in" if op == "eq" else "not_in"
    if op in ("in", "not_in"):
        value = _list(value)
    elif isinstance(value, list):
        op, value = ("in" if op == "eq" else "not_in"), value
    return {"field": field, "op": op, "value": value}


def _list(value: Any) -> list[Any]:
    return list(_flat(value))


def _flat(value: Any) -> Iterator[Any]:
    yield from value if isinstance(value, list) else [value]
