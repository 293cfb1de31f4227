from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "tickets"

    def ready(self) -> None:
        from tickets import (
            calendar_changes,  # noqa: F401  registering is the import's effect
            handlers,  # noqa: F401  so is this one's
            promises,  # noqa: F401  so is this one's
            related,  # noqa: F401  and this one's
            team_duties,  # noqa: F401  and this one's
            timeline,  # noqa: F401  and this one's
        )
