"""Words of surveys and lengths of time in templates."""

from collections.abc import Mapping

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from surveys.answer_words import words_in
from surveys.elements import Text
from surveys.language import choose_language

register = template.Library()


@register.filter
def in_words(text: Text | str) -> str:
    """A text of a survey in the reader's language; what is one already stays."""
    if isinstance(text, Mapping):
        return words_in(text, choose_language(get_language(), ""))
    return text


@register.filter
def duration(seconds: float) -> str:
    """Seconds in the two largest units that they fill."""
    whole = round(seconds)
    if whole < 60:
        return _("%(seconds)s s") % {"seconds": whole}
    if whole < 3600:
        parts = {"minutes": whole // 60, "seconds": whole % 60}
        return _("%(minutes)s min %(seconds)s s") % parts
    parts = {"hours": whole // 3600, "minutes": whole % 3600 // 60}
    return _("%(hours)s h %(minutes)s min") % parts
