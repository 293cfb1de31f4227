"""What people write to a customer."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Message
from surveys.elements import LANGUAGES
from surveys.invitations import language_for
from surveys.pages import NAMES
from teams.models import User
from tickets import attachments
from tickets.forms import ActForm
from tickets.models import Ticket
from tickets.replies import Words

LONGEST_LETTER = 20_000
# What mail programs put before the subject of an answer, one or several times.
_REPLIED = re.compile(r"^\s*(?:(?:re|aw|sv|回复|回覆|答复)\s*[:：]\s*)+", re.IGNORECASE)


class _ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; `cleaned_data` holds a list."""

    widget = _ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[attachments.File]:
        given: Sequence[Any] = data if isinstance(data, list | tuple) else [data]
        files = [super(FilesField, self).clean(one, initial) for one in given if one]
        try:
            attachments.check_all(files)
        except attachments.RefusedFile as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return files


class ReplyForm(ActForm):
    preview = "tickets:reply_preview"

    subject = forms.CharField(label=_("Subject"), max_length=200)
    text = forms.CharField(
        label=_("Message to the customer"),
        max_length=LONGEST_LETTER,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
    )
    language = forms.ChoiceField(
        label=_("Language of the message"),
        choices=[(code, NAMES[code]) for code in LANGUAGES],
    )
    attached = FilesField(
        label=_("Files"),
        required=False,
        help_text=_(
            "Pictures, PDF, text and office files: %(one)d MB each, %(all)d MB together."
        ),
    )

    def offer(self, ticket: Ticket, user: User) -> None:
        self.fields["attached"].help_text = str(self.fields["attached"].help_text) % {
            "one": attachments.MOST_MB,
            "all": attachments.MOST_MB_TOGETHER,
        }
        if ticket.customer is None:
            return
        language = language_for(ticket.customer)
        self.fields["language"].initial = language
        last = _last_mail(ticket)
        self.fields["subject"].initial = _subject(ticket, last, language)
        self.fields["text"].help_text = _way(ticket, last)

    def clean(self) -> dict[str, Any]:
        """What `replies.reply` takes."""
        given = super().clean() or self.cleaned_data
        if self.errors:
            return given
        words = Words(given["subject"], given["text"], given["language"])
        return {"words": words, "files": given["attached"]}


def _last_mail(ticket: Ticket) -> Message | None:
    mails = Message.objects.filter(
        thread=ticket.thread, channel=Message.Channel.EMAIL
    ).exclude(subject="")
    return mails.order_by("-happened_at", "-pk").first()


def _subject(ticket: Ticket, last: Message | None, language: str) -> str:
    if last is not None:
        return f"Re: {_REPLIED.sub('', last.subject)}"[:200]
    with translation.override(language):
        return gettext("Your feedback: %(touchpoint)s") % {
            "touchpoint": ticket.touchpoint
        }


def _way(ticket: Ticket, last: Message | None) -> str:
    """To whom it goes, and whether the last letter came back."""
    assert ticket.customer is not None
    words = {"address": ticket.customer.email}
    if last is not None and last.bounced_at:
        return (
            gettext("Goes to %(address)s. Your last message came back from there.")
            % words
        )
    return gettext("Goes to %(address)s.") % words
