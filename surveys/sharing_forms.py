"""Forms of bringing a survey to customers: sites, snippets, the printed sheet."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys import sites
from surveys.embed_snippet import SIDES, Mode


class SiteForm(forms.Form):
    origin = forms.CharField(
        label=_("Address of the site"),
        max_length=300,
        help_text=_(
            "For example https://www.example.com. Each subdomain is a site of its own."
        ),
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false"}),
    )

    def clean_origin(self) -> str:
        try:
            return sites.origin_of(self.cleaned_data["origin"])
        except sites.NotASite as error:
            raise forms.ValidationError(str(error)) from error


class EmbedForm(forms.Form):
    """The options of the snippet; sent by GET, so that it can be bookmarked."""

    mode = forms.ChoiceField(label=_("How it is shown"), choices=Mode.choices)
    lang = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("of the page")), ("en", "English"), ("zh-hans", "中文")],
    )
    delay = forms.IntegerField(
        label=_("After so many seconds"), required=False, min_value=1, max_value=3600
    )
    scroll = forms.IntegerField(
        label=_("Scrolled down so far, in percent"),
        required=False,
        min_value=1,
        max_value=100,
    )
    exit = forms.BooleanField(
        label=_("When the mouse leaves towards the address bar"), required=False
    )
    event = forms.RegexField(
        label=_("On an event of your page"),
        regex=r"^[\w:.-]+$",
        max_length=60,
        required=False,
        help_text=_("The name of a custom event, for example order-done."),
    )
    share = forms.IntegerField(
        label=_("For so many of 100 visitors"),
        required=False,
        min_value=1,
        max_value=100,
    )
    again = forms.IntegerField(
        label=_("Not again for so many days"),
        required=False,
        min_value=1,
        max_value=365,
    )
    label = forms.CharField(label=_("Words on the tab"), max_length=40, required=False)
    side = forms.ChoiceField(label=_("Side of the tab"), choices=SIDES, required=False)

    @property
    def triggers(self) -> list[forms.BoundField]:
        names = ("delay", "scroll", "event", "exit")
        return [self[name] for name in names]

    @property
    def limits(self) -> list[forms.BoundField]:
        return [self["share"], self["again"]]


class SheetForm(forms.Form):
    """What the printed sheet says; sent by GET."""

    lang = forms.ChoiceField(
        label=_("Language"),
        choices=[("both", _("Both")), ("en", "English"), ("zh-hans", "中文")],
        required=False,
    )
    call = forms.CharField(
        label=_("Headline"),
        max_length=120,
        required=False,
        help_text=_("Ours, if you leave it empty."),
    )

    def chosen(self) -> dict[str, Any]:
        if self.is_valid():
            return self.cleaned_data
        return {"lang": "both", "call": ""}
