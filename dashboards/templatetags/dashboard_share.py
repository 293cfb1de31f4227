"""The menu with which a page of the dashboards leaves it."""

from typing import Any

from django import template

from dashboards import chromium, sharing
from dashboards.asked_page import open_page

register = template.Library()


@register.inclusion_tag("dashboards/_share_menu.html", takes_context=True)
def share_menu(context: dict[str, Any]) -> dict[str, Any]:
    """Nothing on a page that cannot be shared."""
    request = context["request"]
    asked = open_page(request)
    if asked is None:
        return {}
    return {
        "asked": asked,
        "may_share": sharing.may_share(request.user),
        "has_pictures": chromium.find_program() is not None,
    }
