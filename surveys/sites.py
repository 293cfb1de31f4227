"""Sites that an administrator trusts: they may show surveys in a frame, and endings may
lead to them. Kept in the process, as `surveys.published` keeps surveys.
"""

import hmac
import ipaddress
import re
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from events import outbox
from surveys import stamps
from surveys.models import AllowedSite
from teams.models import User

CHECKED_EVERY = 0.5  # seconds
TRUSTED_WITHOUT_STAMP = 2.0
# No survey has this address, so the stamp is ours alone.
STAMP = "@sites"
HOST = re.compile(r"(?=.{1,190}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9-]+)*")
USUAL_PORTS = {"https": 443, "http": 80}


class NotASite(ValueError):
    """What was typed is not the address of a site; a sentence for the user."""


@dataclass
class _Kept:
    keys: dict[str, str] = field(default_factory=dict)
    stamp: str | None = None
    checked_at: float = 0.0
    loaded_at: float = 0.0


_kept = _Kept()


def origin_of(typed: str) -> str:
    """`https://www.example.com` of whatever address of the site was typed.

    Only https, but for this machine itself, where people try things out. Raises NotASite.
    """
    typed = typed.strip()
    try:
        parts = urlsplit(typed if "://" in typed else f"https://{typed}")
        host, port = _ascii(parts.hostname or ""), parts.port
    except ValueError as error:
        raise NotASite(_("This is not the address of a site.")) from error
    if not _is_host(host) or parts.username is not None:
        raise NotASite(_("This is not the address of a site."))
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_here(host)):
        raise NotASite(_("The address has to begin with https://."))
    shown = f"[{host}]" if ":" in host else host
    if port is None or port == USUAL_PORTS[parts.scheme]:
        return f"{parts.scheme}://{shown}"
    return f"{parts.scheme}://{shown}:{port}"


@transaction.atomic
def allow(origin: str, *, by: User, at: datetime) -> tuple[AllowedSite, bool]:
    """The site, and whether it is new."""
    site, is_new = AllowedSite.objects.get_or_create(
        origin=origin, defaults={"added_by": by, "added_at": at}
    )
    if is_new:
        _record("site.allowed", site, by=by, at=at)
    return site, is_new


@transaction.atomic
def disallow(site: AllowedSite, *, by: User, at: datetime) -> None:
    """From now on browsers refuse to show surveys on the site, and what it signed is
    worth nothing."""
    _record("site.disallowed", site, by=by, at=at)
    site.delete()


@transaction.atomic
def reveal_key(site: AllowedSite, *, by: User, at: datetime) -> str:
    """The key by which the site's server signs who its visitor is."""
    _record("site.key_shown", site, by=by, at=at)
    return _key_of(site)


def is_allowed(origin: str) -> bool:
    """Our own pages are: they show what a survey will look like."""
    return origin == settings.SITE_URL or origin in _current()


def find_key(origin: str) -> str | None:
    """The signing key of an allowed site; None where the site is not allowed."""
    return _current().get(origin)


def forget_everything() -> None:
    """Start afresh in this process; for tests."""
    global _kept
    _kept = _Kept()


def _current() -> dict[str, str]:
    """Keys by origin."""
    global _kept
    now = time.monotonic()
    is_renewed = stamps.take_renewal(STAMP)
    if not is_renewed and _kept.loaded_at and now - _kept.checked_at < CHECKED_EVERY:
        return _kept.keys
    stamp = stamps.find_stamp(STAMP)
    if not is_renewed and _still_holds(stamp, now):
        _kept.checked_at = now
        return _kept.keys
    # The stamp is read before the rows: a change in between makes it look old.
    stamp = stamp or stamps.first_stamp(STAMP)
    keys = {site.origin: _key_of(site) for site in AllowedSite.objects.all()}
    _kept = _Kept(keys, stamp, now, now)
    return keys


def _still_holds(stamp: str | None, now: float) -> bool:
    if not _kept.loaded_at:
        return False
    if stamp is None:
        return now - _kept.loaded_at < TRUSTED_WITHOUT_STAMP
    return stamp == _kept.stamp


def _key_of(site: AllowedSite) -> str:
    """Made from the installation's secret, so a stolen database does not tell it; and
    from the row, so a site that is removed and allowed again has a new one."""
    secret = sha256(b"cem.surveys.site:" + settings.SECRET_KEY.encode()).digest()
    row = f"{site.pk} {site.added_at.timestamp()} {site.origin}".encode()
    return urlsafe_b64encode(hmac.digest(secret, row, sha256)).decode().rstrip("=")


def _record(name: str, site: AllowedSite, *, by: User, at: datetime) -> None:
    outbox.record(
        name,
        subject=("site", site.pk),
        at=at,
        actor=by.email,
        payload={"origin": site.origin},
    )
    transaction.on_commit(lambda: stamps.renew(STAMP))


def _ascii(host: str) -> str:
    return host if ":" in host else host.encode("idna").decode().lower()


def _is_host(host: str) -> bool:
    if ":" not in host:
        return HOST.fullmatch(host) is not None
    return ipaddress.ip_address(host).version == 6


def _is_here(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
