"""Whether a survey is fit to be published, as things stand in this installation."""

from surveys.document import Document, read_document
from surveys.lint import Finding, findings
from surveys.models import AllowedSite, Survey
from surveys.promises import promise_for


class NotReady(Exception):
    """The draft has errors; `findings` says which."""

    def __init__(self, found: list[Finding]) -> None:
        super().__init__(", ".join(finding.code for finding in found))
        self.findings = found


def findings_for(survey: Survey, document: Document) -> list[Finding]:
    """What the lint says of a survey's draft, knowing which sites an ending may lead to
    and whether there is a promise to tell."""
    sites = AllowedSite.objects.values_list("origin", flat=True)
    return findings(
        document,
        allowed_sites=set(sites),
        has_promise=bool(promise_for(survey.pk)),
    )


def errors_in(found: list[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.level == "error"]


def refuse_errors(survey: Survey) -> None:
    """Raises NotReady."""
    errors = errors_in(findings_for(survey, read_document(survey.draft)))
    if errors:
        raise NotReady(errors)
