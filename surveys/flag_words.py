"""What the flags of an odd answer mean, for people."""

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from surveys import suspicion

WORDS: Mapping[str, Promise] = {
    suspicion.TOO_FAST: _("answered faster than anybody reads"),
    suspicion.HONEYPOT: _("filled in a field that no person sees"),
    suspicion.SAME_DEVICE: _("the same device has answered before"),
    suspicion.STRAIGHT_LINE: _("the same point in every row"),
    suspicion.GIBBERISH: _("letters without words"),
    suspicion.LINKS: _("links in a comment"),
    suspicion.MANY: _("many answers from one address"),
    suspicion.NO_PROOF: _("the browser did not do its sum"),
}


def flags_in_words(flags: Iterable[str]) -> list[str]:
    """A flag that this release does not know is named by its key."""
    return [str(WORDS.get(flag, flag)) for flag in flags]
