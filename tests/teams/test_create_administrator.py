"""manage.py create_administrator: how the first person gets in."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from teams.models import User
from teams.roles import Role

pytestmark = pytest.mark.django_db


class TestCreateAdministrator:
    def test_prints_a_link_that_chooses_the_password(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        call_command("create_administrator", "Ada@Example.test", name="Ada")
        person = User.objects.get(email="ada@example.test")
        assert person.role == Role.ADMINISTRATOR
        assert not person.has_usable_password()
        link = capsys.readouterr().out.splitlines()[-1]
        page = Client().get(link, follow=True)
        assert page.status_code == 200
        assert "password1" in page.content.decode()

    @pytest.mark.parametrize("email", ["nonsense", "", "a@b@c"])
    def test_refuses_what_is_no_address(self, email: str) -> None:
        with pytest.raises(CommandError):
            call_command("create_administrator", email, name="Ada")

    def test_refuses_somebody_known(self) -> None:
        call_command("create_administrator", "ada@example.test", name="Ada")
        with pytest.raises(CommandError, match="already"):
            call_command("create_administrator", "ADA@example.test", name="Ada")
