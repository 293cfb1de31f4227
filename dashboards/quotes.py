"""What customers wrote, for those who may read it; nobody's name."""

from dashboards.comment_counts import SENTIMENTS, UNREAD, commented
from dashboards.periods import Period
from dashboards.selection import Filters
from surveys.models import Response
from surveys.models.response import ResponseQuerySet
from teams.models import User


def quotes(
    user: User,
    period: Period,
    filters: Filters,
    *,
    topic: str = "",
    sentiment: str = "",
    words: str = "",
) -> ResponseQuerySet:
    """The newest first. Every word has to be in the comment, in whatever language: words
    of Chinese are not set apart, so any part of the text is found."""
    found = commented(user, filters, since=period.start, until=period.end)
    found = found & Response.objects.visible_to(user).order_by()
    if topic:
        found = found.filter(topics__contains=[topic])
    if sentiment == UNREAD:
        found = found.exclude(sentiment_label__in=SENTIMENTS)
    elif sentiment:
        found = found.filter(sentiment_label=sentiment)
    for word in words.split():
        found = found.filter(comment__icontains=word)
    return found.order_by("-day", "-submitted_at", "-id")
