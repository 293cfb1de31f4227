"""New parts of a survey as the studio adds them: complete, with good first words. Pure.

Their ids are placeholders; the studio gives each copy a new one.
"""

from typing import Any

from pydantic import TypeAdapter

from surveys.document import (
    Branch,
    Ending,
    HiddenField,
    Link,
    Page,
    Quota,
    Step,
    Variable,
)
from surveys.elements import (
    AnyElement,
    Carried,
    Option,
    Pattern,
    Row,
    Strict,
    Text,
    Wording,
)
from surveys.wording import CONTACT, FOLLOW_UP, QUESTIONS, Kind

ID = "new"
_ELEMENT: TypeAdapter[AnyElement] = TypeAdapter(AnyElement)
_POOR: Text = {"en": "Very poor", "zh-hans": "非常差"}
_EXCELLENT: Text = {"en": "Excellent", "zh-hans": "非常好"}
_CONSENT: Text = {
    "en": "I agree that my answers are used to get in touch with me.",
    "zh-hans": "我同意使用我的回答与我联系。",
}


def blanks() -> dict[str, dict[str, Any]]:
    """`elements` by type, and the other `parts` by name, as they are stored."""
    elements = [_ELEMENT.validate_python(raw) for raw in _elements()]
    return {
        "elements": {e.type: e.model_dump(mode="json") for e in elements},
        "parts": {name: part.model_dump(mode="json") for name, part in _PARTS.items()},
    }


def _elements() -> list[dict[str, Any]]:
    ends = {"low_label": _POOR, "high_label": _EXCELLENT}
    choices = {"options": [{"id": "a", "text": {}}, {"id": "b", "text": {}}]}
    rows = [{"id": "a", "text": {}}, {"id": "b", "text": {}}]
    return [
        _score(Kind.NPS),
        _score(Kind.CSAT),
        _score(Kind.CES7),
        _element("rating", **ends),
        _element("matrix", rows=rows, **ends),
        _element("single_choice", **choices),
        _element("multiple_choice", **choices),
        _element("dropdown", **choices),
        _element("ranking", **choices),
        _element("long_text", text=FOLLOW_UP),
        *map(_element, ("short_text", "number", "date", "email", "phone", "file")),
        _element("consent", text=_CONSENT),
        _element("contact_request", text=CONTACT),
        _element("statement"),
    ]


def _element(kind: str, **more: Any) -> dict[str, Any]:
    return {"id": ID, "type": kind, "text": {}, **more}


def _score(kind: Kind) -> dict[str, Any]:
    question = QUESTIONS[kind]
    return _element(
        question.metric,
        scale=question.scale,
        text=question.text,
        low_label=question.low_label,
        high_label=question.high_label,
    )


_PARTS: dict[str, Strict] = {
    "page": Page(id=ID),
    "branch": Branch(to=ID),
    "ending": Ending(id=ID),
    "link": Link(url="https://example.com/", text={}),
    "quota": Quota(id=ID, name="–", limit=100, ending=ID),
    "variable": Variable(id=ID, initial=0.0),
    "step": Step(act="add", value=1),
    "hidden_field": HiddenField(id=ID),
    "option": Option(id=ID, text={}),
    "row": Row(id=ID, text={}),
    "wording": Wording(id=ID, text={}),
    "carried": Carried(element=ID),
    "pattern": Pattern(regex="[A-Z0-9]+", message={}),
}
