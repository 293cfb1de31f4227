"""Pages for when something is wrong; some get no context at all from Django."""

from typing import Any

import pytest
from django.test import Client
from django.views.defaults import bad_request, server_error

from tests.personas import agent_ana

pytestmark = pytest.mark.django_db


class TestErrorPages:
    def test_say_it_without_any_context(self, rf: Any) -> None:
        answers = [
            server_error(rf.get("/")),
            bad_request(rf.get("/"), ValueError()),
        ]
        assert [answer.status_code for answer in answers] == [500, 400]
        assert "Something went wrong" in answers[0].content.decode()
        assert "cannot be read" in answers[1].content.decode()

    def test_explain_a_form_that_is_too_old(self) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(agent_ana())
        answer = client.post("/settings/presence/", {"is_present": "false"})
        assert answer.status_code == 403
        assert "The form is too old" in answer.content.decode()

    def test_hold_no_inline_script_or_style(self) -> None:
        client = Client()
        client.force_login(agent_ana())
        for page in ("/settings/", "/settings/nothing/", "/notifications/"):
            text = client.get(page).content.decode()
            assert "style=" not in text
            assert "<script>" not in text
            assert "onclick" not in text
