"""Whether a survey is fit to be published, as things stand in this installation."""

from surveys.document import Document
from surveys.lint import Finding, findings
from surveys.models import AllowedSite


class NotReady(Exception):
    """The draft has errors; `findings` says which."""

    def __init__(self, found: list[Finding]) -> None:
        super().__init__(", ".join(finding.code for finding in found))
        self.findings = found


def findings_for(document: Document) -> list[Finding]:
    """What the lint says, knowing which sites an ending may lead to."""
    sites = AllowedSite.objects.values_list("origin", flat=True)
    return findings(document, allowed_sites=set(sites))


def errors_in(found: list[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.level == "error"]


def refuse_errors(document: Document) -> None:
    """Raises NotReady."""
    errors = errors_in(findings_for(document))
    if errors:
        raise NotReady(errors)
