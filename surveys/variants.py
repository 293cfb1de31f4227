"""Which wording and which order a respondent gets: by the response's id, so that the
same person sees the same again, and results can tell afterwards who saw what. Pure."""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from uuid import UUID

from surveys.elements import Element, Option


def wording_of(element: Element, response_id: UUID) -> int:
    """0 is the element's own text, n its n-th further wording; each equally often."""
    return drawn_wording(element.id, 1 + len(element.wordings), response_id)


def drawn_wording(element_id: str, count: int, response_id: UUID) -> int:
    """Which of `count` wordings, from 0."""
    return int.from_bytes(_drawn(response_id, element_id), "big") % count


def order_of(ids: Iterable[str], response_id: UUID, salt: str) -> list[str]:
    """The ids shuffled; `salt` (an element's or a page's id) makes each shuffle its own."""
    return sorted(ids, key=lambda one: (_drawn(response_id, f"{salt}\0{one}"), one))


def order_around(stays: Mapping[str, bool], response_id: UUID, salt: str) -> list[str]:
    """The ids shuffled, but for those that stay where they are."""
    free = iter(order_of((i for i in stays if not stays[i]), response_id, salt))
    return [one if stays[one] else next(free) for one in stays]


def stays(option: Option) -> bool:
    """Whether a shuffle leaves the option where it is: "other" and "none" stand last."""
    return option.is_fixed or option.kind != "option"


def _drawn(response_id: UUID, salt: str) -> bytes:
    return blake2b(salt.encode(), key=response_id.bytes, digest_size=8).digest()
