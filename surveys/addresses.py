"""Where a request comes from, as far as we may believe it."""

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The caller's address: the connection's own, unless the company's own proxies
    (`TRUSTED_PROXIES` of them) stand before us and say whom they speak for."""
    direct = str(request.META.get("REMOTE_ADDR", ""))
    if not settings.TRUSTED_PROXIES:
        return direct
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    named = [address.strip() for address in forwarded if address.strip()]
    # The last entry was written by the proxy next to us, the ones before by others.
    believed = named[-settings.TRUSTED_PROXIES :]
    return believed[0][:64] if believed else direct
