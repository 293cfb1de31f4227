"""E-mail through the server that the settings name."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from email.encoders import encode_base64
from email.mime.base import MIMEBase
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from events.models import Delivery
from events.transports import Outcome, TransportError
from integrations.email.letter import (
    File,
    envelope,
    letter_bytes,
    message_id_of,
    sender_of,
)
from integrations.email.smtp import Letter, Session

SMTP = "django.core.mail.backends.smtp.EmailBackend"


class EmailTransport:
    """Content: `subject`, `text`; optionally `sender_name` (beside our address; ours
    without it), `html`, `headers`, `bounces_to` (an address) and `files` (`key`, `name` and `content_type` of each; `content_id` of a
    picture within the HTML)."""

    def send_all(self, deliveries: Sequence[Delivery]) -> Iterator[Outcome]:
        if settings.EMAIL_BACKEND == SMTP:
            return _over_one_connection(deliveries)
        return map(_over_django, deliveries)


def _over_one_connection(deliveries: Sequence[Delivery]) -> Iterator[Outcome]:
    built = [_built(delivery) for delivery in deliveries]
    letters = [letter for letter in built if isinstance(letter, Letter)]
    with closing(Session()) as session:
        outcomes = session.send_all(letters)
        for letter in built:
            yield next(outcomes) if isinstance(letter, Letter) else letter


def _built(delivery: Delivery) -> Letter | TransportError:
    """One that cannot be built must not hold up the others."""
    content = delivery.content
    sender = sender_of(settings.DEFAULT_FROM_EMAIL, content.get("sender_name"))
    if "@" not in delivery.recipient:
        return TransportError(f"{delivery.recipient!r} is no address.")
    try:
        return Letter(
            envelope(content.get("bounces_to") or sender),
            envelope(delivery.recipient),
            letter_bytes(delivery, sender=sender, files=_files(delivery)),
        )
    except (AttributeError, KeyError, TypeError, ValueError, OSError) as error:
        return TransportError(f"{type(error).__name__}: {error}")


def _files(delivery: Delivery) -> list[tuple[File, bytes]]:
    return [(about, _read(about)) for about in delivery.content.get("files", ())]


def _read(about: Mapping[str, str]) -> bytes:
    # An id and nothing else: whoever writes a delivery cannot name any file.
    return (Path(settings.ATTACHMENTS_DIR) / str(UUID(about["key"]))).read_bytes()


def _attached(about: Mapping[str, str], held: bytes) -> MIMEBase:
    part = MIMEBase(*about["content_type"].split("/", 1))
    part.set_payload(held)
    encode_base64(part)
    content_id = about.get("content_id")
    if content_id:
        part["Content-ID"] = f"<{content_id}>"
    part.add_header(
        "Content-Disposition",
        "inline" if content_id else "attachment",
        filename=("utf-8", "", about["name"]),
    )
    return part


def _over_django(delivery: Delivery) -> Outcome:
    """For servers that are reached in other ways, and for letters kept as files."""
    content = delivery.content
    try:
        message = EmailMultiAlternatives(
            subject=content["subject"],
            body=content["text"],
            from_email=sender_of(
                settings.DEFAULT_FROM_EMAIL, content.get("sender_name")
            ),
            to=[delivery.recipient],
            headers={
                **content.get("headers", {}),
                "Message-ID": message_id_of(delivery),
            },
        )
        if content.get("html"):
            message.attach_alternative(content["html"], "text/html")
        for about, held in _files(delivery):
            message.attach(_attached(about, held))
        message.send()
    except (AttributeError, KeyError, TypeError, ValueError, OSError) as error:
        return TransportError(f"{type(error).__name__}: {error}")
    return "accepted"
