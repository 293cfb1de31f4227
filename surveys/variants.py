"""Which wording and which order a respondent gets: by the response's id, so that the
same person sees the same again, and results can tell afterwards who saw what. Pure."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from uuid import UUID

from surveys.elements import Element, Option


def wording_of(element: Element, response_id: UUID) -> int:
    """0 is the element's own text, n its n-th further wording; each equally often."""
    number = int.from_bytes(_drawn(response_id, element.id), "big")
    return number % (1 + len(element.wordings))


def order_of(ids: Iterable[str], response_id: UUID, salt: str) -> list[str]:
    """The ids shuffled; `salt` (an element's or a page's id) makes each shuffle its own."""
    return sorted(ids, key=lambda one: (_drawn(response_id, f"{salt}\0{one}"), one))


def options_in_order(
    options: Sequence[Option], response_id: UUID, salt: str
) -> list[Option]:
    """Shuffled, but for those that stay where they are."""
    by_id = {option.id: option for option in options}
    free = iter(order_of((o.id for o in options if not _stays(o)), response_id, salt))
    return [o if _stays(o) else by_id[next(free)] for o in options]


def _stays(option: Option) -> bool:
    return option.is_fixed or option.kind != "option"


def _drawn(response_id: UUID, salt: str) -> bytes:
    return blake2b(salt.encode(), key=response_id.bytes, digest_size=8).digest()
