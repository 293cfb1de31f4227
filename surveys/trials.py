"""Test links: whoever has one answers the draft as it was frozen, and nothing counts."""

from datetime import timedelta

from django.core import signing

from surveys.models import SurveyVersion
from surveys.published import Version, get_version

SALT = "cem.surveys.trial"
HOLDS = timedelta(days=30)


class UnusableTestLink(Exception):
    """Changed on the way, too old, or for another survey."""


def trial_token(version: SurveyVersion) -> str:
    """The `test` parameter of the survey's address."""
    assert version.number is None, "a version in the field is no trial"
    return signing.dumps(version.pk, salt=SALT)


def trial_version(token: str, *, slug: str) -> Version:
    """What the link shows. Raises UnusableTestLink."""
    try:
        version = get_version(int(signing.loads(token, salt=SALT, max_age=HOLDS)))
    except (signing.BadSignature, ValueError, SurveyVersion.DoesNotExist) as error:
        raise UnusableTestLink from error
    if version.slug != slug or not version.is_trial:
        raise UnusableTestLink
    return version
