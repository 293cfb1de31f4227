"""Numbers as people read them: whole points, whole percent, hours and minutes."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar, TypeVarTuple

from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dashboards.metric import Unit
from surveys.metrics import HIDDEN_BELOW
from surveys.number_words import points_text, whole

Words = TypeVar("Words", bound=str)
Ts = TypeVarTuple("Ts")

KEPT = 5_000


def said_once(say: Callable[[*Ts], Words]) -> Callable[[*Ts], Words]:
    """Remember by language and arguments: a page says the same hundreds of times."""

    @lru_cache(KEPT)
    def in_language(language: str | None, *args: *Ts) -> Words:
        return say(*args)

    @wraps(say)
    def saying(*args: *Ts) -> Words:
        return in_language(get_language(), *args)

    return saying


@said_once
def count_text(value: int) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)


def percent_text(value: float) -> str:
    return _("%(percent)d %%") % {"percent": whole(value)}


def minutes_text(minutes: float) -> str:
    """Working time: 45 min, 3 h 20 min, 52 h."""
    hours, rest = divmod(whole(minutes), 60)
    if hours == 0:
        return _("%(minutes)d min") % {"minutes": rest}
    if rest == 0 or hours >= 48:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


def seconds_text(seconds: float) -> str:
    """Time that answering or a task took: 45 s, 3 min 20 s."""
    minutes, rest = divmod(whole(seconds), 60)
    if minutes == 0:
        return _("%(seconds)d s") % {"seconds": rest}
    if rest == 0 or minutes >= 60:
        return _("%(minutes)d min") % {"minutes": minutes}
    return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": rest}


def amount_text(unit: Unit, value: float, *, currency: str = "") -> str:
    """A value of the unit: +42, 63 %, 4.27, 1,250.00 EUR, 3 h 20 min."""
    match unit:
        case "points":
            return points_text(value)
        case "percent":
            return percent_text(value)
        case "minutes":
            return minutes_text(value)
        case "seconds":
            return seconds_text(value)
        case "answers" | "tickets":
            return count_text(whole(value))
    decimal = number_format(
        round(value, 2), decimal_pos=2, use_l10n=True, force_grouping=True
    )
    return f"{decimal} {currency}".strip()


def n_text(n: int) -> str:
    """How many a value rests on; of a few, only that they are few."""
    told = told_n(n)
    if told is None:
        return _("< %(least)d") % {"least": HIDDEN_BELOW}
    return count_text(told)


def told_n(n: int) -> int | None:
    """The same for programs: None of a few."""
    return None if 0 < n < HIDDEN_BELOW else n
