"""Shares, amounts and differences in words, hidden where they rest on too few."""

from collections.abc import Callable
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.report import Value
from dashboards.tiles import DASH
from dashboards.wording import amount_text, count_text, percent_text
from surveys.metrics import Difference, Mean, ShareScore, is_hidden
from surveys.number_words import how_many_points, points_text, whole

WHOLE_FROM = 100


def count_value(number: int) -> Value:
    return Value(count_text(number), number)


def share_value(share: ShareScore | None, *, hide: bool = False) -> Value:
    """The share, its interval and its base."""
    if share is None:
        return Value(DASH)
    if hide or share.is_hidden:
        return Value(_("hidden"), n=share.n)
    words = _("%(share)s (%(low)s to %(high)s) · %(part)s of %(n)s") % {
        "share": percent_text(share.value),
        "low": percent_text(share.low),
        "high": percent_text(share.high),
        "part": count_text(share.top),
        "n": count_text(share.n),
    }
    part = _("%(part)s of %(n)s") % {
        "part": count_text(share.top),
        "n": count_text(share.n),
    }
    lines = [percent_text(share.value), span_of(share, percent_text), part]
    if share.is_low_base:
        words = _("%(words)s · low base") % {"words": words}
        lines.append(_("low base"))
    return Value(words, share.value, share.low, share.high, share.n, tuple(lines))


def mean_value(mean: Mean | None, *, currency: str = "", hide: bool = False) -> Value:
    """Money where there is a currency, else a number of times."""
    if mean is None:
        return Value(DASH)
    if hide or is_hidden(mean.n):
        return Value(_("hidden"), n=mean.n)
    say = money_text if currency else times_text
    words = _("%(value)s (%(low)s to %(high)s) · n = %(n)s") % {
        "value": say(mean.value, currency),
        "low": say(mean.low, currency),
        "high": say(mean.high, currency),
        "n": count_text(mean.n),
    }
    lines = (
        say(mean.value, currency),
        span_of(mean, lambda end: say(end, "")),
        base_text(mean.n),
    )
    return Value(words, mean.value, mean.low, mean.high, mean.n, lines)


class Spanned(Protocol):
    """A value that has an interval."""

    @property
    def low(self) -> float: ...

    @property
    def high(self) -> float: ...


def span_of(found: Spanned, say: Callable[[float], str]) -> str:
    """The interval alone."""
    return _("%(low)s to %(high)s") % {"low": say(found.low), "high": say(found.high)}


def base_text(n: int) -> str:
    return _("n = %(n)s") % {"n": count_text(n)}


def difference_text(difference: Difference) -> str:
    """Points with their interval; says where it may be chance."""
    words = ngettext(
        "%(points)s point (%(low)s to %(high)s)",
        "%(points)s points (%(low)s to %(high)s)",
        how_many_points(difference.value),
    ) % {
        "points": points_text(difference.value),
        "low": points_text(difference.low),
        "high": points_text(difference.high),
    }
    if difference.is_significant:
        return words
    return _("%(words)s, which may be chance") % {"words": words}


def money_text(value: float, currency: str) -> str:
    """Of a hundred and more, in whole numbers."""
    if abs(value) < WHOLE_FROM and value != 0:
        words = amount_text("money", value, currency=currency)
    else:
        words = f"{count_text(whole(value))} {currency}".strip()
    return words.replace("-", "−", 1) if value < 0 else words


def times_text(value: float, currency: str = "") -> str:
    return amount_text("times", value)


def short_text(value: float) -> str:
    """35, 2,500 or 7.25: decimals only where there are some."""
    return count_text(whole(value)) if value == whole(value) else times_text(value)


def rounded(value: float | None) -> int | None:
    """For a chart of percent or money."""
    return None if value is None else whole(value)
