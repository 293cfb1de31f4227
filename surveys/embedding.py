"""The respondents' pages inside another page: on a company's site, or on a kiosk.

`?embed=<mode>&host=<origin>` says that a site shows the page in a frame; `?kiosk=form`
that a kiosk does. Everything here is in the address, so nothing has to be remembered.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.html import escape

from surveys import identity, sites
from surveys.models import Response

# What the address carries from page to page; hidden fields cannot be called like this.
CARRIED = ("embed", "host", "identity", "kiosk")
NOBODY = "'none'"
REMEMBERS = re.compile(rb'<script type="module" src="[^"]*/once\.[^"]*"></script>')
LEAVES = re.compile(rb'<meta http-equiv="refresh"[^>]*>')
# Nobody stands at a kiosk for longer.
LONGEST_VISIT = timedelta(hours=1)


@dataclass(frozen=True)
class Frame:
    """What a page is shown in. `host` is the site's origin, where it is allowed."""

    channel: Response.Channel
    host: str = ""
    external_id: str = ""

    @property
    def is_kiosk(self) -> bool:
        return self.channel == Response.Channel.KIOSK

    def customer_id(self, *, at: datetime, makes: bool = False) -> int | None:
        """The visitor whom the site vouches for; `makes` them known if need be."""
        if not self.external_id:
            return None
        if makes:
            return identity.get_to_know(self.external_id, host=self.host, at=at)
        return identity.find_customer_id(self.external_id)


NO_FRAME = Frame(Response.Channel.LINK)


def frame_of(request: HttpRequest, at: datetime) -> Frame:
    """NO_FRAME where the page stands for itself."""
    if not request.META.get("QUERY_STRING"):
        return NO_FRAME
    query = request.GET
    if "kiosk" in query:
        return Frame(Response.Channel.KIOSK)
    if "embed" not in query:
        return NO_FRAME
    host = query.get("host", "")
    if not sites.is_allowed(host):
        return Frame(Response.Channel.EMBED)
    return Frame(Response.Channel.EMBED, host, _external_id(query, host, at))


def started_at(request: HttpRequest, made_at: datetime, at: datetime) -> datetime:
    """When the answers were begun. A kiosk's page is made long before somebody comes,
    and what it kept while offline is sent long after: it says how long they took."""
    took = request.POST.get("took", "")
    if "kiosk" not in request.GET or not took.isascii() or not took.isdigit():
        return made_at
    return at - min(timedelta(seconds=int(took[:6])), LONGEST_VISIT)


def framed(request: HttpRequest, response: HttpResponse, frame: Frame) -> HttpResponse:
    """The same page, told who may show it and whom it may talk to."""
    ancestors = "'self'" if frame.is_kiosk else frame.host or NOBODY
    policy = response.headers.get("Content-Security-Policy", "")
    response.headers["Content-Security-Policy"] = policy.replace(
        f"frame-ancestors {NOBODY}", f"frame-ancestors {ancestors}"
    )
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if response.get("Content-Type", "").startswith("text/html"):
        has_stored = request.method == "POST" and response.status_code == 200
        response.content = _body(
            response.content, request.GET, frame, has_stored=has_stored
        )
        response.headers["Content-Length"] = str(len(response.content))
    return response


def _body(body: bytes, query: QueryDict, frame: Frame, *, has_stored: bool) -> bytes:
    carried = {name: query[name] for name in CARRIED if query.get(name)}
    kept = escape(f"{urlencode(carried)}&").encode()
    # The links to the other languages stay in the frame; nothing leads it elsewhere by
    # itself, for other sites do not let themselves be framed.
    body = LEAVES.sub(b"", body.replace(b'href="?', b'href="?' + kept))
    if frame.is_kiosk:
        # Nothing of one customer is left for the next.
        return REMEMBERS.sub(b"", body).replace(
            b"data-respond", b'data-respond="once" autocomplete="off"'
        )
    script = escape(staticfiles_storage.url("public/framed.js"))
    state = "asks" if b"data-respond" in body else "thanks" if has_stored else "notice"
    tag = (
        f'<script type="module" src="{script}" data-host="{escape(frame.host)}"'
        f' data-state="{state}">'
    )
    return body.replace(b"</head>", f"{tag}</script>\n</head>".encode(), 1)


def _external_id(query: QueryDict, host: str, at: datetime) -> str:
    token = query.get("identity", "")
    if not token:
        return ""
    try:
        return identity.external_id_in(token, host=host, at=at)
    except identity.NotIdentified:
        # Who is not proven is nobody; the answers are welcome all the same.
        return ""
