"""How often a rule would have opened an alert in the past, day after day.

One question to the counts, then the same looks and steps as for living alerts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.alert_figures import watched_figure
from dashboards.alert_kinds import Condition, Finding, History, Segment, look
from dashboards.alert_rules import Watched, histories, next_step
from dashboards.alert_words import segment_name, short_words
from dashboards.figures import Figure
from dashboards.models import AlertRule
from dashboards.wording import count_text
from teams.models import User

DAYS = 180
# Episodes that are listed; all are counted.
MOST_LISTED = 50


@dataclass(frozen=True)
class Episode:
    """An alert that would have opened; `closed_on` is None where it still would be."""

    segment: Segment
    opened_on: date
    closed_on: date | None
    finding: Finding


@dataclass(frozen=True)
class Listed:
    """An episode in words."""

    opened_on: date
    closed_on: date | None
    segment: str
    words: str


@dataclass(frozen=True)
class Simulation:
    """`days` were looked at in `segments`; `measured` where anything could be said."""

    days: int
    segments: int
    measured: int
    episodes: tuple[Listed, ...]
    count: int
    still_open: int
    figure: Figure

    @property
    def is_longer(self) -> bool:
        return self.count > len(self.episodes)


def simulate(
    user: User, rule: AlertRule, watched: Watched, *, today: date
) -> Simulation:
    """Of an unsaved rule too, in the person's own scope. Raises ImpossibleRule."""
    first = today - timedelta(days=DAYS - 1)
    since = first - timedelta(days=watched.condition.lookback - 1)
    found = histories(user, watched, since=since, until=today)
    seen = looks(watched.condition, found, first=first, last=today)
    episodes = rehearse(seen, pause=timedelta(hours=rule.cooldown_hours))
    newest = sorted(episodes, key=lambda e: (e.opened_on, str(e.segment)))[::-1]
    measured = {
        segment
        for findings in seen.values()
        for segment, finding in findings.items()
        if finding.verdict != "unknown"
    }
    return Simulation(
        days=DAYS,
        segments=len(found),
        measured=len(measured),
        episodes=tuple(_listed(user, rule, e) for e in newest[:MOST_LISTED]),
        count=len(episodes),
        still_open=sum(e.closed_on is None for e in episodes),
        figure=_figure(user, rule, seen, episodes),
    )


def looks(
    condition: Condition, found: Mapping[Segment, History], *, first: date, last: date
) -> dict[date, dict[Segment, Finding]]:
    """What every segment looked like at the end of each day."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return {day: look(condition, found, day=day) for day in days}


def rehearse(
    seen: Mapping[date, Mapping[Segment, Finding]], *, pause: timedelta
) -> list[Episode]:
    """The episodes of these days, in the order they opened."""
    open_ones: dict[Segment, tuple[date, Finding]] = {}
    closed_at: dict[Segment, datetime] = {}
    episodes: list[Episode] = []
    for day, findings in sorted(seen.items()):
        at = datetime.combine(day, time(12), UTC)
        for segment, finding in findings.items():
            step = next_step(
                finding.verdict,
                is_open=segment in open_ones,
                closed_at=closed_at.get(segment),
                at=at,
                pause=pause,
            )
            if step == "open":
                open_ones[segment] = day, finding
            elif step == "close":
                opened_on, first = open_ones.pop(segment)
                closed_at[segment] = at
                episodes.append(Episode(segment, opened_on, day, first))
    rest = (Episode(s, day, None, first) for s, (day, first) in open_ones.items())
    return sorted((*episodes, *rest), key=lambda e: (e.opened_on, str(e.segment)))


def summary(simulation: Simulation) -> str:
    """“It would have fired 4 times in 180 days.”"""
    if not simulation.measured:
        return _(
            "On none of the %(days)d days were there answers enough to say anything."
        ) % {"days": simulation.days}
    if not simulation.count:
        return _("It would not have fired in %(days)d days.") % {
            "days": simulation.days
        }
    times = ngettext(
        "It would have fired %(number)s time in %(days)d days.",
        "It would have fired %(number)s times in %(days)d days.",
        simulation.count,
    )
    return times % {"number": count_text(simulation.count), "days": simulation.days}


def _listed(user: User, rule: AlertRule, episode: Episode) -> Listed:
    return Listed(
        episode.opened_on,
        episode.closed_on,
        segment_name(user, rule.by, str(episode.segment)),
        short_words(rule, episode.finding.as_json()),
    )


def _figure(
    user: User,
    rule: AlertRule,
    seen: Mapping[date, Mapping[Segment, Finding]],
    episodes: Sequence[Episode],
) -> Figure:
    if not rule.by:
        findings = {day: by_segment.get("") for day, by_segment in seen.items()}
        marks = [(e.opened_on, _("fires")) for e in episodes]
        return watched_figure(rule, findings, marks)
    times: dict[Segment, int] = {}
    for episode in episodes:
        times[episode.segment] = times.get(episode.segment, 0) + 1
    most = sorted(times, key=lambda s: (-times[s], str(s)))[:20]
    names = [segment_name(user, rule.by, str(segment)) for segment in most]
    title = _("How often it would have fired, by group")
    return Figure(
        key="simulation",
        kind="bars",
        title=title,
        caption=title,
        data={
            "labels": names,
            "series": [{"name": _("Alerts"), "values": [times[s] for s in most]}],
            "unit": "",
            "digits": 0,
            "horizontal": True,
        },
        columns=(_("Group"), _("Alerts")),
        rows=tuple(
            (name, count_text(times[s])) for name, s in zip(names, most, strict=True)
        ),
    )
