"""The audit trail: who saw, changed, sent and approved what. Events are its lines,
and the database itself refuses to change or delete one."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import QuerySet

from events.models import Event
from events.outbox import event_for

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

CHUNK = 2_000


def note(
    name: str,
    *,
    subject: tuple[str, object],
    by: str,
    at: datetime,
    payload: Mapping[str, Any] | None = None,
) -> None:
    """Somebody saw or took something away: `ticket.seen`, `answers.exported`.

    Nothing has to react to it, so it is dispatched from the start.
    """
    event = event_for(
        name, subject=subject, at=at, actor=by[:80], payload=dict(payload or {})
    )
    event.dispatched_at = at
    event.save(force_insert=True)


def entries(events: QuerySet[Event]) -> Iterator[dict[str, Any]]:
    """Events as lines of the trail, the oldest first."""
    for event in events.order_by("pk").iterator(chunk_size=CHUNK):
        yield {
            "id": event.pk,
            "name": event.name,
            "subject": f"{event.subject_type}:{event.subject_id}",
            "actor": event.actor,
            "occurred_at": event.occurred_at.isoformat(),
            "recorded_at": event.recorded_at.isoformat(),
            "payload": event.payload,
        }


@cache
def signing_key() -> "Ed25519PrivateKey":
    """The installation's own, drawn from its secret key; another secret key, another
    signing key."""
    # Only whoever takes the trail away needs what signs it: 6 MB.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    seed = HKDF(SHA256(), length=32, salt=None, info=b"cem.events.audit").derive(
        settings.SECRET_KEY.encode()
    )
    return Ed25519PrivateKey.from_private_bytes(seed)
