"""What a mail that came in means: for which ticket, and whether a person wrote it.

Nothing is answered by itself, so no loop can begin. A sender is only what a mail says:
one who is not the customer is heard, but moves no clock and reopens nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer, Message
from events import outbox
from events.models import Delivery
from teams.models import Notification, Team, User
from teams.notices import notify
from tickets import attachments, follow_up, mail_threads, thanks
from tickets.conversation import customer_wrote
from tickets.handover import LEFT
from tickets.mail_reading import Bounce, Mail, read_mail
from tickets.merging import where_it_went
from tickets.models import IllegalAct, InboundMail, Ticket
from tickets.unheard import take_back_contact

State = InboundMail.State
# Whole mails are kept up to here; of a larger one the beginning.
MOST_BYTES = 50 * 1024 * 1024
# More mails of one ticket in this time are a machine's, whatever they say.
MOST_IN_A_WHILE, A_WHILE = 30, timedelta(hours=1)
REASONS: Mapping[str, Promise] = {
    "no_ticket": gettext_lazy("names no ticket of ours"),
    "no_customer": gettext_lazy("the ticket has no known customer"),
    "other_address": gettext_lazy("from another address than the customer’s"),
    "forged": gettext_lazy("our mail server says that the sender is forged"),
    "ourselves": gettext_lazy("sent from our own address"),
    "flood": gettext_lazy("too many mails in an hour"),
    "unknown_letter": gettext_lazy("about a letter that we do not know"),
    "delayed": gettext_lazy("only delayed"),
    "dismissed": gettext_lazy("put aside"),
}


@dataclass(frozen=True)
class _Meaning:
    state: str
    reason: str = ""
    ticket: Ticket | None = None


@transaction.atomic
def take_in(raw: bytes, *, at: datetime) -> InboundMail | None:
    """Keep a mail and do what it asks for, once; None of one that we have already.

    Its row comes first, in the transaction of everything else: of two fetchers one
    waits for the other and then finds the mail taken. Nothing of it can be lost.
    """
    mail = read_mail(raw)
    kept = _claim(mail, raw, at=at)
    if kept is None:
        return None
    meaning = _meaning_of(mail, kept, at=at)
    kept.state, kept.reason = meaning.state, meaning.reason[:300]
    kept.ticket = meaning.ticket
    if meaning.state == State.MATCHED and meaning.ticket is not None:
        _attach(kept, mail, meaning.ticket, is_theirs=not meaning.reason, at=at)
    elif meaning.state == State.BOUNCE and mail.bounce is not None:
        _note_bounce(kept, mail.bounce, at=at)
    elif meaning.state == State.UNMATCHED:
        _tell_leads(at=at)
    kept.save(update_fields=["state", "reason", "ticket", "message"])
    return kept


@transaction.atomic
def attach_to(kept: InboundMail, ticket: Ticket, *, by: User, at: datetime) -> Ticket:
    """A colleague says where a mail belongs; the ticket that it ended in.

    Raises IllegalAct for a mail that somebody attached meanwhile.
    """
    kept = _hold(kept)
    if ticket.customer is None:
        raise IllegalAct(_("Nobody knows the customer of this ticket."))
    mail = read_mail(bytes(kept.raw))
    kept.state, kept.reason = State.MATCHED, ""
    going_on = _attach(kept, mail, ticket, is_theirs=True, at=at)
    kept.save(update_fields=["state", "reason", "ticket", "message"])
    going_on.record("ticket.mail_attached", by=by, at=at, mail=kept.pk)
    return going_on


@transaction.atomic
def dismiss(kept: InboundMail, *, by: User, at: datetime) -> None:
    """It belongs to no ticket, says a colleague; it stays kept. Raises IllegalAct."""
    kept = _hold(kept)
    kept.state, kept.reason = State.REFUSED, "dismissed"
    kept.save(update_fields=["state", "reason"])
    outbox.record(
        "mail.dismissed", subject=("mail", kept.pk), at=at, actor=by.email[:80]
    )


def reason_words(kept: InboundMail) -> str:
    """For people; of a machine's mail the header that gave it away."""
    return str(REASONS.get(kept.reason, kept.reason))


def customers_of(senders: Sequence[str]) -> dict[str, list[Customer]]:
    """Those who have such an address, by it."""
    found: dict[str, list[Customer]] = {sender: [] for sender in senders}
    wanted = Q(pk__in=())
    for sender in found:
        wanted |= Q(email__iexact=sender)
    for customer in Customer.objects.filter(wanted).select_related("account"):
        found[customer.email.lower()].append(customer)
    return found


def _hold(kept: InboundMail) -> InboundMail:
    held = InboundMail.objects.select_for_update().get(pk=kept.pk)
    if held.state != State.UNMATCHED:
        raise IllegalAct(_("A colleague has seen to this mail meanwhile."))
    return held


def _claim(mail: Mail, raw: bytes, *, at: datetime) -> InboundMail | None:
    """The new row; None where this very mail has one.

    Some programs give every mail the same id: another mail under a known id is kept
    under an id of its own.
    """
    own = f"{mail.message_id[:200]}#{mail.fingerprint[:32]}"
    for header_id in (mail.message_id[:250], own):
        kept, is_new = InboundMail.objects.get_or_create(
            header_id=header_id,
            defaults={
                "received_at": at,
                "sender": mail.sender,
                "recipient": next(iter(mail.recipients), "")[:320],
                "subject": mail.subject,
                "raw": raw[:MOST_BYTES],
            },
        )
        if is_new:
            return kept
        if read_mail(bytes(kept.raw)).fingerprint == mail.fingerprint:
            return None
    return None


def _meaning_of(mail: Mail, kept: InboundMail, *, at: datetime) -> _Meaning:
    ticket = _find_ticket(mail)
    if mail_threads.is_our_own(mail.sender):
        return _Meaning(State.REFUSED, "ourselves", ticket)
    if settings.MAIL_AUTHSERV_ID and settings.MAIL_AUTHSERV_ID in mail.fails_check:
        return _Meaning(State.REFUSED, "forged", ticket)
    if mail.bounce is not None:
        return _Meaning(State.BOUNCE, mail.bounce.reason, ticket)
    if mail.automatic:
        return _Meaning(State.AUTO_REPLY, mail.automatic, ticket)
    if ticket is None:
        return _Meaning(State.UNMATCHED, "no_ticket")
    if ticket.customer is None:
        return _Meaning(State.UNMATCHED, "no_customer", ticket)
    if _is_flood(ticket, kept, at=at):
        return _Meaning(State.AUTO_REPLY, "flood", ticket)
    theirs = ticket.customer.email.lower() == mail.sender
    return _Meaning(State.MATCHED, "" if theirs else "other_address", ticket)


def _find_ticket(mail: Mail) -> Ticket | None:
    """By the address that we signed, else by the mail that it answers.

    Never by what the subject says: anybody can write a number.
    """
    numbers = (mail_threads.number_in(address) for address in mail.recipients)
    number = next((number for number in numbers if number), None)
    if number is None:
        number = _number_by_ids(mail.references)
    if number is None:
        return None
    found = Ticket.objects.select_related("customer", "team", "assignee")
    ticket = found.filter(number=number).first()
    return where_it_went(ticket) if ticket else None


def _number_by_ids(ids: Sequence[str]) -> int | None:
    """Of the nearest mail in the thread that is a message of a ticket."""
    by_id = {
        message.message_id or "": message
        for message in Message.objects.filter(
            message_id__in=ids, thread__startswith="ticket:"
        )
    }
    for name in ids:
        message = by_id.get(name) or _message_by_key(name)
        if message is not None and message.thread.startswith("ticket:"):
            return int(message.thread.removeprefix("ticket:"))
    return None


def _message_by_key(message_id: str) -> Message | None:
    """Letters without an id of their own are named by their delivery's key."""
    key, _at, domain = message_id.rpartition("@")
    if domain != "cem" or not key:
        return None
    return Message.objects.filter(delivery__key=key).first()


def _is_flood(ticket: Ticket, kept: InboundMail, *, at: datetime) -> bool:
    lately = InboundMail.objects.filter(ticket=ticket, received_at__gt=at - A_WHILE)
    return lately.exclude(pk=kept.pk).count() >= MOST_IN_A_WHILE


def _attach(
    kept: InboundMail, mail: Mail, ticket: Ticket, *, is_theirs: bool, at: datetime
) -> Ticket:
    """The ticket that goes on with it: a resolved one is taken up again, but for
    nothing but thanks."""
    ticket.hold()
    message = _message_of(mail, ticket, at=at)
    going_on, only_thanks = ticket, is_theirs and _only_thanks(mail, ticket)
    if only_thanks:
        ticket.record("ticket.thanked", by=None, at=at, message=message.pk)
    elif is_theirs:
        going_on = follow_up.take_up_again(ticket, message, at=at)
        _see_to_owner(going_on, at=at)
        customer_wrote(going_on, message, at)
    else:
        ticket.record("ticket.other_wrote", by=None, at=at, sender=mail.sender)
    _keep_files(going_on, message, mail, at=at)
    kept.ticket, kept.message = going_on, message
    theirs = "ticket_thanked" if only_thanks else "ticket_mail"
    notify(
        going_on.assignee_id,
        theirs if is_theirs else "ticket_mail_other",
        at=at,
        url=going_on.get_absolute_url(),
        number=going_on.number,
        subject=going_on.subject,
        sender=mail.sender,
    )
    return going_on


def _only_thanks(mail: Mail, ticket: Ticket) -> bool:
    """Nothing that would take a resolved case up again; in doubt there is."""
    if not ticket.is_resolved or mail.files or not thanks.is_reply(mail.subject):
        return False
    names = [str(ticket.customer or ""), str(ticket.assignee)]
    return thanks.is_only_thanks(mail.text, names=names)


def _message_of(mail: Mail, ticket: Ticket, *, at: datetime) -> Message:
    assert ticket.customer is not None
    taken = Message.objects.filter(message_id=mail.message_id[:250]).exists()
    return Message.objects.create(
        customer=ticket.customer,
        direction=Message.Direction.IN,
        channel=Message.Channel.EMAIL,
        subject=mail.subject[:200],
        text=mail.text,
        quoted=mail.quoted,
        thread=ticket.thread,
        happened_at=at,
        author=mail.sender[:80],
        message_id=None if taken else mail.message_id[:250],
        in_reply_to=next(iter(mail.references), "")[:250],
    )


def _see_to_owner(ticket: Ticket, *, at: datetime) -> None:
    """Not to somebody who does not work here any more."""
    if ticket.assignee.is_active:
        return
    before, to = ticket.assignee_id, follow_up.owner_of(ticket, at=at)
    if to != before:
        ticket.assignee_id = to
        ticket.save(update_fields=["assignee"])
        ticket.record(
            "ticket.assigned", by=None, at=at, before=before, to=to, reason=LEFT
        )


def _keep_files(ticket: Ticket, message: Message, mail: Mail, *, at: datetime) -> None:
    """A file that is not kept never costs the words: it stays in the raw mail."""
    for number, file in enumerate(mail.files):
        upload = SimpleUploadedFile(file.name or _("file"), file.content)
        try:
            if number >= attachments.MOST_FILES:
                raise attachments.RefusedFile(file.name)
            attachments.keep(ticket, upload, message=message, by=None, at=at)
        except attachments.RefusedFile:
            ticket.record("ticket.file_refused", by=None, at=at, file=file.name[:200])


def _note_bounce(kept: InboundMail, bounce: Bounce, *, at: datetime) -> None:
    """The letter is marked and its writer told; the next one is sent all the same."""
    message = _letter_of(kept, bounce)
    if message is None:
        kept.reason = kept.reason or "unknown_letter"
        return
    if kept.ticket is None and message.thread.startswith("ticket:"):
        number = int(message.thread.removeprefix("ticket:"))
        kept.ticket = Ticket.objects.filter(number=number).first()
    if not bounce.is_final:
        kept.reason = "delayed"
        return
    message.bounced_at, message.bounce_reason = at, bounce.reason[:300]
    message.save(update_fields=["bounced_at", "bounce_reason"])
    if kept.ticket is not None:
        kept.ticket.record("ticket.reply_bounced", by=None, at=at, message=message.pk)
        tell_undelivered(kept.ticket, message, "ticket_mail_bounced", at=at)


def _letter_of(kept: InboundMail, bounce: Bounce) -> Message | None:
    ours = Message.objects.filter(direction=Message.Direction.OUT)
    named = (
        ours.filter(message_id=bounce.message_id).first() if bounce.message_id else None
    )
    named = named or _message_by_key(bounce.message_id)
    if named is not None or kept.ticket is None:
        return named
    # The address that we signed brought it here: it is about the last letter.
    sent = ours.filter(thread=kept.ticket.thread, delivery__state=Delivery.State.SENT)
    return sent.order_by("-happened_at", "-pk").first()


def tell_undelivered(
    ticket: Ticket, message: Message, kind: str, *, at: datetime
) -> None:
    """The owner, and who wrote it; where it was the only contact, that is undone."""
    if take_back_contact(ticket, at=at):
        kind = "ticket_contact_taken_back"
    tell = partial(
        notify,
        kind=kind,
        at=at,
        url=ticket.get_absolute_url(),
        number=ticket.number,
        subject=ticket.subject,
    )
    writers = User.objects.filter(email=message.author, is_active=True)
    people = {ticket.assignee_id, *writers.values_list("pk", flat=True)}
    for person in sorted(people):
        tell(person)


def _tell_leads(*, at: datetime) -> None:
    """Once until they have looked: many stray mails are one piece of news."""
    leads = Team.objects.filter(lead__is_active=True).values_list("lead", flat=True)
    told = Notification.objects.unread().filter(kind="mail_unmatched", user__in=leads)
    for lead in sorted(set(leads) - set(told.values_list("user", flat=True))):
        notify(lead, "mail_unmatched", at=at, url="/tickets/mail/")
