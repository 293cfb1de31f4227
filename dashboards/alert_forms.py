"""What people enter about alert rules; fields that a kind does not need are left."""

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dashboards.alert_kinds import WEEK
from dashboards.dimensions import DIMENSIONS
from dashboards.forecasting import LEAST_POINTS
from dashboards.models import AlertRule
from dashboards.registry import METRICS, SCORES
from dashboards.sections import CARRIED
from surveys.metrics import HIDDEN_BELOW
from teams.access import can
from teams.models import Team, User
from teams.roles import Ability

Kind = AlertRule.Kind
# Accounts are too many to be told apart.
APART = tuple(key for key in DIMENSIONS if key != "account")
LONGEST_DAYS, LONGEST_WEEKS = 90, 52
FILTERS = tuple(n for n in CARRIED if n not in ("period", "since", "until"))
# Which fields a kind needs beside those of all.
FIELDS: Mapping[str, tuple[str, ...]] = {
    Kind.THRESHOLD: ("direction", "level", "clear_level", "days", "least"),
    Kind.CHANGE: ("direction", "points", "days", "least"),
    Kind.RUN: ("bad", "latest", "few", "days"),
    Kind.SILENCE: ("days", "expected"),
    Kind.FORECAST: ("target", "reached_by", "weeks", "least"),
}
DETAILS = tuple(dict.fromkeys(name for names in FIELDS.values() for name in names))


class Day(forms.DateInput):
    input_type = "date"


class Hour(forms.TimeInput):
    input_type = "time"


def _whole(
    label: Any,
    lowest: int,
    highest: int,
    initial: int,
    help_text: Any = "",
) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=lowest,
        max_value=highest,
        initial=initial,
        help_text=help_text,
        required=False,
    )


def _score(label: Any, initial: float, help_text: Any = "") -> forms.FloatField:
    return forms.FloatField(
        label=label,
        min_value=-100,
        max_value=100,
        initial=initial,
        help_text=help_text,
        required=False,
    )


class AlertRuleForm(forms.Form):
    """After `is_valid()`: `apply(rule)`, `people` and `teams`."""

    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(
        label=_("What is watched"), choices=Kind.choices, initial=Kind.THRESHOLD
    )
    metric = forms.ChoiceField(
        label=_("Score"), choices=[(key, METRICS[key].label) for key in SCORES]
    )
    direction = forms.ChoiceField(
        label=_("Opens when it"),
        choices=AlertRule.Direction.choices,
        initial=AlertRule.Direction.BELOW,
        required=False,
    )
    level = _score(_("Limit"), 0)
    clear_level = _score(
        _("Closes again at"),
        5,
        _("Some way off the limit, so that it does not flicker."),
    )
    points = _score(_("By at least so many points"), 0)
    target = _score(_("Target"), 50)
    reached_by = forms.DateField(
        label=_("To be reached by"),
        widget=Day(format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        required=False,
    )
    bad = _whole(_("So many bad answers"), 2, 100, 5)
    latest = _whole(_("among the latest"), HIDDEN_BELOW, 100, 5)
    few = _whole(_("Closes when there are at most"), 0, 99, 2)
    days = _whole(
        _("Days measured together"), 1, LONGEST_DAYS, 7, _("Up to and with today.")
    )
    weeks = _whole(_("Weeks looked back on"), LEAST_POINTS, LONGEST_WEEKS, 12)
    least = _whole(
        _("Answers needed"),
        HIDDEN_BELOW,
        10_000,
        30,
        _("With fewer nothing opens and nothing closes."),
    )
    expected = _whole(_("Where so many answers are usual"), HIDDEN_BELOW, 10_000, 5)
    by = forms.ChoiceField(
        label=_("Apart for each"),
        choices=[
            ("", _("nothing (all together)")),
            *((key, DIMENSIONS[key].label) for key in APART),
        ],
        required=False,
    )
    people = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("People"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    teams = forms.ModelMultipleChoiceField(
        Team.objects.none(),
        label=_("Teams"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    quiet_from = forms.TimeField(
        label=_("Quiet from"), widget=Hour(format="%H:%M"), required=False
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"), widget=Hour(format="%H:%M"), required=False
    )
    cooldown_hours = forms.IntegerField(
        label=_("Pause before it may open again, in hours"),
        min_value=0,
        max_value=24 * 90,
        initial=24,
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        readers = [u.pk for u in _staff() if can(u, Ability.SEE_DASHBOARDS)]
        _offer(self.fields["people"], _staff().filter(pk__in=readers))
        _offer(self.fields["teams"], Team.objects.serving().order_by("name"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind = cleaned.get("kind")
        if kind:
            for name in FIELDS[kind]:
                if cleaned.get(name) in (None, "") and name not in self.errors:
                    self.add_error(name, _("This is needed."))
            self._check(kind, cleaned)
        self._check_hours(cleaned.get("quiet_from"), cleaned.get("quiet_until"))
        return cleaned

    def apply(self, rule: AlertRule) -> None:
        """Write what was entered onto the rule; people and teams apart."""
        given = self.cleaned_data
        for name in ("name", "kind", "metric", "by", "quiet_from", "quiet_until"):
            setattr(rule, name, given[name])
        rule.cooldown_hours = given["cooldown_hours"]
        rule.direction = given["direction"] or AlertRule.Direction.BELOW
        for name, value in _numbers(given).items():
            setattr(rule, name, value)

    def _check(self, kind: str, given: Mapping[str, Any]) -> None:
        known: dict[str, Any] = {name: given.get(name) for name in FIELDS[kind]}
        if None in known.values():
            return
        # An error takes its field out of what was entered.
        if kind == Kind.THRESHOLD:
            self._check_levels(known)
        if kind == Kind.RUN:
            if known["bad"] > known["latest"]:
                self.add_error("bad", _("There are not so many among the latest."))
            if known["few"] >= known["bad"]:
                self.add_error("few", _("This must be fewer than open it."))
        if kind == Kind.FORECAST and known["reached_by"] <= self.today:
            self.add_error("reached_by", _("Choose a day to come."))

    def _check_levels(self, given: Mapping[str, Any]) -> None:
        below = given["direction"] == AlertRule.Direction.BELOW
        gap = given["clear_level"] - given["level"]
        if (gap if below else -gap) < 0:
            self.add_error(
                "clear_level",
                _("It must close at the limit or on its good side.")
                if below
                else _("It must close at the limit or below it."),
            )

    def _check_hours(self, start: time | None, end: time | None) -> None:
        if (start is None) != (end is None):
            name = "quiet_until" if end is None else "quiet_from"
            self.add_error(name, _("Quiet hours need a beginning and an end."))


def initial_of(rule: AlertRule) -> dict[str, Any]:
    """The rule as the form shows it."""
    shown = {
        name: getattr(rule, name)
        for name in ("name", "kind", "metric", "direction", "by", "cooldown_hours")
    }
    shown |= {"quiet_from": rule.quiet_from, "quiet_until": rule.quiet_until}
    shown |= {
        "people": [user.pk for user in rule.people.all()],
        "teams": [team.pk for team in rule.teams.all()],
    }
    return shown | _shown_numbers(rule)


def query_of(given: QueryDict) -> str:
    """The filters among what was entered, as the address has them."""
    query = QueryDict(mutable=True)
    for name in FILTERS:
        values = [value for value in given.getlist(name) if value]
        if values:
            query.setlist(name, values)
    return query.urlencode()


def _numbers(given: Mapping[str, Any]) -> dict[str, Any]:
    match given["kind"]:
        case Kind.CHANGE:
            levels = {"level": given["points"], "clear_level": given["points"]}
        case Kind.RUN:
            levels = {"level": given["bad"], "clear_level": given["few"]}
        case Kind.SILENCE:
            levels = {"level": 0, "clear_level": 0}
        case Kind.FORECAST:
            levels = {"level": given["target"], "clear_level": given["target"]}
        case _:
            levels = {"level": given["level"], "clear_level": given["clear_level"]}
    is_forecast = given["kind"] == Kind.FORECAST
    least = {Kind.RUN: "latest", Kind.SILENCE: "expected"}.get(given["kind"], "least")
    return levels | {
        "days": given["weeks"] * WEEK.days if is_forecast else given["days"],
        "least": given[least],
        "until": given["reached_by"] if is_forecast else None,
    }


def _shown_numbers(rule: AlertRule) -> dict[str, Any]:
    days, least = {"days": rule.days}, {"least": rule.least}
    match rule.kind:
        case Kind.CHANGE:
            return {"points": rule.level, **days, **least}
        case Kind.RUN:
            bad, few = int(rule.level), int(rule.clear_level)
            return {"bad": bad, "few": few, "latest": rule.least, **days}
        case Kind.SILENCE:
            return {"expected": rule.least, **days}
        case Kind.FORECAST:
            weeks = {"weeks": rule.days // WEEK.days}
            return {"target": rule.level, "reached_by": rule.until, **weeks, **least}
    return {"level": rule.level, "clear_level": rule.clear_level, **days, **least}


def _staff() -> Any:
    return User.objects.filter(is_active=True).order_by("name", "pk")


def _offer(field: forms.Field, found: Iterable[Any]) -> None:
    assert isinstance(field, forms.ModelMultipleChoiceField)
    field.queryset = found  # type: ignore[assignment]  # a queryset of its model
