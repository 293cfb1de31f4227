"""Who a letter to a customer says that it is from."""

from email.utils import parseaddr

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from teams.models import User


def sender_name(language: str, person: User | None = None) -> str:
    """“Ana Costa, Skylark”, or the one of both that is known; else empty."""
    company = company_name()
    if person is None or not company:
        return company if person is None else person.name
    with translation.override(language):
        return _("%(person)s, %(company)s") % {
            "person": person.name,
            "company": company,
        }


def company_name() -> str:
    """As the installation was told, be it in the name of its address."""
    return settings.COMPANY_NAME or parseaddr(settings.DEFAULT_FROM_EMAIL)[0]
