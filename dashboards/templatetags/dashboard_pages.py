"""The way from one page of the dashboards to another."""

from typing import Any

from django import template

from dashboards.sections import links_of

register = template.Library()


@register.inclusion_tag("dashboards/_pages.html", takes_context=True)
def dashboard_pages(context: dict[str, Any]) -> dict[str, Any]:
    return {"links": links_of(context["request"])}
