"""A journey as a table: stages are columns, lanes are rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from journeys.models import Journey, MapNote, Stage, Touchpoint


@dataclass(frozen=True)
class Lane:
    """`cells` holds one text per stage, in the order of the stages."""

    key: str
    label: str
    cells: Sequence[tuple[Stage, str]]


@dataclass(frozen=True)
class JourneyMap:
    stages: Sequence[Stage]
    lanes: Sequence[Lane]
    touchpoints: Sequence[tuple[Stage, Sequence[Touchpoint]]]


def map_of(journey: Journey) -> JourneyMap:
    """Three queries, however long the journey is."""
    touchpoints = Touchpoint.objects.select_related("team").order_by("position", "id")
    stages = list(
        journey.stages.order_by("position").prefetch_related(
            "notes", Prefetch("touchpoints", touchpoints)
        )
    )
    texts = {
        (note.stage_id, note.lane): note.text for s in stages for note in s.notes.all()
    }
    lanes = [
        Lane(key, str(label), [(s, texts.get((s.pk, key), "")) for s in stages])
        for key, label in MapNote.Lane.choices
    ]
    return JourneyMap(stages, lanes, [(s, list(s.touchpoints.all())) for s in stages])
