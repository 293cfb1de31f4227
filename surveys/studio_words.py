"""What the studio's scripts say. Places for values are written {so}."""

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    return {}
