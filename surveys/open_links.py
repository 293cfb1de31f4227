"""The link that anybody may answer by."""

from django.conf import settings

from surveys.models import Survey


def public_link(survey: Survey) -> str:
    """Complete, as it is copied, printed and put into codes."""
    return f"{settings.SITE_URL}/s/{survey.slug}/"
