"""What the starting surveys are put together from.

`words` are a text in English and in Chinese. Elements, pages and endings are plain
JSON, which `read_document` checks when `survey` puts them together.
"""

from collections.abc import Sequence
from typing import Any

from surveys.document import Document, bounds_of, read_document
from surveys.elements import Text

Json = dict[str, Any]
Words = tuple[str, str]


def text(words: Words) -> Text:
    return {"en": words[0], "zh-hans": words[1]}


def survey(title: Words, pages: Sequence[Json], endings: Sequence[Json]) -> Document:
    return read_document(
        {
            "schema_version": 2,
            "title": text(title),
            "pages": list(pages),
            "endings": list(endings),
        }
    )


def page(key: str, *elements: Json, shown_if: Json | None = None) -> Json:
    return {"id": key, "elements": list(elements), "shown_if": shown_if or {}}


def element(kind: str, key: str, words: Words, **more: object) -> Json:
    return {"id": key, "type": kind, "text": text(words), **more}


def scale(
    kind: str, key: str, words: Words, *, most: int, ends: tuple[Words, Words]
) -> Json:
    """A question on a scale with both of its ends in words."""
    low, high = ends
    return element(
        kind, key, words, scale=most, low_label=text(low), high_label=text(high)
    )


def nps(words: Words) -> Json:
    ends = (("Not at all likely", "完全不可能"), ("Extremely likely", "非常可能"))
    return scale("nps", "score", words, most=10, ends=ends)


def csat(words: Words) -> Json:
    return scale("csat", "score", words, most=5, ends=SATISFACTION)


def ces(words: Words) -> Json:
    return scale("ces", "score", words, most=7, ends=AGREEMENT)


def matrix(
    key: str,
    words: Words,
    rows: Sequence[tuple[str, Words]],
    *,
    most: int,
    ends: tuple[Words, Words],
) -> Json:
    parts = [{"id": row, "text": text(said)} for row, said in rows]
    return scale("matrix", key, words, most=most, ends=ends) | {"rows": parts}


def choice(
    kind: str, key: str, words: Words, options: Sequence[tuple[str, Words]]
) -> Json:
    """In random order but for "other", which stays last and takes words of its own."""
    listed: list[Json] = [{"id": o, "text": text(said)} for o, said in options]
    listed.append(
        {"id": "other", "text": text(OTHER), "kind": "other", "is_fixed": True}
    )
    return element(kind, key, words, options=listed, order="random")


def why(metric: str, most: int, low: Words, middle: Words, high: Words) -> list[Json]:
    """The reason for the score, asked of each score group in its own words."""
    return [
        element(
            "long_text", f"why_{group}", words, shown_if=scored(group, metric, most)
        )
        for group, words in (("low", low), ("middle", middle), ("high", high))
    ]


def contact_unless_low(metric: str, most: int) -> Json:
    """Those who scored low are offered a call at the end instead."""
    return element(
        "contact_request",
        "contact",
        ("Please contact me about my answer", "请就我的回答与我联系"),
        shown_if={"not": scored("low", metric, most)},
    )


def scored(group: str, metric: str, most: int) -> Json:
    """The condition that the leading score lies in this group: low, middle or high."""
    low, high = bounds_of(metric, most)
    if group == "low":
        return {"field": "score", "op": "lte", "value": low}
    if group == "high":
        return {"field": "score", "op": "gte", "value": high}
    return {"field": "score", "op": "between", "value": [low + 1, high - 1]}


def endings(promoter: Words, passive: Words, sorry: Words) -> list[Json]:
    """One for each score group; the last says sorry, gives a promise, offers a call."""
    promised = tuple(a + b for a, b in zip(sorry, PROMISE, strict=True))
    return [
        _ending("promoter", ("Thank you!", "谢谢您！"), promoter),
        _ending("passive", ("Thank you", "谢谢您"), passive),
        _ending("detractor", ("We are sorry", "非常抱歉"), (promised[0], promised[1]))
        | {"offers_call": True},
    ]


def _ending(group: str, title: Words, words: Words) -> Json:
    return {"id": group, "group": group, "title": text(title), "text": text(words)}


PROMISE: Words = (
    " Somebody will look into it and get back to you within"
    " {{ promise | a few days }}.",
    "我们会派专人了解情况，并在{{ promise | 几天 }}内给您答复。",
)
OTHER: Words = ("Something else", "其他")
SATISFACTION: tuple[Words, Words] = (
    ("Very dissatisfied", "非常不满意"),
    ("Very satisfied", "非常满意"),
)
AGREEMENT: tuple[Words, Words] = (
    ("Strongly disagree", "非常不同意"),
    ("Strongly agree", "非常同意"),
)
GOOD: tuple[Words, Words] = (("Very poor", "很差"), ("Excellent", "很好"))
