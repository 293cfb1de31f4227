"""Fields of long filters, drawn as crispy draws them in a tenth of its time."""

from html import escape

from django import forms, template
from django.forms.utils import flatatt
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def labelled(field: forms.BoundField, look: str = "mb-3") -> SafeString:
    """Label, control and what is wrong with it: a choice of one, a box to tick, or what
    is typed. `look`: the classes of what stands around them."""
    widget = field.field.widget
    attrs = field.build_widget_attrs(widget.attrs, widget) | {"id": field.auto_id}
    wrong = "".join(f"<p><strong>{escape(str(e))}</strong></p>" for e in field.errors)
    invalid = " is-invalid" if wrong else ""
    label = escape(str(field.label))
    if isinstance(widget, forms.CheckboxInput):
        attrs |= {"class": f"form-check-input{invalid}", "checked": bool(field.value())}
        box = f'<input type="checkbox" name="{field.html_name}"{flatatt(attrs)}>'
        look = f"{look} filter-check form-check"
        drawn = box + _label(field.auto_id, "form-check-label", label)
    elif isinstance(widget, forms.Select):
        attrs |= {"class": f"form-select{invalid}"}
        options = _options(widget, chosen=str(field.value() or ""))
        control = f'<select name="{field.html_name}"{flatatt(attrs)}>{options}</select>'
        drawn = _label(field.auto_id, "form-label", label) + control
    else:
        attrs |= {"class": f"form-control{invalid}"}
        typed = escape(widget.format_value(field.value()) or "")
        named = f'type="{widget.input_type}" name="{field.html_name}"'
        control = f'<input {named} value="{typed}"{flatatt(attrs)}>'
        drawn = _label(field.auto_id, "form-label", label) + control
    if wrong:
        drawn += (
            f'<div id="{field.auto_id}_error" class="invalid-feedback">{wrong}</div>'
        )
    return SafeString(f'<div class="{look}">{drawn}</div>')


def _label(control: str, look: str, words: str) -> str:
    return f'<label for="{control}" class="{look}">{words}</label>'


def _options(widget: forms.Select, *, chosen: str) -> str:
    return "".join(
        f'<option value="{escape(str(value))}"'
        f"{' selected' if str(value) == chosen else ''}>{escape(str(label))}</option>"
        for value, label in widget.choices
    )
