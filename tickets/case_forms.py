"""What people enter on one ticket beside the acts that move it on."""

from typing import Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Message
from surveys.models import Response
from teams.access import can
from teams.models import Team, User
from teams.roles import Ability
from tickets import macros
from tickets.description import LONGEST_TAG, MOST_TAGS, known_tags, tidied
from tickets.forms import ActForm, NoteForm
from tickets.mail_forms import FilesField
from tickets.models import Macro, Note, Rule, Ticket, TicketLink
from tickets.models.pause import Pause
from tickets.splitting import Part


class DescriptionForm(ActForm):
    problem_type = forms.CharField(
        label=_("Problem type"), max_length=60, required=False
    )
    tags = forms.CharField(
        label=_("Tags"),
        help_text=_("With commas between them."),
        max_length=1_000,
        required=False,
    )

    def offer(self, ticket: Ticket, user: User) -> None:
        self.fields["problem_type"].initial = ticket.problem_type
        self.fields["tags"].initial = ", ".join(ticket.tags)
        known = ", ".join(known_tags()[:12])
        if known:
            self.fields["tags"].help_text = gettext(
                "With commas between them. Known: %(tags)s"
            ) % {"tags": known}

    def clean_tags(self) -> list[str]:
        return tags_of(self.cleaned_data["tags"])


class NoteWithFilesForm(NoteForm):
    files = FilesField(label=_("Files"), required=False)  # type: ignore[assignment]


class LinkForm(forms.Form):
    q = forms.CharField(label=_("Number, customer or words"), max_length=100)
    kind = forms.ChoiceField(
        label=_("How they belong together"),
        choices=[
            (TicketLink.Kind.RELATED, _("The other one is related")),
            (TicketLink.Kind.DUPLICATE, _("This one is a duplicate of the other")),
        ],
    )


class SplitForm(forms.Form):
    """`part` is what was chosen."""

    subject = forms.CharField(label=_("Subject of the new ticket"), max_length=200)
    answers = forms.ModelMultipleChoiceField(
        Response.objects.none(), label=_("Answers"), required=False
    )
    messages = forms.ModelMultipleChoiceField(
        Message.objects.none(), label=_("Messages"), required=False
    )
    notes = forms.ModelMultipleChoiceField(
        Note.objects.none(), label=_("Notes"), required=False
    )

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].initial = ticket.subject
        attached = Response.objects.filter(ticket_answer__ticket=ticket)
        choices = {
            "answers": attached.exclude(pk=ticket.response_id).order_by("submitted_at"),
            "messages": Message.objects.filter(thread=ticket.thread).order_by(
                "happened_at"
            ),
            "notes": ticket.notes.select_related("author").order_by("created_at"),
        }
        for name, rows in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelMultipleChoiceField)
            field.queryset = rows

    @property
    def part(self) -> Part:
        given = self.cleaned_data
        return Part(
            list(given["answers"]), list(given["messages"]), list(given["notes"])
        )


class MacroForm(forms.ModelForm[Macro]):
    priority = forms.ChoiceField(
        label=_("Priority afterwards"),
        required=False,
        choices=[("", _("as it is")), *Rule.Priority.choices],
    )
    pause = forms.ChoiceField(
        label=_("The clocks afterwards"),
        required=False,
        choices=[
            ("", _("go on")),
            *(
                (reason.value, reason.label)
                for reason in (Pause.Reason.CUSTOMER, Pause.Reason.SUPPLIER)
            ),
        ],
    )
    tags = forms.CharField(
        label=_("Tags to add"),
        help_text=_("With commas between them."),
        max_length=400,
        required=False,
    )

    class Meta:
        model = Macro
        fields = (
            "name",
            "team",
            "subject_en",
            "text_en",
            "subject_zh",
            "text_zh",
            "is_active",
        )
        labels: ClassVar = {"is_active": _("Offered on tickets")}
        widgets: ClassVar = {
            "text_en": forms.Textarea(attrs={"rows": 5, "lang": "en"}),
            "text_zh": forms.Textarea(attrs={"rows": 5, "lang": "zh-Hans"}),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acts = self.instance.acts
        for name in ("priority", "pause"):
            self.fields[name].initial = acts.get(name, "")
        self.fields["tags"].initial = ", ".join(acts.get("tags", ()))
        field = cast("forms.ModelChoiceField[Team]", self.fields["team"])
        field.queryset = Team.objects.order_by("name")
        field.empty_label = gettext("Everybody")
        if not can(user, Ability.EDIT_RULES):
            field.queryset = Team.objects.filter(lead=user).order_by("name")
            field.required, field.empty_label = True, None

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for name in ("subject_en", "text_en", "subject_zh", "text_zh"):
            try:
                macros.check(given.get(name, ""))
            except macros.UnknownPlaceholder as unknown:
                self.add_error(name, str(unknown))
        acts = {name: given.get(name) for name in ("priority", "pause", "tags")}
        self.instance.acts = {name: value for name, value in acts.items() if value}
        return given

    def clean_tags(self) -> list[str]:
        return tags_of(self.cleaned_data["tags"])


def tags_of(text: str) -> list[str]:
    """From words with commas between them. Raises ValidationError."""
    tags = tidied(text.replace("，", ",").split(","))
    if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
        raise forms.ValidationError(
            gettext("At most %(count)d tags of %(length)d characters.")
            % {"count": MOST_TAGS, "length": LONGEST_TAG}
        )
    return tags
