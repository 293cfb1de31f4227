"""What is read after answering: the ending's words with values in them, where it may
lead, and whether we may call."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from surveys import pages, sites
from surveys.answers import Problem
from surveys.document import Ending
from surveys.elements import Language
from surveys.models import Response
from surveys.pipe_values import values_for
from surveys.piping import names_in
from surveys.published import Version, get_version
from surveys.sentences import sentence_in


@dataclass(frozen=True)
class Ended:
    """An ending as one respondent reaches it."""

    version: Version
    language: Language
    ending: str
    token: str


def page_after(
    ended: Ended,
    answers: Mapping[str, object],
    context: Mapping[str, object],
    call: pages.Call | None = None,
) -> bytes:
    """The answers are raw; `context` is what may be asked beside them."""
    version, language = ended.version, ended.language
    values: Mapping[str, str] = {}
    if _names(version.id, ended.ending):
        walk = version.route.walk(answers, {"language": language, **context})
        values = values_for(version.document, language, walk, context)
    return pages.ending_page(
        version.id,
        language,
        ended.ending,
        token=ended.token,
        values=values,
        call=call,
        redirects=_may_lead_away(version.document.ending(ended.ending)),
    )


def page_again(
    version: Version,
    language: Language,
    response_id: UUID,
    token: str,
    call: pages.Call,
) -> bytes:
    """The ending of an answer that is stored already, after the question about a call."""
    stored = Response.objects.filter(id=response_id, survey_id=version.survey_id)
    row = stored.values("ending", "answers").first()
    document = version.document
    endings = {ending.id for ending in document.endings}
    answers = dict(row["answers"]) if row else {}
    ending = row["ending"] if row and row["ending"] in endings else ""
    ended = Ended(
        version, language, ending or document.ending_of_group("passive").id, token
    )
    return page_after(ended, answers, {}, call)


def wrong_phone(phone: str, language: Language) -> pages.Call:
    problem = Problem("call", "not_a_phone")
    return pages.Call(phone=phone[:30], problem=sentence_in(language, problem))


def _may_lead_away(ending: Ending) -> bool:
    """Only to a site that an administrator trusts."""
    if not ending.redirect:
        return False
    try:
        return sites.is_allowed(sites.origin_of(ending.redirect))
    except sites.NotASite:
        return False


@lru_cache(1_000)
def _names(version_id: int, ending_id: str) -> frozenset[str]:
    """What the ending's words ask for."""
    ending = get_version(version_id).document.ending(ending_id)
    texts = [ending.title, ending.text, *([ending.link.text] if ending.link else [])]
    return frozenset(
        name for text in texts for words in text.values() for name in names_in(words)
    )
