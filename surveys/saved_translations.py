"""Translations put into the draft, whatever else is changed in it at the same time."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from surveys import studio
from surveys.document import read_document
from surveys.draft_changes import MOST_CHANGES
from surveys.elements import Language
from surveys.models import Survey
from surveys.translations import as_typed, changes_for, lines_of
from teams.models import User


class Conflicts(Exception):
    """Texts that somebody else has changed meanwhile; `now` is what they say, by key.

    A text that is gone says nothing.
    """

    def __init__(self, now: Mapping[str, str]) -> None:
        super().__init__(", ".join(now))
        self.now = now


@transaction.atomic
def save_translations(
    survey: Survey,
    news: Mapping[str, tuple[str, str]],
    *,
    target: Language,
    by: User,
    at: datetime,
) -> list[str]:
    """All or nothing; `news` is by key what each text was, and what it is to be.

    Other changes of the draft do not matter, only those of the same texts. Gives the
    keys of what is new. Raises Conflicts.
    """
    survey.refresh_from_db(from_queryset=Survey.objects.select_for_update(of=("self",)))
    other: Language = "zh-hans" if target == "en" else "en"
    lines = lines_of(read_document(survey.draft), other, target)
    now = {line.key: as_typed(line.target) for line in lines}
    changed = {
        key: (was, said)
        for key, (was, said) in news.items()
        if was != said and now.get(key) != said
    }
    lost = {key: now.get(key, "") for key, (was, _said) in changed.items()}
    lost = {key: said for key, said in lost.items() if now.get(key) != changed[key][0]}
    if lost:
        raise Conflicts(lost)
    changes = changes_for({key: said for key, (_was, said) in changed.items()}, target)
    for start in range(0, len(changes), MOST_CHANGES):
        studio.change_draft(
            survey,
            revision=survey.draft_revision,
            changes=changes[start : start + MOST_CHANGES],
            by=by,
            at=at,
        )
    return list(changed)
