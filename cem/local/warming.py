"""What a server does once before it forks, so that its children share what it needs.

Children share each page of memory until somebody writes to it, and Python writes where
it runs: it fills caches, and notes in the code itself what it has learned of it. What
ran before the fork has written already. Half of a child's own memory goes by that.
"""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any

from celery import Celery
from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, InterfaceError, connections, transaction
from django.urls import get_resolver
from django.utils import formats, translation

from events.models import Event

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

ENGINE_IS_AWAY = (DatabaseError, InterfaceError)


def warm_web(application: WSGIApplication) -> None:
    """Import every view, and draw a page of each kind. Leaves no connection open."""
    assert get_resolver().url_patterns
    _read_catalogues()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            get_resolver().reverse_dict  # noqa: B018  made when it is read
    _visit(application, "/accounts/login/")
    _draw_a_survey()
    _ask_and_disconnect()


def warm_worker(app: Celery) -> None:
    """Run a task that does nothing, and load what sends others. Leaves no connection."""
    _read_catalogues()
    app.tasks["celery.accumulate"].apply()
    app.amqp.queues  # noqa: B018
    with app.connection_for_write() as broker:
        broker.transport  # noqa: B018  does not connect yet
    _ask_and_disconnect()


def _ask_and_disconnect() -> None:
    try:
        _ask_a_little()
    except ENGINE_IS_AWAY:
        # Servers start without it all the same, and their pages say what is missing.
        pass
    finally:
        _disconnect()


def _read_catalogues() -> None:
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            translation.gettext("Sign in")
            formats.localize(1.5)


def _visit(application: WSGIApplication, path: str) -> None:
    """As a browser does. Anything but a page is an error of the installation, which the
    first visitor is going to see too."""
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": settings.ALLOWED_HOSTS[0],
        "HTTP_ACCEPT_ENCODING": "gzip",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "https" if settings.BEHIND_HTTPS else "http",
    }
    response = application(environ, lambda *_head: lambda _body: None)
    b"".join(response)
    if hasattr(response, "close"):
        response.close()


def _draw_a_survey() -> None:
    # The worker's parent imports this module too, and shows no page.
    from surveys.branching import Route
    from surveys.document import plain, read_document
    from surveys.pages import Filled, filled_page
    from surveys.starters import relationship

    document = read_document(plain(relationship.DOCUMENT))
    for language in document.languages:
        filled_page(document, language, Filled(), route=Route(document))


def _ask_a_little() -> None:
    """Of each kind of statement one, none of which finds a row. Raises ENGINE_IS_AWAY."""
    caches["default"].get("nothing")
    nothing = Event.objects.filter(pk__lt=0)
    with transaction.atomic(), transaction.atomic():
        list(nothing)
        nothing.exists()
        nothing.update(actor="")
        nothing.delete()


def _disconnect() -> None:
    connections.close_all()
    cache: Any = caches["default"]
    cache.client.get_client().connection_pool.disconnect()
