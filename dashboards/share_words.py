"""Shares, amounts and differences in words, hidden where they rest on too few."""

from django.utils.translation import gettext as _

from dashboards.report import Value
from dashboards.tiles import DASH
from dashboards.wording import amount_text, count_text, percent_text
from surveys.metrics import Difference, Mean, ShareScore, is_hidden
from surveys.number_words import points_text, whole

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
    if share.is_low_base:
        words = _("%(words)s · low base") % {"words": words}
    return Value(words, share.value, share.low, share.high, share.n)


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
    return Value(words, mean.value, mean.low, mean.high, mean.n)


def difference_text(difference: Difference) -> str:
    """Points with their interval; says where it may be chance."""
    words = _("%(points)s points (%(low)s to %(high)s)") % {
        "points": points_text(difference.value),
        "low": points_text(difference.low),
        "high": points_text(difference.high),
    }
    if difference.is_significant:
        return words
    return _("%(words)s, which may be chance") % {"words": words}


def money_text(value: float, currency: str) -> str:
    """Of a hundred and more, in whole numbers."""
    if abs(value) < WHOLE_FROM:
        return amount_text("money", value, currency=currency)
    return f"{count_text(whole(value))} {currency}".strip()


def times_text(value: float, currency: str = "") -> str:
    return amount_text("times", value)


def rounded(value: float | None) -> int | None:
    """For a chart of percent or money."""
    return None if value is None else whole(value)
