"""The company's look on a survey: colours that can be read, a font, corners, a logo."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from surveys.contrast import CONTROLS, TEXT, contrast_ratio
from surveys.document import Theme
from surveys.models import Asset

_COLOR = re.compile(r"#[0-9a-f]{6}")
_FONTS = [
    ("system", _("System font")),
    ("serif", _("Serif")),
    ("rounded", _("Rounded")),
    ("mono", _("Monospaced")),
]
_CORNERS = [
    ("square", _("Square")),
    ("soft", _("Slightly rounded")),
    ("round", _("Round")),
]


class ColorField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"type": "color"})
        super().__init__(max_length=7, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        color: str = super().clean(value).lower()
        if not _COLOR.fullmatch(color):
            raise ValidationError(_("Give a colour such as #1d4ed8."))
        return color


class ThemeForm(forms.Form):
    """`theme_with` gives the theme that was asked for; the view keeps the logo's file."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    accent = ColorField(
        label=_("Accent"),
        help_text=_("Buttons and chosen answers. Their text is black or white."),
    )
    background = ColorField(label=_("Background"))
    text = ColorField(label=_("Text"))
    font = forms.ChoiceField(
        label=_("Font"),
        choices=_FONTS,
        help_text=_("From the reader's own device, so nothing has to be fetched."),
    )
    corners = forms.ChoiceField(label=_("Corners"), choices=_CORNERS)
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=_("PNG, JPEG or WebP, up to 300 KB."),
    )
    no_logo = forms.BooleanField(label=_("Take the logo away"), required=False)
    alt_en = forms.CharField(
        label=_("Logo in words, English"),
        required=False,
        max_length=120,
        help_text=_("Read to people who cannot see it: usually the company's name."),
    )
    alt_zh = forms.CharField(
        label=_("Logo in words, Chinese"),
        required=False,
        max_length=120,
    )

    def __init__(self, *args: Any, theme: Theme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.theme = theme
        if theme.logo is None:
            del self.fields["no_logo"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._check_contrast(cleaned, "text", TEXT, _UNREADABLE)
        self._check_contrast(cleaned, "accent", CONTROLS, _INVISIBLE)
        has_logo = cleaned.get("logo") or (
            self.theme.logo and not cleaned.get("no_logo")
        )
        if has_logo and not (cleaned.get("alt_en") or cleaned.get("alt_zh")):
            self.add_error("alt_en", _("Say in words what the logo shows."))
        return cleaned

    def theme_with(self, logo: Asset | None) -> Theme:
        """The theme as filled in; `logo` is the new file, if one was sent."""
        given = self.cleaned_data
        texts = {"en": given["alt_en"], "zh-hans": given["alt_zh"]}
        alt = {language: words for language, words in texts.items() if words}
        asset = str(logo.pk) if logo else self.theme.logo and self.theme.logo.asset
        if given.get("no_logo") and logo is None:
            asset = None
        image = {"asset": asset, "alt": alt} if asset else None
        plain = {name: given[name] for name in _PLAIN}
        return Theme.model_validate({**plain, "logo": image})

    def _check_contrast(
        self, cleaned: dict[str, Any], name: str, least: float, sentence: Any
    ) -> None:
        color, background = cleaned.get(name), cleaned.get("background")
        if not color or not background:
            return
        ratio = contrast_ratio(color, background)
        if ratio < least:
            params = {"ratio": f"{ratio:.1f}", "least": f"{least:g}"}
            self.add_error(name, ValidationError(sentence, params=params))


_PLAIN = ("accent", "background", "text", "font", "corners")
_UNREADABLE = _(
    "This text is hard to read on the background: the contrast is %(ratio)s : 1,"
    " and %(least)s : 1 is needed."
)
_INVISIBLE = _(
    "Buttons can hardly be told from the background: the contrast is %(ratio)s : 1,"
    " and %(least)s : 1 is needed."
)


def initial_of(theme: Theme, revision: int) -> dict[str, object]:
    """What the form shows of a theme."""
    alt = theme.logo.alt if theme.logo else {}
    return {
        **{name: getattr(theme, name) for name in _PLAIN},
        "revision": revision,
        "alt_en": alt.get("en", ""),
        "alt_zh": alt.get("zh-hans", ""),
    }
