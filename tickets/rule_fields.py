"""What a routing rule may ask of an answer, in the shared condition language."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.conditions import Field, Fields, Kind
from journeys.models import Touchpoint
from surveys.comments import TOPICS
from surveys.models import Response

CHANNELS = {channel.value: channel.label for channel in Response.Channel}
SENTIMENTS = {
    "positive": _("positive"),
    "neutral": _("neutral"),
    "negative": _("negative"),
}
TOPIC_LABELS = {key: _(label) for key, label in TOPICS.items()}
PLACES = {channel.value: channel.label for channel in Touchpoint.Channel}

SCORES, COMMENT = _("Answer"), _("Comment")
CUSTOMER, ACCOUNT = _("Customer"), _("Company")
TOUCHPOINT, HISTORY = _("Touchpoint"), _("History of the customer")


@dataclass(frozen=True)
class RuleField:
    """`read` takes the value from an answer; `column` is where SQL finds the same.

    What is read from the history stands in `tickets.rule_facts`.
    """

    field: Field
    group: Promise
    read: Callable[[Response], Any]
    column: str = ""


def _score(label: object, name: str, least: int, most: int) -> RuleField:
    field = Field(Kind.NUMBER, label, least=least, most=most)
    return RuleField(field, SCORES, _attribute(name), name)


def _text(label: object, group: Promise, name: str) -> RuleField:
    return RuleField(Field(Kind.TEXT, label), group, _attribute(name))


def _history(label: object) -> RuleField:
    return RuleField(Field(Kind.NUMBER, label), HISTORY, lambda response: None)


def _attribute(name: str) -> Callable[[Response], Any]:
    return lambda response: getattr(response, name)


def _of_customer(name: str) -> Callable[[Response], Any]:
    return lambda response: (
        getattr(response.customer, name) if response.customer else None
    )


def _of_account(name: str) -> Callable[[Response], Any]:
    def read(response: Response) -> Any:
        account = response.customer.account if response.customer else None
        return getattr(account, name) if account else None

    return read


def _of_touchpoint(name: str) -> Callable[[Response], Any]:
    return lambda response: getattr(response.touchpoint, name)


CATALOGUE: Mapping[str, RuleField] = {
    "nps": _score(_("NPS answer"), "nps", 0, 10),
    "csat": _score(_("CSAT answer"), "csat", 1, 5),
    "ces": _score(_("CES answer"), "ces", 1, 7),
    "ces_scale": _score(_("highest value of the CES scale"), "ces_scale", 5, 7),
    "wants_contact": RuleField(
        Field(Kind.BOOLEAN, _("asks to be contacted")),
        SCORES,
        _attribute("wants_contact"),
        "wants_contact",
    ),
    "channel": RuleField(
        Field(Kind.CHOICE, _("channel of the answer"), CHANNELS),
        SCORES,
        _attribute("channel"),
    ),
    "locale": _text(_("language of the answer"), SCORES, "locale"),
    "comment": _text(_("comment"), COMMENT, "comment"),
    "sentiment": RuleField(
        Field(Kind.CHOICE, _("tone of the comment"), SENTIMENTS),
        COMMENT,
        _attribute("sentiment_label"),
    ),
    "topics": RuleField(
        Field(Kind.LIST, _("topics of the comment"), TOPIC_LABELS),
        COMMENT,
        _attribute("topics"),
    ),
    "is_identified": RuleField(
        Field(Kind.BOOLEAN, _("customer is known")),
        CUSTOMER,
        lambda response: response.customer_id is not None,
    ),
    "tier": _text(_("tier"), CUSTOMER, "tier"),
    "region": _text(_("region"), CUSTOMER, "region"),
    "product_line": _text(_("product line"), CUSTOMER, "product_line"),
    "customer_language": RuleField(
        Field(Kind.TEXT, _("language of the customer")),
        CUSTOMER,
        _of_customer("locale"),
    ),
    "account": RuleField(
        Field(Kind.TEXT, _("name of the company")), ACCOUNT, _of_account("name")
    ),
    "account_tier": RuleField(
        Field(Kind.TEXT, _("tier of the company")), ACCOUNT, _of_account("tier")
    ),
    "account_region": RuleField(
        Field(Kind.TEXT, _("region of the company")), ACCOUNT, _of_account("region")
    ),
    "has_account_owner": RuleField(
        Field(Kind.BOOLEAN, _("company has an account manager")),
        ACCOUNT,
        lambda response: _of_account("owner_id")(response) is not None,
    ),
    "touchpoint": RuleField(
        Field(Kind.TEXT, _("touchpoint")), TOUCHPOINT, _of_touchpoint("key")
    ),
    "touchpoint_channel": RuleField(
        Field(Kind.CHOICE, _("channel of the touchpoint"), PLACES),
        TOUCHPOINT,
        _of_touchpoint("channel"),
    ),
    "is_moment_of_truth": RuleField(
        Field(Kind.BOOLEAN, _("touchpoint is a moment of truth")),
        TOUCHPOINT,
        _of_touchpoint("is_moment_of_truth"),
    ),
    "low_in_90_days": _history(_("low answers in 90 days (with this one)")),
    "open_tickets": _history(_("open tickets of the customer")),
    "days_since_ticket": _history(_("days since the customer’s last ticket")),
}
FIELDS: Fields = {key: entry.field for key, entry in CATALOGUE.items()}
HISTORY_KEYS = frozenset(
    key for key, entry in CATALOGUE.items() if entry.group is HISTORY
)


def values_of(
    response: Response, keys: Iterable[str], history: Mapping[str, Any]
) -> dict[str, Any]:
    """The values of these fields for this answer; `history` has those of its past."""
    return {
        key: history.get(key) if key in HISTORY_KEYS else CATALOGUE[key].read(response)
        for key in keys
    }


def offered_fields(touchpoints: Iterable[Touchpoint]) -> Fields:
    """The fields as an editor offers them: touchpoints are chosen by name."""
    names: dict[str, object] = {spot.key: spot.name for spot in touchpoints}
    return {**FIELDS, "touchpoint": replace(FIELDS["touchpoint"], choices=names)}
