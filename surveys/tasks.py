"""Celery's side of the surveys."""

from celery import shared_task

from surveys.enrichment import enrich_waiting


@shared_task(queue="bulk")
def read_comments() -> None:
    enrich_waiting()
