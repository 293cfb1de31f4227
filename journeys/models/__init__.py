from journeys.models.journey import Journey, MapNote, Stage
from journeys.models.persona import ExperienceVision, Persona
from journeys.models.touchpoint import Touchpoint

__all__ = ["ExperienceVision", "Journey", "MapNote", "Persona", "Stage", "Touchpoint"]
