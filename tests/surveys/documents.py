"""Random survey documents and answers: every kind of element, all of the logic.

Whatever depends on nothing is made once: Hypothesis looks through each strategy before
it first draws from it, which takes longer than to draw.
"""

from collections.abc import Mapping
from functools import cache
from itertools import count
from typing import Any

from hypothesis import strategies as st

from customers.conditions import OPERATORS, Field, Kind, Op
from customers.conditions.kinds import AMONG, GIVEN
from surveys.branching import fields_of
from surveys.document import Document, plain, read_document

Json = dict[str, Any]
# Two that every object of a browser knows, and one that begins like another.
IDS = ("constructor", "valueof", "q1", "q10", "a", "long_name_of_a_question")
OPTION_IDS = ("red", "green", "blue", "constructor", "grey", "none")
SCORES = (("nps", 10), ("csat", 5), ("ces", 7), ("ces", 5))
# Equal but for their case, in ways that browsers and Python see differently.
WORDS = ("yes", "YES", "Straße", "STRASSE", "ΟΔΟΣ", "οδος", "ılık", "ILIK", " 5 ", "ﬁn")
DAYS = ("2026-01-31", "2026-02-28", "2027-12-01")
ASSET = "0197a1b2-0000-7000-8000-00000000000a"
NUMBERS = (-2, 0, 0.5, 3, 6, 9, 10, 11)

_OPTION = st.sampled_from(OPTION_IDS)
_FIVE_OPTIONS = st.lists(_OPTION, unique=True, max_size=5)
_THREE_OPTIONS = st.lists(_OPTION, unique=True, max_size=3)
_MOST = st.none() | st.integers(1, 4)
_LOWEST = st.none() | st.sampled_from((-2.5, 0, 1))
_HIGHEST = st.none() | st.sampled_from((1, 9.5, 10))
_EARLIEST = st.none() | st.sampled_from(DAYS[:2])
_LATEST = st.none() | st.sampled_from(DAYS[1:])
_BRANCHES = st.sampled_from((0, 0, 1, 2))
_ACT = st.sampled_from(("set", "add"))
_KIND_OF_VARIABLE = st.sampled_from(("number", "text"))
_IDS = st.permutations(IDS)
_SCORES = st.permutations(SCORES)


@cache
def text() -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries(
        {},
        optional={
            "en": st.sampled_from(("How?", "<b>Why</b>")),
            "zh-hans": st.just("为何？"),
        },
    )


@st.composite
def documents(draw: st.DrawFn, *, has_logic: bool = True) -> Document:
    """Whatever a studio may save: good to walk, not always sensible."""
    raw = draw(_outline())
    if has_logic:
        _add_carried(draw, raw)
        fields = fields_of(read_document(raw))
        _add_logic(draw, raw, fields)
    return read_document(raw)


@st.composite
def dressed(draw: st.DrawFn) -> Document:
    """With everything that is shown beside the questions."""
    raw = plain(draw(documents()))
    raw["theme"] = draw(_theme())
    raw["settings"] = draw(_settings())
    for page in raw["pages"]:
        page["title"] = draw(text())
        for element in page["elements"]:
            element["image"] = draw(_picture())
    for ending in raw["endings"]:
        ending |= {"title": draw(text()), "text": draw(text()), "link": draw(_link())}
        ending["offers_call"] = draw(st.booleans())
    return read_document(raw)


@st.composite
def raw_answers(draw: st.DrawFn, document: Document) -> Json:
    """As a form sends them: right ones mostly, wrong ones too, some not at all."""
    found = {}
    for element in document.elements:
        if draw(st.integers(0, 9)) > 1:
            found[element.id] = draw(_raw_answer(element))
    return {key: value for key, value in found.items() if value is not None}


@st.composite
def contexts(draw: st.DrawFn, document: Document) -> Json:
    known: Json = {"language": draw(st.sampled_from(("en", "zh-hans")))}
    for hidden in document.hidden_fields:
        known[f"hidden.{hidden.id}"] = draw(st.sampled_from(("", *WORDS)))
    if draw(st.booleans()):
        known["customer.tier"] = draw(st.sampled_from(WORDS))
    return known


@st.composite
def _outline(draw: st.DrawFn) -> Json:
    # In a random order, for ids may never decide anything.
    ids = iter([*draw(_IDS), *(f"q{n}" for n in range(20, 60))])
    scores = list(draw(_SCORES))
    numbers = count(1)
    pages = [
        {
            "id": f"p{next(numbers)}",
            "elements": [
                draw(_element(next(ids), scores))
                for _ in range(draw(st.integers(0, 4)))
            ],
        }
        for _ in range(draw(st.integers(1, 5)))
    ]
    return {
        "schema_version": 2,
        "title": draw(text()),
        "pages": pages,
        "variables": [_variable(draw, id_) for id_ in draw(_some(("points", "word")))],
        "hidden_fields": [{"id": id_} for id_ in draw(_some(("order", "shop")))],
        "endings": [
            {"id": "glad", "group": "promoter"},
            {"id": "sorry", "group": "detractor"},
            {"id": "early"},
        ],
    }


@cache
def _theme() -> st.SearchStrategy[Json]:
    accents = st.sampled_from(("#1d4ed8", "#ffd400"))
    corners = st.sampled_from(("soft", "round"))
    return st.fixed_dictionaries(
        {"accent": accents, "corners": corners, "logo": _picture()}
    )


@cache
def _picture() -> st.SearchStrategy[Json | None]:
    image = st.fixed_dictionaries({"asset": st.just(ASSET), "alt": text()})
    return st.none() | image


@cache
def _settings() -> st.SearchStrategy[Json]:
    once = st.sampled_from(("nobody", "device", "customer"))
    names = ("shows_progress", "allows_back", "asks_proof_of_work")
    return st.fixed_dictionaries(
        {"once_per": once, **{name: st.booleans() for name in names}}
    )


@cache
def _link() -> st.SearchStrategy[Json | None]:
    url = st.just("https://example.com/review")
    return st.none() | st.fixed_dictionaries({"url": url, "text": text()})


@cache
def _some(of: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(of), unique=True)


def _variable(draw: st.DrawFn, id_: str) -> Json:
    kind = draw(_KIND_OF_VARIABLE)
    # A value of the other kind, too: somebody may have changed the kind.
    return {"id": id_, "kind": kind, "initial": draw(_value())}


@cache
def _value() -> st.SearchStrategy[Any]:
    return st.sampled_from((*NUMBERS, "yes", "Straße"))


@st.composite
def _element(draw: st.DrawFn, id_: str, scores: list[tuple[str, int]]) -> Json:
    made: Json = {"id": id_, "text": draw(text())}
    kind = draw(_KIND_OR_SCORE if scores else _KIND)
    if kind == "score":
        metric, scale = scores.pop()
        scores[:] = [left for left in scores if left[0] != metric]
        made |= {"type": metric, "scale": scale}
    else:
        made |= {"type": kind, **_MAKERS[kind](draw)}
    if made["type"] not in ("statement", "contact_request"):
        made["required"] = draw(st.booleans())
    return made


def _options(draw: st.DrawFn) -> Json:
    ids = draw(_FIVE_OPTIONS)
    kinds = {"none": "none", "grey": "other"}
    return {
        "options": [
            {"id": id_, "text": draw(text()), "kind": kinds.get(id_, "option")}
            for id_ in ids
        ]
    }


def _several(draw: st.DrawFn) -> Json:
    most = draw(_MOST)
    return {**_options(draw), "least": draw(st.integers(0, 3)), "most": most}


def _rows(draw: st.DrawFn) -> Json:
    ids = draw(_THREE_OPTIONS)
    return {"rows": [{"id": id_, "text": {}} for id_ in ids], "scale": 5}


def _number(draw: st.DrawFn) -> Json:
    return {
        "lowest": draw(_LOWEST),
        "highest": draw(_HIGHEST),
        "decimals": draw(st.integers(0, 2)),
    }


def _day(draw: st.DrawFn) -> Json:
    return {
        "earliest": draw(_EARLIEST),
        "latest": draw(_LATEST),
    }


def _words(draw: st.DrawFn) -> Json:
    return {"least": draw(st.integers(0, 4)), "most": draw(st.integers(4, 8))}


def _nothing_more(draw: st.DrawFn) -> Json:
    return {}


_MAKERS = {
    "rating": lambda draw: {"scale": draw(st.integers(3, 10))},
    "single_choice": _options,
    "dropdown": _options,
    "multiple_choice": _several,
    "ranking": _options,
    "matrix": _rows,
    "short_text": _words,
    "long_text": _words,
    "number": _number,
    "date": _day,
    "email": _nothing_more,
    "phone": _nothing_more,
    "consent": _nothing_more,
    "contact_request": _nothing_more,
    "file": _nothing_more,
    "statement": _nothing_more,
}
_KIND = st.sampled_from(tuple(_MAKERS))
_KIND_OR_SCORE = st.sampled_from((*_MAKERS, "score"))


def _add_carried(draw: st.DrawFn, raw: Json) -> None:
    sources: list[str] = []
    for page in raw["pages"]:
        for element in page["elements"]:
            if "options" not in element:
                continue
            if sources and draw(st.integers(0, 2)) == 0:
                which = draw(st.sampled_from(("chosen", "not_chosen")))
                source = draw(st.sampled_from(sources))
                element["carried"] = {"element": source, "which": which}
            sources.append(element["id"])


def _add_logic(draw: st.DrawFn, raw: Json, fields: Mapping[str, Field]) -> None:
    condition = _conditions(fields)
    pages = [page["id"] for page in raw["pages"]]
    targets = st.sampled_from([*pages, "ending:early", "ending:sorry"])
    for page in raw["pages"]:
        if draw(st.integers(0, 3)) == 0:
            page["shown_if"] = draw(condition)
        page["branches"] = [
            {"when": draw(condition), "to": draw(targets)}
            for _ in range(draw(_BRANCHES))
        ]
        for element in page["elements"]:
            if draw(st.integers(0, 2)) == 0:
                element["shown_if"] = draw(condition)
    for variable in raw["variables"]:
        variable["steps"] = [
            {
                "when": draw(condition),
                "act": draw(_ACT),
                "value": draw(_value()),
            }
            for _ in range(draw(st.integers(0, 3)))
        ]


def _conditions(fields: Mapping[str, Field]) -> st.SearchStrategy[Json]:
    single = st.sampled_from(sorted(fields)).flatmap(
        lambda key: _comparison(key, fields[key])
    )
    nested = st.recursive(
        single,
        lambda inner: st.one_of(
            st.builds(lambda parts: {"all": parts}, st.lists(inner, max_size=3)),
            st.builds(
                lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)
            ),
            st.builds(lambda part: {"not": part}, inner),
        ),
        max_leaves=4,
    )
    return st.just({}) | single | nested


@st.composite
def _comparison(draw: st.DrawFn, key: str, field: Field) -> Json:
    op = draw(st.sampled_from(OPERATORS[field.kind]))
    made: Json = {"field": key, "op": op.value}
    value = _wanted(field)
    if op in AMONG:
        made["value"] = draw(st.lists(value, min_size=1, max_size=3))
    elif op is Op.BETWEEN:
        made["value"] = sorted((draw(value), draw(value)))
    elif op not in GIVEN:
        made["value"] = draw(value)
    return made


def _wanted(field: Field) -> st.SearchStrategy[Any]:
    if field.choices:
        return st.sampled_from(sorted(field.choices))
    return _of_kind(field.kind)


@cache
def _of_kind(kind: Kind) -> st.SearchStrategy[Any]:
    values = {Kind.NUMBER: NUMBERS, Kind.BOOLEAN: (True, False), Kind.DATE: DAYS}
    return st.sampled_from(values.get(kind, WORDS))


def _raw_answer(element: Any) -> st.SearchStrategy[Any]:
    if element.type == "ranking":
        return _places(element)
    if rows := getattr(element, "rows", ()):
        return _in_rows(tuple(row.id for row in rows))
    return _raw_answers().get(element.type, _raw_number())


@cache
def _in_rows(ids: tuple[str, ...]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries({}, optional=dict.fromkeys(ids, _raw_number()))


@cache
def _raw_number() -> st.SearchStrategy[str]:
    return st.sampled_from(("0", "1", "3", "5", "6", "007", "10", "11", " 4 ", "x", ""))


@cache
def _raw_answers() -> Mapping[str, st.SearchStrategy[Any]]:
    """By the types whose elements are all answered alike; the others take a number."""
    return {
        "single_choice": _OPTION,
        "dropdown": _OPTION,
        "multiple_choice": st.lists(_OPTION, max_size=4),
        "matrix": st.dictionaries(_OPTION, _raw_number(), max_size=3),
        "short_text": _typed(),
        "long_text": _typed(),
        "number": st.sampled_from(
            ("0", "1", "-2", "9.5", "9,25", "1e3", "10", " 7", "0.10", "x")
        ),
        "date": st.sampled_from(
            (*DAYS, "2026-02-30", "0000-01-01", "today", " 2026-03-01 ")
        ),
        "email": st.sampled_from(
            ("mara@acme.test", "mara@acme", "a b@c.d", "ü@ö.test")
        ),
        "phone": st.sampled_from(("+49 (30) 123-45", "12", "call me", "٠١٢٣٤٥")),
        "consent": st.sampled_from(("1", "on", "", "no")),
        "contact_request": st.sampled_from(("1", "true", "off")),
        "file": st.just("0199aaaa-0000-7000-8000-0123456789ab"),
        "statement": st.none(),
    }


@cache
def _typed() -> st.SearchStrategy[str]:
    # Python and browsers differ in whether these are blank; no keyboard types them.
    unlike = "\x1c\x1d\x1e\x1f\x85\ufeff"
    letters = st.characters(exclude_categories=("Cs", "Cn"), exclude_characters=unlike)
    return st.sampled_from((*WORDS, "", "  ", "a\r\nb", "😀😀😀😀😀")) | st.text(
        letters, max_size=9
    )


@st.composite
def _places(draw: st.DrawFn, element: Any) -> dict[str, str]:
    ids = [option.id for option in getattr(element, "options", ())] or list(
        OPTION_IDS[:2]
    )
    places = draw(st.permutations(range(1, len(ids) + 1)))
    given = {id_: str(place) for id_, place in zip(ids, places, strict=True)}
    if draw(st.integers(0, 3)) == 0:
        given[draw(st.sampled_from(OPTION_IDS))] = draw(st.sampled_from(("", "1", "x")))
    return given
