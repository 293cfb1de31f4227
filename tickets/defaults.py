"""Names of the rows that every company starts with, so that they are translated."""

from django.utils.translation import gettext_noop

NAMES = (
    gettext_noop("Standard promise"),
    gettext_noop("NPS 0 to 6"),
    gettext_noop("CSAT 1 or 2"),
    gettext_noop("High effort"),
    gettext_noop("Contact asked for"),
)
