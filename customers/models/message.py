"""One contact with a customer, out or in."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from events.models import Delivery


class Message(models.Model):
    """Out: what we said, with its delivery where we sent it. In: what they said."""

    class Direction(models.TextChoices):
        OUT = "out", _("to the customer")
        IN = "in", _("from the customer")

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone call")
        SMS = "sms", _("Text message")
        CHAT = "chat", _("Chat")
        IN_PERSON = "in_person", _("In person")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    channel = models.CharField(max_length=20, choices=Channel.choices)
    language = models.CharField(max_length=10, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    # What the message belongs to, for example `ticket:1043`.
    thread = models.CharField(max_length=60, blank=True)
    happened_at = models.DateTimeField()
    delivery = models.OneToOneField(
        Delivery, models.SET_NULL, null=True, related_name="message"
    )
    author = models.CharField(max_length=80, blank=True)
    # As in the mail's own header, without the angle brackets; answers name it. Null
    # where it was no mail: of empty ones there could be only one.
    message_id = models.CharField(max_length=250, null=True, unique=True)  # noqa: DJ001
    in_reply_to = models.CharField(max_length=250, blank=True, default="")
    # What stands below the answer in most mails, folded away on screen.
    quoted = models.TextField(blank=True, default="")
    bounced_at = models.DateTimeField(null=True)
    bounce_reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        indexes: ClassVar = [
            # Read by the timelines of the customer and of the ticket.
            models.Index(fields=["customer", "-happened_at"], name="message_of"),
            models.Index(fields=["thread"], name="message_thread"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.channel} {self.customer_id}"
