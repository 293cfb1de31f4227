"""What a routing rule may ask of an answer, in the shared condition language."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.conditions import Field, Fields, Kind
from surveys.models import Response

CHANNELS = {channel.value: channel.label for channel in Response.Channel}
SENTIMENTS = {
    "positive": _("positive"),
    "neutral": _("neutral"),
    "negative": _("negative"),
}


@dataclass(frozen=True)
class RuleField:
    """`read` takes the value from an answer; `column` is where SQL finds the same."""

    field: Field
    read: Callable[[Response], Any]
    column: str = ""


def _number(label: object, name: str) -> RuleField:
    return RuleField(Field(Kind.NUMBER, label), _attribute(name), name)


def _text(label: object, name: str) -> RuleField:
    return RuleField(Field(Kind.TEXT, label), _attribute(name))


def _attribute(name: str) -> Callable[[Response], Any]:
    return lambda response: getattr(response, name)


CATALOGUE: Mapping[str, RuleField] = {
    "nps": _number(_("NPS answer"), "nps"),
    "csat": _number(_("CSAT answer"), "csat"),
    "ces": _number(_("CES answer"), "ces"),
    "ces_scale": _number(_("highest value of the CES scale"), "ces_scale"),
    "wants_contact": RuleField(
        Field(Kind.BOOLEAN, _("asks to be contacted")),
        _attribute("wants_contact"),
        "wants_contact",
    ),
    "comment": _text(_("comment"), "comment"),
    "sentiment": RuleField(
        Field(Kind.CHOICE, _("tone of the comment"), SENTIMENTS),
        _attribute("sentiment_label"),
    ),
    "topics": RuleField(
        Field(Kind.LIST, _("topics of the comment")), _attribute("topics")
    ),
    "tier": _text(_("tier"), "tier"),
    "region": _text(_("region"), "region"),
    "product_line": _text(_("product line"), "product_line"),
    "touchpoint": RuleField(
        Field(Kind.TEXT, _("touchpoint")), lambda response: response.touchpoint.key
    ),
    "channel": RuleField(
        Field(Kind.CHOICE, _("channel of the answer"), CHANNELS),
        _attribute("channel"),
    ),
    "locale": _text(_("language of the answer"), "locale"),
    "is_identified": RuleField(
        Field(Kind.BOOLEAN, _("customer is known")),
        lambda response: response.customer_id is not None,
    ),
}
FIELDS: Fields = {key: entry.field for key, entry in CATALOGUE.items()}


def values_of(response: Response, keys: Iterable[str]) -> dict[str, Any]:
    """The values of these fields for this answer."""
    return {key: CATALOGUE[key].read(response) for key in keys}
