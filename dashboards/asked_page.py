"""Which page of the dashboards an address of ours is about: `?of=kpis&period=30d`."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, QueryDict

from dashboards.report import Report
from dashboards.shareable import PAGES, Shareable
from teams.models import User

PAGE = "of"
# What only the page itself needs: where a list was turned to, how it is shown.
_PASSING = ("page", "wall", "csrfmiddlewaretoken")


@dataclass(frozen=True)
class AskedPage:
    """`key` in `shareable.PAGES`, and the page's own query."""

    key: str
    query: QueryDict

    @property
    def page(self) -> Shareable:
        return PAGES[self.key]

    @property
    def address(self) -> str:
        """The query of our own address."""
        return "&".join(filter(None, [urlencode({PAGE: self.key}), self.encoded]))

    @property
    def encoded(self) -> str:
        return self.query.urlencode()

    @property
    def url(self) -> str:
        return self.page.url(self.query)

    def report(self, user: User, *, at: datetime) -> Report:
        """Raises what `shareable.Build` raises."""
        return self.page.build(user, self.query, at=at)


def asked_page(request: HttpRequest) -> AskedPage:
    """Raises Http404 for a page that cannot be shared."""
    query = request.GET.copy()
    key = query.pop(PAGE, [""])[-1]
    if not isinstance(key, str) or key not in PAGES:
        raise Http404
    return AskedPage(key, query)


def open_page(request: HttpRequest) -> AskedPage | None:
    """The page that this request shows, if it can be shared."""
    match = request.resolver_match
    if match is None or match.app_name != "dashboards" or not match.url_name:
        return None
    page = PAGES.get(match.url_name)
    if page is None or set(match.kwargs) != set(page.in_path):
        return None
    query = request.GET.copy()
    for name in _PASSING:
        query.pop(name, None)
    for name in page.in_path:
        query[name] = str(match.kwargs[name])
    return AskedPage(match.url_name, query)
