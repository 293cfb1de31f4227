"""Words of customers' data as people read them."""

from django import template
from django.conf.locale import LANG_INFO

from customers.models.account import Tier

register = template.Library()


@register.filter
def tier_label(word: str) -> str:
    """Our own tiers in the reader's language; the company's words as they are."""
    return str(Tier(word).label) if word in Tier.values else word


@register.filter
def language_label(code: str) -> str:
    """“中文 (zh-hans)”, in the language itself; an unknown code as it is."""
    known = LANG_INFO.get(code.lower(), {})
    name = known.get("name_local")
    return f"{name} ({code})" if name else code
