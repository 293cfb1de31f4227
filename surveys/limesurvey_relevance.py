"""LimeSurvey's relevance equations as conditions of ours, as far as they can be said.

    ((G01Q02.NAOK == "A1" or 376789X9X18.NAOK >= 3) and !is_empty(Q3.NAOK))

Understands comparisons with a value, is_empty(), and, or, not and brackets.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
_TOKENS = re.compile(
    r"""\s*(?:
        (?P<string>"[^"]*"|'[^']*')
      | (?P<number>-?\d+(?:\.\d+)?(?![\w.]))
      | (?P<name>[A-Za-z0-9_]*[A-Za-z_][A-Za-z0-9_#]*(?:\.[A-Za-z_]+)?)
      | (?P<sign>==|!=|<>|<=|>=|&&|\|\||[()!<>=])
    )""",
    re.VERBOSE,
)
_WORDS = {"and": "&&", "or": "||", "not": "!", "eq": "==", "ne": "!=", "lt": "<"}
_WORDS |= {"le": "<=", "gt": ">", "ge": ">="}
_OPERATORS = {
    "==": "eq",
    "=": "eq",
    "!=": "ne",
    "<>": "ne",
    "<": "lt",
    "<=": "lte",
    ">": "gt",
    ">=": "gte",
}
_ALWAYS = ("", "1")
_DEEPEST = 20


class Untranslatable(Exception):
    """The equation says more than our conditions can."""


@dataclass(frozen=True)
class Asked:
    """What a name in an equation stands for. `value` turns an answer's code into ours.

    `member` is the option of a list that "Y" stands for.
    """

    field: str
    value: Callable[[str], Any] = str
    member: str = ""


Find = Callable[[str], Asked | None]


def condition_of(equation: str, find: Find) -> Json:
    """`{}` for what is always shown. Raises Untranslatable."""
    if equation.strip() in _ALWAYS:
        return {}
    reader = _Reader(list(_tokens(equation)), find)
    condition = reader.alternatives(0)
    if reader.rest():
        raise Untranslatable
    return condition


def _tokens(equation: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at, end = 0, len(equation.rstrip())
    while at < end:
        match = _TOKENS.match(equation, at)
        if match is None or len(found) > 1_000:
            raise Untranslatable
        kind = str(match.lastgroup)
        word = match[kind]
        if kind == "name" and word.lower() in _WORDS:
            kind, word = "sign", _WORDS[word.lower()]
        found.append((kind, word))
        at = match.end()
    return found


class _Reader:
    """One method for each level of the grammar: or, and, not, comparison."""

    def __init__(self, tokens: list[tuple[str, str]], find: Find) -> None:
        self.tokens = tokens
        self.find = find
        self.at = 0

    def rest(self) -> list[tuple[str, str]]:
        return self.tokens[self.at :]

    def alternatives(self, depth: int) -> Json:
        if depth > _DEEPEST:
            raise Untranslatable
        parts = [self._together(depth)]
        while self._takes("||"):
            parts.append(self._together(depth))
        return parts[0] if len(parts) == 1 else {"any": parts}

    def _together(self, depth: int) -> Json:
        parts = [self._single(depth)]
        while self._takes("&&"):
            parts.append(self._single(depth))
        return parts[0] if len(parts) == 1 else {"all": parts}

    def _single(self, depth: int) -> Json:
        if self._takes("!"):
            return {"not": self._single(depth + 1)}
        if self._takes("("):
            condition = self.alternatives(depth + 1)
            self._must_take(")")
            return condition
        name = self._word("name")
        if name == "is_empty":
            return self._is_empty()
        return self._comparison(name)

    def _is_empty(self) -> Json:
        self._must_take("(")
        asked = self._asked(self._word("name"))
        self._must_take(")")
        if asked.member:
            raise Untranslatable
        return {"field": asked.field, "op": "is_empty"}

    def _comparison(self, name: str) -> Json:
        asked = self._asked(name)
        kind, sign = self._next()
        if kind != "sign" or sign not in _OPERATORS:
            raise Untranslatable
        kind, word = self._next()
        if kind not in ("string", "number"):
            raise Untranslatable
        value = word[1:-1] if kind == "string" else word
        return _compared(asked, _OPERATORS[sign], value)

    def _asked(self, name: str) -> Asked:
        code, _dot, suffix = name.partition(".")
        asked = self.find(code)
        if asked is None or suffix not in ("", "NAOK", "value", "code"):
            raise Untranslatable
        return asked

    def _next(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise Untranslatable
        self.at += 1
        return self.tokens[self.at - 1]

    def _word(self, kind: str) -> str:
        found, word = self._next()
        if found != kind:
            raise Untranslatable
        return word

    def _takes(self, sign: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at] == ("sign", sign):
            self.at += 1
            return True
        return False

    def _must_take(self, sign: str) -> None:
        if not self._takes(sign):
            raise Untranslatable


def _compared(asked: Asked, op: str, value: str) -> Json:
    if asked.member:
        if value not in ("Y", "") or op not in ("eq", "ne"):
            raise Untranslatable
        has = (value == "Y") == (op == "eq")
        chosen = "contains" if has else "not_contains"
        return {"field": asked.field, "op": chosen, "value": asked.member}
    if value == "":
        if op not in ("eq", "ne"):
            raise Untranslatable
        return {
            "field": asked.field,
            "op": "is_empty" if op == "eq" else "is_not_empty",
        }
    try:
        return {"field": asked.field, "op": op, "value": asked.value(value)}
    except (KeyError, ValueError) as error:
        raise Untranslatable from error
