from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"

    def ready(self) -> None:
        from surveys import (
            segment_facts,
            timeline,  # noqa: F401  registering is the import's effect
        )

        segment_facts.offer_all()
