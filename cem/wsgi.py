"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from cem.application import Application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cem.settings")

application = Application(get_wsgi_application())

from surveys import shown  # noqa: E402  needs Django, which is set up only now

shown.write_by_itself()
