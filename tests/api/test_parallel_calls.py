"""Calls that arrive at the same moment, each over its own connection."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from surveys.models import Response
from tests.api.client import Caller
from tests.personas import manager_milo, nps_survey

pytestmark = pytest.mark.django_db(transaction=True)
POST = "/surveys/support-nps/responses/"
ID = "01890a5d-ac96-774b-bcce-b302099a8057"


def at_once(call: Callable[[], Any], times: int = 8) -> list[int]:
    """The statuses of parallel calls."""
    statuses: list[int] = []
    barrier = Barrier(times)

    def work() -> None:
        try:
            barrier.wait(timeout=10)
            statuses.append(call().status_code)
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return statuses


class TestParallelCalls:
    def test_of_one_response_id_store_once(self) -> None:
        nps_survey()
        milo = Caller(manager_milo())
        body = {"id": ID, "answers": {"score": 3}}
        statuses = at_once(lambda: milo.post(POST, body))
        assert sorted(statuses) == [200] * 7 + [201]
        assert Response.objects.count() == 1

    def test_under_one_idempotency_key_happen_once(self) -> None:
        nps_survey()
        milo = Caller(manager_milo())
        body = {"answers": {"score": 3}}
        statuses = at_once(lambda: milo.post(POST, body, **{"idempotency-key": "k"}))
        assert statuses == [201] * 8
        assert Response.objects.count() == 1

    def test_about_one_new_customer_make_them_known_once(self) -> None:
        nps_survey()
        milo = Caller(manager_milo())
        body = {"answers": {"score": 9}, "customer": {"external_id": "new-1"}}
        statuses = at_once(lambda: milo.post(POST, body))
        assert statuses == [201] * 8
        assert Response.objects.filter(customer__external_id="new-1").count() == 8
