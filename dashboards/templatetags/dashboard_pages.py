"""The way from one page of the dashboards to another."""

from typing import Any

from django import template

from dashboards.models import Target
from dashboards.sections import links_of
from dashboards.target_form import Line, line_of

register = template.Library()


@register.inclusion_tag("dashboards/_pages.html", takes_context=True)
def dashboard_pages(context: dict[str, Any]) -> dict[str, Any]:
    request = context["request"]
    return {"links": links_of(request), "request": request}


@register.simple_tag
def target_line(target: Target) -> Line | None:
    """A target that was set, in words."""
    return line_of(target)
