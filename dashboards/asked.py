"""What an address asks for: its filters, checked, and in the words of a report."""

from datetime import datetime

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dashboards.dimensions import DIMENSIONS, Dimension, Value, names_of
from dashboards.forms import DEFAULT_PRESET, FilterForm
from dashboards.registry import METRICS
from dashboards.report import Impossible
from dashboards.selection import Filters
from surveys.intake import local_day
from teams.models import User
from teams.scopes import lines_of


def form_for(user: User, query: QueryDict, *, at: datetime) -> FilterForm:
    """The filters, valid ones. Raises Impossible with the first problem."""
    asked = query.copy()
    asked.setdefault("period", DEFAULT_PRESET)
    form = FilterForm(asked, user=user, today=local_day(at))
    if not form.is_valid():
        raise Impossible(_first_problem(form))
    return form


def refuse_other_version(key: str, query: QueryDict) -> None:
    """An address may insist on a version of the definition. Raises Impossible where
    that is not the one by which numbers are computed."""
    metric, version = METRICS.get(key), query.get("version", "")
    if metric is None or version in ("", str(metric.version)):
        return
    raise Impossible(
        _(
            "Version %(version)s of the definition of %(metric)s is not known here;"
            " it is version %(known)d now. Numbers of another definition cannot be"
            " computed again."
        )
        % {"version": version[:20], "metric": metric.label, "known": metric.version}
    )


def facts_of(user: User, form: FilterForm) -> tuple[str, ...]:
    """Period, filters and the person's scope, a short sentence each."""
    start, end = date_format(form.span.start), date_format(form.span.end)
    return (
        _("%(start)s to %(end)s") % {"start": start, "end": end},
        *filter_words(user, form.filters),
        *scope_words(user),
    )


def scope_words(user: User) -> tuple[str, ...]:
    """What the person may see, where that is not everything."""
    lines = [
        _("%(name)s %(effect)s: %(dimension)s “%(value)s”")
        % {
            "name": user.name,
            "effect": line.effect,
            "dimension": line.dimension,
            "value": line.value,
        }
        for line in lines_of(user)
    ]
    return tuple(lines)


def filter_words(user: User, filters: Filters) -> list[str]:
    """Each filter that is set, as “Region: North”."""
    words = [
        f"{DIMENSIONS[dimension].label}: {_name(user, dimension, value)}"
        for dimension, value in filters.given.items()
    ]
    return [*words, *(f"{name}: {value}" for name, value in filters.attributes)]


def _name(user: User, dimension: Dimension, value: Value) -> str:
    if value == "":
        return _("Not stated")
    return names_of(user, dimension, [value]).get(value, str(value))


def _first_problem(form: FilterForm) -> str:
    for field, problems in form.errors.items():
        label = form.fields[field].label if field in form.fields else ""
        return f"{label}: {problems[0]}" if label else str(problems[0])
    return _("This cannot be shown.")
