"""A file of orders and losses becomes interactions, once."""

import gzip
import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from customers.models import Customer, Interaction
from events.models import Event
from tests.personas import customer

pytestmark = pytest.mark.django_db

MAP = {
    "customer": "{who}",
    "facts": {"region": "{state}"},
    "time_zone": "Asia/Shanghai",
    "interactions": [
        {
            "kind": "order",
            "when": "{bought}",
            "value": "{paid}",
            "currency": "CNY",
            "key": "order-{id}",
            "only": {"column": "status", "values": ["done"]},
            "data": {"what": "{what}"},
        },
        {
            "kind": "churn",
            "when": "2026-02-01",
            "key": "churn-{id}",
            "only": {"column": "left", "values": ["yes"]},
        },
    ],
}
HEADER = "id,who,state,bought,paid,status,what,left\n"
GOOD = "1,anna,North,2026-01-02 08:00:00,120.5,done,shoes,no\n"
LEFT = "2,bert,South,2026-01-03 08:00:00,80,done,hat,yes\n"
CANCELLED = "3,carl,South,2026-01-03 08:00:00,80,cancelled,hat,no\n"


def run(tmp_path: Path, *lines: str, map: object = MAP, packed: bool = False) -> str:
    file = tmp_path / ("orders.csv.gz" if packed else "orders.csv")
    content = (HEADER + "".join(lines)).encode()
    file.write_bytes(gzip.compress(content) if packed else content)
    (tmp_path / "map.json").write_text(json.dumps(map))
    out = StringIO()
    call_command(
        "import_interactions", str(file), map=tmp_path / "map.json", stdout=out
    )
    return out.getvalue()


class TestTheImport:
    @pytest.mark.parametrize("packed", [False, True])
    def test_stores_what_the_map_makes_of_a_line(
        self, tmp_path: Path, packed: bool
    ) -> None:
        said = run(tmp_path, GOOD, LEFT, CANCELLED, packed=packed)
        assert "3 lines read: 3 interactions imported" in said
        order = Interaction.objects.get(external_id="order-1")
        assert order.customer.external_id == "anna"
        assert order.customer.region == "North"
        assert order.occurred_at == datetime(2026, 1, 2, tzinfo=UTC)
        assert (str(order.value), order.currency) == ("120.50", "CNY")
        assert order.data == {"what": "shoes"}
        assert Interaction.objects.get(kind="churn").customer.external_id == "bert"
        assert not Customer.objects.filter(external_id="carl").exists()
        assert Event.objects.filter(name="customer.interactions_imported").exists()

    def test_stores_nothing_twice(self, tmp_path: Path) -> None:
        run(tmp_path, GOOD, LEFT)
        said = run(tmp_path, GOOD, LEFT)
        assert "0 interactions imported, 3 already there" in said
        assert Interaction.objects.count() == 3

    def test_leaves_known_customers_as_they_are(self, tmp_path: Path) -> None:
        customer("anna", region="West")
        run(tmp_path, GOOD)
        assert Customer.objects.get(external_id="anna").region == "West"

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("1,anna,North,tomorrow,1,done,x,no\n", "is no instant"),
            ("1,anna,North,2026-01-02,many,done,x,no\n", "is no number"),
            ("1,anna,North,2026-01-02,NaN,done,x,no\n", "is no amount"),
            ("1,,North,2026-01-02,1,done,x,no\n", "is no external id"),
            ("1,anna,North,2999-01-02,1,done,x,no\n", "lies in the future"),
            (f"1,anna,{'x' * 81},2026-01-02,1,done,x,no\n", "longer than 80"),
        ],
    )
    def test_lists_bad_lines_with_their_reason(
        self, tmp_path: Path, line: str, reason: str
    ) -> None:
        assert "1 bad lines" in run(tmp_path, line, LEFT)
        errors = (tmp_path / "orders.csv.errors.csv").read_text()
        assert errors.splitlines()[1].startswith("2,")
        assert reason in errors
        assert Interaction.objects.count() == 2

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"customer": "{nobody}"}, "no column 'nobody'"),
            ({"interactions": []}, "not a usable map"),
            ({"time_zone": "Moon"}, "no time zone"),
            ({"facts": {"shoe": "{what}"}}, "customers have no shoe"),
        ],
    )
    def test_refuses_a_map_that_does_not_fit(
        self, tmp_path: Path, change: dict[str, object], words: str
    ) -> None:
        with pytest.raises(CommandError, match=words):
            run(tmp_path, GOOD, map=MAP | change)
