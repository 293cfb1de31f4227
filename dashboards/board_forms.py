"""What is asked of who makes a board or a tile."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dashboards.board_settings import MOST_QUOTES, TileSettings
from dashboards.board_templates import TEMPLATES
from dashboards.boards import NewTile
from dashboards.dimensions import DIMENSIONS
from dashboards.measuring import MEASURERS
from dashboards.models import BoardTile, Dashboard
from dashboards.periods import Preset
from dashboards.registry import METRICS, SCORES
from dashboards.selection import Filters
from journeys.models import Journey
from teams.access import can
from teams.forms.blank_choices import word_blanks
from teams.models import Team, User
from teams.roles import Ability

Choices = list[tuple[str, str | Promise]]
Kind = BoardTile.Kind

WEEK = "weekday"
MOST_WORDS = 1_000
MOST_TABLE_ROWS = 50
# What each kind of tile asks for, beside its title.
ASKED: Mapping[str, tuple[str, ...]] = {
    Kind.NUMBER: ("metric", "period"),
    Kind.TREND: ("metric", "period"),
    Kind.BARS: ("metric", "by", "period"),
    Kind.DISTRIBUTION: ("metric", "period"),
    Kind.HEATMAP: ("metric", "by", "across", "period"),
    Kind.TABLE: ("by", "count", "period"),
    Kind.QUOTES: ("count", "period"),
    Kind.JOURNEY: ("journey", "metric", "period"),
    Kind.TEXT: ("words",),
}
_COUNTS: Mapping[str, tuple[int, int]] = {
    Kind.TABLE: (10, MOST_TABLE_ROWS),
    Kind.QUOTES: (5, MOST_QUOTES),
}


class BoardForm(forms.ModelForm[Dashboard]):
    """After `is_valid()`: `values` to store."""

    class Meta:
        model = Dashboard
        fields = ("name", "description", "audience", "team", "rights")
        widgets = {"audience": forms.RadioSelect, "rights": forms.RadioSelect}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        team = self.fields["team"]
        assert isinstance(team, forms.ModelChoiceField)
        team.queryset = Team.objects.of(user).order_by("name").distinct()
        team.empty_label = "–"
        self.fields["description"].help_text = _("One line, shown in the list.")
        self.fields["rights"].required = False
        audience = self.fields["audience"]
        assert isinstance(audience, forms.ChoiceField)
        audience.choices = [
            choice
            for choice in Dashboard.Audience.choices
            if choice[0] != Dashboard.Audience.COMPANY or self._may_share_with_all()
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("audience") != Dashboard.Audience.TEAM:
            cleaned["team"] = None
        elif cleaned.get("team") is None:
            self.add_error("team", _("Choose the team that is to see the board."))
        cleaned["rights"] = cleaned.get("rights") or Dashboard.Rights.VIEW
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}

    def _may_share_with_all(self) -> bool:
        is_so = self.instance.audience == Dashboard.Audience.COMPANY
        return is_so or can(self.user, Ability.EDIT_DASHBOARDS)


class NewBoardForm(BoardForm):
    """With the template that the board starts from."""

    template = forms.ChoiceField(
        label=_("Start with"), widget=forms.RadioSelect, required=True
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        template = self.fields["template"]
        assert isinstance(template, forms.ChoiceField)
        template.choices = [(one.key, one) for one in TEMPLATES.values()]


class TileForm(forms.Form):
    """The settings of one kind of tile; its own filters are asked for beside it."""

    title = forms.CharField(
        label=_("Title"),
        max_length=120,
        required=False,
        help_text=_("Left empty, the tile says what it shows."),
    )
    journey = forms.ModelChoiceField(
        Journey.objects.active().order_by("name"), label=_("Journey")
    )
    metric = forms.ChoiceField(label=_("What is shown"))
    by = forms.ChoiceField(label=_("Told apart by"))
    across = forms.ChoiceField(
        label=_("And by"), required=False, help_text=_("Across the top of the map.")
    )
    count = forms.IntegerField(label=_("How many at most"), min_value=1)
    words = forms.CharField(
        label=_("Text"),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    own_period = forms.ChoiceField(
        label=_("Period"),
        required=False,
        choices=[
            ("", _("As on the page")),
            *(c for c in Preset.choices if c[0] != Preset.CUSTOM),
        ],
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        asked = {"own_period" if n == "period" else n for n in ASKED[kind]}
        for name in list(self.fields):
            if name not in {"title", *asked}:
                del self.fields[name]
        self._offer("metric", metric_choices(kind))
        self._offer("by", _dimensions(kind))
        self._offer("across", [("", "–"), *_dimensions(Kind.BARS)])
        word_blanks(self)
        if "count" in self.fields:
            initial, most = _COUNTS[kind]
            count = forms.IntegerField(
                label=_("How many at most"),
                min_value=1,
                max_value=most,
                initial=initial,
            )
            self.fields["count"] = count

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.kind == Kind.HEATMAP and not self.errors:
            self._check_sides(cleaned)
        return cleaned

    def new_tile(self, filters: Filters) -> NewTile:
        """What was chosen, with the filters that are the tile's own."""
        chosen = self.cleaned_data
        journey = chosen.get("journey")
        settings = TileSettings(
            metric=chosen.get("metric", ""),
            by=chosen.get("by", ""),
            across=chosen.get("across", ""),
            period=chosen.get("own_period", ""),
            journey=journey.pk if journey else None,
            count=chosen.get("count", TileSettings.count),
            words=chosen.get("words", ""),
            filters=filters,
        )
        return NewTile(self.kind, settings.stored, chosen["title"])

    def _check_sides(self, cleaned: dict[str, Any]) -> None:
        if cleaned["by"] == WEEK:
            cleaned["across"] = "hour"
        elif not cleaned["across"]:
            self.add_error("across", _("A heat-map needs a second dimension."))
        elif cleaned["across"] == cleaned["by"]:
            self.add_error("across", _("Choose two different dimensions."))

    def _offer(self, name: str, choices: Choices) -> None:
        field = self.fields.get(name)
        if field is not None:
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices


def initial_of(tile: BoardTile, settings: TileSettings) -> dict[str, Any]:
    """What the form of a tile begins with."""
    return {
        "title": tile.title,
        "metric": settings.metric,
        "by": settings.by,
        "across": "" if settings.by == WEEK else settings.across,
        "own_period": settings.period,
        "journey": settings.journey,
        "count": settings.count,
        "words": settings.words,
    }


def metric_choices(kind: str) -> Choices:
    """The numbers that a tile of this kind can show."""
    keys: Collection[str] = [k for k, m in METRICS.items() if m.source in MEASURERS]
    if kind in (Kind.TREND, Kind.BARS):
        keys = (*SCORES, "responses")
    elif kind != Kind.NUMBER:
        keys = SCORES
    return [(key, METRICS[key].label) for key in keys]


def _dimensions(kind: str) -> Choices:
    found: Choices = [(key, one.label) for key, one in DIMENSIONS.items()]
    if kind == Kind.HEATMAP:
        found.append((WEEK, _("Weekday and hour")))
    return found
