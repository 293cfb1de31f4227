"""Forms of what leaves the dashboards."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Fieldset, Layout, Submit
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dashboards.due_times import Rhythm
from dashboards.models import Schedule
from dashboards.schedules import Wanted
from dashboards.sharing import MOST_DAYS, USUAL_DAYS, Terms, may_share
from teams.access import can
from teams.models import User
from teams.roles import ABILITIES, Ability

MOST_ADDRESSES = 20
_COMMENTS = _("Show what customers wrote")
_LOW_BASE = _("Leave out values of fewer than 30 answers")


class LinkForm(forms.Form):
    label = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("Readers see it, too.")
    )
    days = forms.IntegerField(
        label=_("Opens for so many days"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=USUAL_DAYS,
        help_text=_("A year at most."),
    )
    shows_comments = forms.BooleanField(label=_COMMENTS, required=False)
    hides_low_base = forms.BooleanField(label=_LOW_BASE, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            *self.base_fields, Submit("save", _("Make the link"))
        )

    def terms(self) -> Terms:
        return Terms(**self.cleaned_data)


class Colleagues(forms.ModelMultipleChoiceField[User]):
    def label_from_instance(self, obj: User) -> str:
        return f"{obj.name} ({obj.get_role_display()})"


class ScheduleForm(forms.Form):
    label = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("The subject of the mails.")
    )
    every = forms.ChoiceField(label=_("How often"), choices=Schedule.Every.choices)
    weekday = forms.TypedChoiceField(
        label=_("Day of the week"), coerce=int, choices=list(WEEKDAYS.items())
    )
    month_day = forms.IntegerField(
        label=_("Day of the month"),
        min_value=1,
        max_value=31,
        help_text=_("In a shorter month its last day."),
    )
    hour = forms.TypedChoiceField(
        label=_("Hour"),
        coerce=int,
        choices=[(hour, f"{hour:02d}:00") for hour in range(24)],
    )
    people = Colleagues(
        label=_("Colleagues"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each sees what they may see, in their own language."),
    )
    addresses = forms.CharField(
        label=_("Addresses outside"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One on each line. They see what you may see."),
    )
    language = forms.ChoiceField(
        label=_("Language for outside"), choices=settings.LANGUAGES
    )
    with_pdf = forms.BooleanField(label=_("PDF file"), required=False)
    with_xlsx = forms.BooleanField(label=_("Excel file"), required=False)
    with_csv = forms.BooleanField(label=_("CSV file"), required=False)
    shows_comments = forms.BooleanField(label=_COMMENTS, required=False)
    hides_low_base = forms.BooleanField(label=_LOW_BASE, required=False)

    def __init__(self, *args: Any, owner: User, time_zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner, self.time_zone = owner, time_zone
        people = self.fields["people"]
        assert isinstance(people, Colleagues)
        people.queryset = readers_among_us()
        if not may_share(owner):
            del self.fields["addresses"], self.fields["language"]
        self.fields["hour"].help_text = time_zone
        self.helper = FormHelper()
        self.helper.layout = _schedule_layout(self)

    def clean_addresses(self) -> list[str]:
        lines = self.cleaned_data["addresses"].replace(",", "\n").splitlines()
        found = sorted({line.strip().lower() for line in lines if line.strip()})
        if len(found) > MOST_ADDRESSES:
            raise ValidationError(
                ngettext(
                    "At most %(most)d address.",
                    "At most %(most)d addresses.",
                    MOST_ADDRESSES,
                )
                % {"most": MOST_ADDRESSES}
            )
        for address in found:
            validate_email(address)
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not (cleaned["people"] or cleaned.get("addresses")):
            raise ValidationError(_("Choose somebody who gets the mails."))
        return cleaned

    def wanted(self) -> Wanted:
        given = self.cleaned_data
        rhythm = Rhythm(
            given["every"],
            given["hour"],
            self.time_zone,
            given["weekday"],
            given["month_day"],
        )
        return Wanted(
            label=given["label"],
            rhythm=rhythm,
            language=given.get("language") or self.owner.language or "en",
            people=list(given["people"]),
            addresses=given.get("addresses", ()),
            with_pdf=given["with_pdf"],
            with_csv=given["with_csv"],
            with_xlsx=given["with_xlsx"],
            shows_comments=given["shows_comments"],
            hides_low_base=given["hides_low_base"],
        )


def readers_among_us() -> Any:
    """Those whose role lets them see dashboards."""
    roles = [role for role in ABILITIES if _may_see(role)]
    return User.objects.filter(is_active=True, role__in=roles).order_by("name")


def initial_of(schedule: Schedule) -> dict[str, Any]:
    readers = schedule.readers.all()
    names = ("label", "every", "weekday", "month_day", "hour", "language")
    parts = ("with_pdf", "with_xlsx", "with_csv", "shows_comments", "hides_low_base")
    return {
        **{name: getattr(schedule, name) for name in (*names, *parts)},
        "people": [reader.user_id for reader in readers if reader.user_id],
        "addresses": "\n".join(r.address for r in readers if r.address),
    }


def first_initial(owner: User, label: str) -> dict[str, Any]:
    return {
        "label": label,
        "every": Schedule.Every.WEEK,
        "weekday": 0,
        "month_day": 1,
        "hour": 8,
        "language": owner.language or "en",
        "people": [owner.pk] if can(owner, Ability.SEE_DASHBOARDS) else [],
        "with_pdf": True,
    }


def _may_see(role: str) -> bool:
    return Ability.SEE_DASHBOARDS in ABILITIES[role]


def _schedule_layout(form: ScheduleForm) -> Layout:
    when = Div("every", "weekday", "month_day", "hour", css_class="schedule-when")
    outside = [name for name in ("addresses", "language") if name in form.fields]
    return Layout(
        "label",
        Fieldset(_("When"), when),
        Fieldset(_("Who gets it"), "people", *outside),
        Fieldset(
            _("What is in it"),
            HTML(
                f"<p class='text-secondary'>{_('The picture is always in the mail.')}</p>"
            ),
            "with_pdf",
            "with_xlsx",
            "with_csv",
            "shows_comments",
            "hides_low_base",
        ),
        Submit("save", _("Save")),
    )
