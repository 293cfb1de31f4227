"""How wide the cells of weekday and hour are."""

from dashboards.arrivals import arranged

EACH_HOUR = [(day, hour) for day in range(7) for hour in range(24)]


class TestArranged:
    def test_keeps_hours_where_there_are_many_answers(self) -> None:
        found = arranged(dict.fromkeys(EACH_HOUR, (10, 3)))
        assert found.width == 1
        assert len(found.shares) == len(EACH_HOUR)
        assert not found.hidden

    def test_widens_the_cells_until_they_can_be_shown(self) -> None:
        # One answer an hour: four hours stay below five, six do not.
        found = arranged(dict.fromkeys(EACH_HOUR, (1, 1)))
        assert found.width == 6
        assert {share.n for share in found.shares.values()} == {6}
        assert set(found.shares) == {(d, h) for d in range(7) for h in (0, 6, 12, 18)}

    def test_hides_what_even_days_are_too_few_for(self) -> None:
        found = arranged({(0, 9): (2, 1), (3, 15): (1, 0)})
        assert found.width == 24
        assert not found.shares
        assert found.hidden == {(0, 0), (3, 0)}

    def test_of_nothing_shows_nothing(self) -> None:
        assert not arranged({}).shares
