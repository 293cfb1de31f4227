"""E-mail through the server that the settings name."""

from smtplib import SMTPException

from django.core.mail import EmailMultiAlternatives

from events.models import Delivery
from events.transports import TransportError


class EmailTransport:
    """Content: `subject`, `text`, optionally `html` and `headers`."""

    def send(self, delivery: Delivery) -> str:
        content = delivery.content
        message = EmailMultiAlternatives(
            subject=content["subject"],
            body=content["text"],
            to=[delivery.recipient],
            headers={
                "Message-ID": f"<{delivery.key}@cem>",
                **content.get("headers", {}),
            },
        )
        if content.get("html"):
            message.attach_alternative(content["html"], "text/html")
        try:
            message.send()
        except (SMTPException, OSError) as error:
            raise TransportError(str(error)) from error
        return "accepted"
