"""A reader's corrections: previewed, taught, applied to old comments, undone."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.models import Event
from surveys import taxonomy
from surveys.comments import TOPICS, analyse, topics_of, words_of
from surveys.comments.own_words import NotAWord, OwnWord, normal_form
from surveys.enrichment import enrich
from surveys.models import Response, TopicReading, TopicRule
from surveys.taxonomy import CannotTeach, correction_of
from teams.models import DataScope
from tests.dashboards.answers import give
from tests.personas import MONDAY_NINE, manager_milo

NOON = MONDAY_NINE + timedelta(hours=6)


def rule(word: str, topic: str, *, is_added: bool = True) -> OwnWord:
    return OwnWord(word, topic, is_added)


class TestNormalForm:
    @pytest.mark.parametrize(
        ("text", "word"),
        [
            ("Lounge", "lounge"),
            (" On  hold ", "on_hold"),
            ("user-friendly", "user_friendly"),
            ("ＷｉＦｉ", "wifi"),
            ("貴賓室", "贵宾室"),
            ("值机", "值机"),
        ],
    )
    def test_is_what_the_vocabulary_holds(self, text: str, word: str) -> None:
        assert normal_form(text) == word

    @pytest.mark.parametrize("text", ["", "!!", "lounge 贵宾室", "a, b", "x" * 61])
    def test_refuses_what_no_comment_could_equal(self, text: str) -> None:
        with pytest.raises(NotAWord):
            normal_form(text)

    @given(st.text(max_size=80))
    def test_is_its_own_normal_form(self, text: str) -> None:
        try:
            word = normal_form(text)
        except NotAWord:
            return
        assert normal_form(word.replace("_", " ")) == word


class TestOwnWords:
    def test_teach_a_new_word_and_its_plural(self) -> None:
        own = (rule("lounge", "comfort"),)
        assert analyse("The lounge was full.").topics == ()
        assert analyse("The lounge was full.", own=own).topics == ("comfort",)
        assert topics_of("Full lounges", language="en", own=own) == ("comfort",)

    def test_teach_a_chinese_word_of_two_characters(self) -> None:
        own = (rule("贵宾", "comfort"),)
        assert analyse("贵宾厅太挤了", own=own).topics[0] == "comfort"

    def test_take_a_word_from_a_topic_and_leave_its_others(self) -> None:
        assert set(analyse("The crew was late.").topics) == {
            "reliability",
            "service_staff",
        }
        own = (rule("crew", "service_staff", is_added=False),)
        assert analyse("The crew was late.", own=own).topics == ("reliability",)

    def test_say_which_words_brought_a_topic_about(self) -> None:
        found = words_of("The crew was rude, the food cold.", language="en")
        assert found == {"service_staff": ("crew", "rude"), "food": ("food",)}

    def test_do_not_touch_the_sentiment(self) -> None:
        plain = analyse("Rude crew")
        own = analyse("Rude crew", own=(rule("rude", "comfort"),))
        assert own.sentiment == plain.sentiment

    @given(topic=st.sampled_from(sorted(TOPICS)))
    def test_the_later_of_two_holds(self, topic: str) -> None:
        own = (rule("lounge", topic), rule("lounge", topic, is_added=False))
        assert topic not in analyse("the lounge", own=own).topics


def commented(*comments: str) -> list[Response]:
    found = [give(3, comment=comment)[0] for comment in comments]
    enrich([response.id for response in found])
    return found


def topics(response: Response) -> list[str]:
    return Response.objects.get(pk=response.pk).topics


@pytest.mark.django_db
class TestTeaching:
    def teach(self, word: str, topic: str, *, is_added: bool = True) -> TopicRule:
        found = correction_of(word, topic, is_added=is_added)
        return taxonomy.teach(found, by=manager_milo(), at=NOON)

    def read_all(self) -> TopicReading:
        reading = taxonomy.latest_reading()
        assert reading is not None
        assert taxonomy.read_on(reading.pk, at=NOON)
        reading.refresh_from_db()
        return reading

    def test_holds_for_new_comments_at_once(self) -> None:
        self.teach("lounge", "comfort")
        [response] = commented("The lounge was full.")
        assert topics(response) == ["comfort"]

    def test_reaches_old_comments_by_a_worker(self) -> None:
        full, other = commented("The lounge was full.", "The food was cold.")
        self.teach("lounge", "comfort")
        assert topics(full) == []
        reading = self.read_all()
        assert topics(full) == ["comfort"]
        assert topics(other) == ["food"]
        assert (reading.done, reading.total, reading.changed) == (2, 2, 1)
        assert reading.finished_at == NOON

    def test_is_undone_as_if_it_had_never_been(self) -> None:
        [full] = commented("The lounge was full.")
        made = self.teach("lounge", "comfort")
        self.read_all()
        taxonomy.undo(made, by=manager_milo(), at=NOON)
        self.read_all()
        assert topics(full) == []
        made.refresh_from_db()
        assert (made.undone_by, made.undone_at) == (manager_milo(), NOON)

    def test_to_the_contrary_undoes_what_was_taught(self) -> None:
        first = self.teach("lounge", "comfort")
        self.teach("lounge", "comfort", is_added=False)
        first.refresh_from_db()
        assert first.undone_at == NOON
        assert TopicRule.objects.in_force().count() == 1

    def test_twice_is_refused(self) -> None:
        self.teach("lounge", "comfort")
        with pytest.raises(CannotTeach):
            self.teach("Lounge", "comfort")

    def test_goes_on_where_a_worker_stopped(self) -> None:
        found = commented("The lounge was full.", "A lounge.", "Nice lounge!")
        self.teach("lounge", "comfort")
        reading = taxonomy.latest_reading()
        assert reading is not None
        assert not taxonomy.read_on(reading.pk, at=NOON, most=1)
        assert taxonomy.read_on(reading.pk, at=NOON)
        assert all(topics(response) == ["comfort"] for response in found)
        reading.refresh_from_db()
        assert reading.done == 3

    def test_again_takes_the_place_of_a_reading_under_way(self) -> None:
        self.teach("lounge", "comfort")
        old = taxonomy.latest_reading()
        self.teach("gate", "location")
        assert old is not None
        assert taxonomy.read_on(old.pk, at=NOON)
        assert TopicReading.objects.count() == 1

    def test_is_recorded(self) -> None:
        made = self.teach("lounge", "comfort")
        taxonomy.undo(made, by=manager_milo(), at=NOON)
        names = Event.objects.filter(subject_type="topic_rule").order_by("pk")
        assert [(e.name, e.payload["word"]) for e in names] == [
            ("survey.topic_corrected", "lounge"),
            ("survey.topic_correction_undone", "lounge"),
        ]

    @pytest.mark.parametrize(
        ("word", "topic"), [("", "food"), ("!!", "food"), ("tea", "no_such_topic")]
    )
    def test_refuses_what_makes_no_sense(self, word: str, topic: str) -> None:
        with pytest.raises(CannotTeach):
            correction_of(word, topic, is_added=True)


@pytest.mark.django_db
class TestPreview:
    def test_counts_what_would_change_and_changes_nothing(self) -> None:
        full, _other = commented("The lounge was full.", "The food was cold.")
        found = taxonomy.preview(
            correction_of("lounge", "comfort", is_added=True),
            user=manager_milo(),
            at=NOON,
        )
        assert (found.looked_at, found.changed, found.is_part) == (2, 1, False)
        assert found.examples == (full.id,)
        assert topics(full) == []

    def test_looks_only_at_what_the_person_may_read(self) -> None:
        response = commented("The lounge was full.")[0]
        Response.objects.filter(pk=response.pk).update(region="South")
        milo = manager_milo()
        DataScope.objects.create(
            user=milo, dimension="region", effect="allow", value="North"
        )
        found = taxonomy.preview(
            correction_of("lounge", "comfort", is_added=True), user=milo, at=NOON
        )
        assert (found.looked_at, found.changed) == (0, 0)
