"""What is in the field: surveys by address and versions by id, kept in the process.

Versions never change, so they are kept for good. Which version an address shows may
change at any time: a stamp in Valkey says so to every process within CHECKED_EVERY,
without a query. Only the page reads this; the intake asks the database itself.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from surveys import stamps
from surveys.branching import Route
from surveys.document import Document, read_document
from surveys.models import Survey, SurveyVersion
from surveys.suspicion import Watch

K = TypeVar("K")
V = TypeVar("V")

CHECKED_EVERY = 0.1  # seconds
# Without Valkey nobody tells us of changes, so what we know grows old faster.
TRUSTED_WITHOUT_STAMP = 2.0
KEPT = 500


@dataclass(frozen=True)
class Version:
    """A survey as it was shown, ready to check answers against."""

    id: int
    survey_id: int
    slug: str
    is_trial: bool
    document: Document

    @cached_property
    def route(self) -> Route:
        """Compiled once: what answers are read with."""
        return Route(self.document)

    @cached_property
    def watch(self) -> Watch:
        """Compiled once: what odd answers are noticed with."""
        return Watch(self.document)


@dataclass(frozen=True)
class Published:
    """What an address shows now; `version` is None before the first publication."""

    survey_id: int
    slug: str
    state: str
    version: Version | None


@dataclass
class _Known:
    published: Published
    stamp: str
    checked_at: float
    loaded_at: float


_known: OrderedDict[str, _Known] = OrderedDict()
_versions: OrderedDict[int, Version] = OrderedDict()


def find_published(slug: str) -> Published | None:
    """The survey of this address, in whatever state; None where there is none."""
    now = time.monotonic()
    known = _known.get(slug)
    if stamps.take_renewal(slug):
        known = None
    if known and now - known.checked_at < CHECKED_EVERY:
        return known.published
    stamp = stamps.find_stamp(slug)
    if known and _still_holds(known, stamp, now):
        known.checked_at = now
        return known.published
    # The stamp is read before the survey: a change in between makes it look old.
    published = _load(slug)
    if published is not None:
        stamp = stamp or stamps.first_stamp(slug)
        _keep(_known, slug, _Known(published, stamp, now, now))
    return published


def get_version(version_id: int) -> Version:
    """Raises SurveyVersion.DoesNotExist."""
    version = _versions.get(version_id)
    if version is None:
        row = SurveyVersion.objects.select_related("survey").get(id=version_id)
        version = _version_of(row, row.survey)
        _keep(_versions, version_id, version)
    return version


def forget_everything() -> None:
    """Start afresh in this process; for tests, where ids are used again."""
    _known.clear()
    _versions.clear()


def _still_holds(known: _Known, stamp: str | None, now: float) -> bool:
    if stamp is None:
        return now - known.loaded_at < TRUSTED_WITHOUT_STAMP
    return stamp == known.stamp


def _load(slug: str) -> Published | None:
    survey = Survey.objects.select_related("version").filter(slug=slug).first()
    if survey is None:
        return None
    version = None
    if survey.version is not None:
        version = _version_of(survey.version, survey)
        _keep(_versions, version.id, version)
    return Published(survey.pk, survey.slug, survey.state, version)


def _version_of(row: SurveyVersion, survey: Survey) -> Version:
    return Version(
        id=row.pk,
        survey_id=survey.pk,
        slug=survey.slug,
        is_trial=row.number is None,
        document=read_document(row.document),
    )


def _keep(kept: OrderedDict[K, V], key: K, value: V) -> None:
    kept[key] = value
    while len(kept) > KEPT:
        kept.popitem(last=False)
