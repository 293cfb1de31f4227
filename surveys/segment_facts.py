"""What segments of customers may ask about their answers."""

from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from customers import segments
from customers.conditions import Field, Kind
from surveys.models import Response


def offer_all() -> None:
    segments.offer("last_nps", Field(Kind.NUMBER, _("last NPS score")), _last_nps)


def _last_nps(at: datetime) -> Subquery:
    answers = Response.objects.counted().filter(
        customer=OuterRef("pk"), nps__isnull=False, submitted_at__lte=at
    )
    return Subquery(answers.order_by("-submitted_at").values("nps")[:1])
