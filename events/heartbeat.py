"""When each part was last at work; read by /readyz and `doctor`."""

from datetime import datetime

from events.models import Heartbeat


def beat(part: str, *, at: datetime) -> None:
    Heartbeat.objects.update_or_create(part=part, defaults={"seen_at": at})
