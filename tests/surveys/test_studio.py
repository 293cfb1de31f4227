"""The studio in the browser's terms: made, worded, published, shared."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Consent, Message
from events.models import Delivery, Event
from surveys import field, studio
from surveys.document import plain, read_document
from surveys.drafts import new_document
from surveys.invitations import SKIPPED
from surveys.models import Invitation, Response, Survey
from surveys.templates import TEMPLATES
from teams.models import User
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    executive_eva,
    manager_milo,
    mara_detractor,
    nps_survey,
    support_call,
)

pytestmark = pytest.mark.django_db
ELEMENTS = ["pages", "page1", "elements"]
SCORE = [*ELEMENTS, "score"]


@pytest.fixture
def milo(client: Client) -> Client:
    client.force_login(manager_milo())
    return client


def draft(name: str = "After the call", kind: str = "nps") -> Survey:
    return studio.create_survey(
        basics=studio.Basics(name, "", support_call()),
        document=new_document(kind),
        by=manager_milo(),
        at=MONDAY_NINE,
    )


def live(name: str = "After the call") -> Survey:
    survey = draft(name)
    field.publish(survey, by=manager_milo(), at=MONDAY_NINE)
    return survey


def page(client: Client, name: str, survey: Survey, query: str = "") -> HttpResponse:
    return client.get(reverse(f"surveys:{name}", args=[survey.pk]) + query)


def post(client: Client, act: str, survey: Survey, **given: object) -> HttpResponse:
    return client.post(reverse(f"surveys:{act}", args=[survey.pk]), given)


def save(
    client: Client, survey: Survey, *changes: object, revision: int | None = None
) -> HttpResponse:
    """As the studio's scripts send it."""
    survey.refresh_from_db()
    given = survey.draft_revision if revision is None else revision
    return client.post(
        reverse("surveys:draft", args=[survey.pk]),
        {"revision": given, "changes": changes},
        content_type="application/json",
    )


def set_text(value: str, language: str = "en") -> dict[str, object]:
    return {"op": "set", "path": [*SCORE, "text", language], "value": value}


def element(key: str, kind: str, **more: object) -> dict[str, object]:
    value = {"id": key, "type": kind, "text": {"en": "Why?"}, **more}
    return {"op": "add", "path": ELEMENTS, "at": 9, "value": value}


def words(response: HttpResponse) -> str:
    return response.content.decode()


class TestCreating:
    def give(self, client: Client, **changes: object) -> HttpResponse:
        asked = {
            "name": "After the call",
            "touchpoint": support_call().pk,
            "start": "blank",
            **changes,
        }
        return client.post(reverse("surveys:create"), asked)

    def test_leads_to_the_questions(self, milo: Client) -> None:
        response = self.give(milo)
        survey = Survey.objects.get()
        assert response.headers["Location"] == reverse("surveys:edit", args=[survey.pk])
        assert survey.slug == "after-the-call"
        assert survey.created_by == manager_milo()
        assert Event.objects.filter(name="survey.created").exists()

    @pytest.mark.parametrize("key", TEMPLATES)
    def test_takes_a_template_as_it_is(self, milo: Client, key: str) -> None:
        self.give(milo, start=key)
        assert Survey.objects.get().draft == plain(TEMPLATES[key].document)

    def test_copies_a_survey(self, milo: Client) -> None:
        original = draft("Original", "ces5")
        self.give(milo, start="copy", original=original.pk)
        copy = Survey.objects.latest("pk")
        assert (copy.draft, copy.draft_revision) == (original.draft, 0)

    def test_asks_which_survey_to_copy(self, milo: Client) -> None:
        response = self.give(milo, start="copy")
        assert response.status_code == 422
        assert "Choose the survey to copy." in words(response)

    def test_makes_an_address_for_a_chinese_name(self, milo: Client) -> None:
        self.give(milo, name="客服回访")
        assert Survey.objects.get().slug.startswith("survey-")

    def test_never_takes_the_address_of_another(self, milo: Client) -> None:
        self.give(milo)
        self.give(milo)
        assert self.give(milo, slug="after-the-call").status_code == 422
        assert Survey.objects.count() == 2

    @pytest.mark.parametrize("slug", ["With Spaces", "ümlaut", "-x", "a/b", "a\x00"])
    def test_refuses_an_address_that_is_none(self, milo: Client, slug: str) -> None:
        assert self.give(milo, slug=slug).status_code == 422
        assert not Survey.objects.exists()


class TestSaving:
    def test_keeps_a_change_and_says_who_and_when(self, milo: Client) -> None:
        survey = draft()
        answer = save(milo, survey, set_text("Would you?")).json()
        survey.refresh_from_db()
        score = read_document(survey.draft).score
        assert score
        assert score.text["en"] == "Would you?"
        assert (answer["revision"], answer["by"]) == (1, manager_milo().name)

    def test_gives_back_less_than_the_document(self, milo: Client) -> None:
        assert "document" not in save(milo, draft(), set_text("Would you?")).json()

    def test_takes_out_forbidden_markup_and_shows_what_is_left(
        self, milo: Client
    ) -> None:
        dirty = "<b>Would</b> you?<script>alert(1)</script>"
        answer = save(milo, draft(), set_text(dirty)).json()
        text = answer["document"]["pages"][0]["elements"][0]["text"]["en"]
        assert text == "<b>Would</b> you?"

    def test_refuses_a_change_of_an_older_draft(self, milo: Client) -> None:
        survey = draft()
        save(milo, survey, set_text("Mine"))
        response = save(milo, survey, set_text("Late"), revision=0)
        theirs = response.json()["document"]["pages"][0]["elements"][0]["text"]["en"]
        assert (response.status_code, theirs) == (409, "Mine")
        survey.refresh_from_db()
        assert survey.draft_revision == 1

    def test_refuses_what_makes_no_survey_and_says_where(self, milo: Client) -> None:
        survey = draft()
        response = save(milo, survey, element("second", "nps", scale=10))
        assert response.status_code == 422
        assert "may each be asked once" in response.json()["sentence"]
        survey.refresh_from_db()
        assert survey.draft_revision == 0

    def test_names_the_path_of_a_wrong_value(self, milo: Client) -> None:
        change = {"op": "set", "path": ["theme", "accent"], "value": "red"}
        problem = save(milo, draft(), change).json()
        assert problem["path"] == ["theme", "accent"]
        assert "not written as it has to be" in problem["sentence"]

    @pytest.mark.parametrize("body", ["", "[]", "{}", '{"revision": "x"}', "\xff"])
    def test_refuses_what_is_no_change(self, milo: Client, body: str) -> None:
        address = reverse("surveys:draft", args=[draft().pk])
        response = milo.post(address, body, content_type="application/json")
        assert response.status_code == 400

    def test_refuses_changes_that_are_none(self, milo: Client) -> None:
        assert save(milo, draft(), "burn").status_code == 422

    def test_needs_the_token_of_the_page(self) -> None:
        careful = Client(enforce_csrf_checks=True)
        careful.force_login(manager_milo())
        assert save(careful, draft(), set_text("Forged")).status_code == 403

    def test_records_one_change_a_minute(self, milo: Client) -> None:
        survey = draft()
        at = MONDAY_NINE + timedelta(minutes=5)
        for number, seconds in enumerate((0, 20, 50, 70)):
            studio.change_draft(
                survey,
                revision=number,
                changes=[set_text(f"Draft {number}")],
                by=manager_milo(),
                at=at + timedelta(seconds=seconds),
            )
        assert Event.objects.filter(name="survey.changed").count() == 2

    def test_does_not_touch_what_customers_see(self, milo: Client) -> None:
        survey = live()
        save(milo, survey, set_text("Brand new"))
        assert "Brand new" not in words(milo.get(f"/s/{survey.slug}/"))
        assert "changes that customers do not see yet" in words(
            page(milo, "detail", survey)
        )

    def test_shows_the_draft_as_it_is(self, milo: Client) -> None:
        survey = draft()
        state = milo.get(reverse("surveys:draft", args=[survey.pk])).json()
        assert state["document"] == survey.draft
        assert state["csrf"]


class TestIds:
    def test_of_what_was_published_keep_their_meaning(self, milo: Client) -> None:
        survey = live()
        save(milo, survey, {"op": "remove", "path": [*ELEMENTS, "comment"]})
        response = save(milo, survey, element("comment", "statement"))
        assert response.status_code == 422
        assert "Add a new question instead." in response.json()["sentence"]

    def test_come_back_with_what_was_deleted(self, milo: Client) -> None:
        survey = live()
        save(milo, survey, {"op": "remove", "path": [*ELEMENTS, "comment"]})
        assert save(milo, survey, element("comment", "long_text")).status_code == 200

    def test_keep_the_scale_on_which_answers_were_given(self, milo: Client) -> None:
        survey = draft(kind="ces7")
        change = {"op": "set", "path": [*SCORE, "scale"], "value": 5}
        before = save(milo, survey, change)
        field.publish(survey, by=manager_milo(), at=MONDAY_NINE)
        after = save(milo, survey, {**change, "value": 7})
        assert (before.status_code, after.status_code) == (200, 422)


class TestBasics:
    def give(self, client: Client, survey: Survey, **changes: object) -> HttpResponse:
        asked = {
            "name": survey.name,
            "slug": survey.slug,
            "touchpoint": survey.touchpoint_id,
            **changes,
        }
        return post(client, "basics", survey, **asked)

    def test_are_changed_in_place(self, milo: Client) -> None:
        survey = draft()
        answer = self.give(milo, survey, name="After the visit", slug="visit")
        survey.refresh_from_db()
        assert (survey.name, survey.slug) == ("After the visit", "visit")
        assert answer.json() == {"name": "After the visit", "slug": "visit"}

    def test_leave_the_address_alone_once_published(self, milo: Client) -> None:
        survey = live()
        self.give(milo, survey, slug="other")
        survey.refresh_from_db()
        assert survey.slug == "after-the-call"

    def test_say_what_is_wrong(self, milo: Client) -> None:
        response = self.give(milo, draft(), name="")
        assert response.status_code == 422
        assert "name" in response.json()["errors"]


class TestTheEditor:
    def test_brings_the_draft_and_its_words(self, milo: Client) -> None:
        survey = live()
        shown = words(page(milo, "edit", survey))
        assert '<script id="studio-draft" type="application/json">' in shown
        assert '"used": {"score": ["nps", 10]' in shown

    def test_keeps_hostile_words_inside_the_data(self, milo: Client) -> None:
        survey = draft()
        survey.draft["title"]["en"] = "</script><script>alert(1)</script>"
        survey.save()
        assert "<script>alert" not in words(page(milo, "edit", survey))


class TestPreview:
    def test_may_be_framed_by_our_own_pages_alone(self, milo: Client) -> None:
        response = page(milo, "preview_page", draft(), "?lang=zh-hans")
        assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
        assert response["X-Frame-Options"] == "SAMEORIGIN"
        assert "您有多大可能" in words(response)

    def test_answers_like_the_real_page_and_stores_nothing(self, milo: Client) -> None:
        survey = draft()
        address = reverse("surveys:preview_page", args=[survey.pk])
        thanks = milo.post(address, {"a-score": "2", "lang": "en"})
        wrong = milo.post(address, {"a-score": "12", "lang": "en"})
        assert "we let you down" in words(thanks)
        assert wrong.status_code == 422
        assert not Response.objects.exists()

    def test_shows_old_versions(self, milo: Client) -> None:
        survey = live()
        assert page(milo, "preview_page", survey, "?version=1").status_code == 200
        assert page(milo, "preview_page", survey, "?version=9").status_code == 404
        assert page(milo, "preview_page", survey, "?version=x").status_code == 404


class TestTheField:
    def test_publishing_makes_the_link_work(self, milo: Client) -> None:
        survey = draft()
        assert milo.get(f"/s/{survey.slug}/").status_code == 404
        post(milo, "publish", survey)
        survey.refresh_from_db()
        assert survey.state == Survey.State.PUBLISHED
        assert Event.objects.filter(name="survey.published").exists()

    def test_publishing_the_same_again_makes_no_version(self, milo: Client) -> None:
        survey = live()
        post(milo, "publish", survey)
        assert survey.versions.count() == 1

    def test_pausing_resuming_and_closing(self, milo: Client) -> None:
        survey = live()
        states = []
        for act in ("pause", "resume", "close", "resume"):
            post(milo, act, survey)
            survey.refresh_from_db()
            states.append(survey.state)
        assert states == ["paused", "published", "closed", "published"]

    def test_an_act_that_does_not_fit_the_state_says_so(self, milo: Client) -> None:
        response = milo.post(reverse("surveys:pause", args=[draft().pk]), follow=True)
        assert "cannot do that" in words(response)

    def test_deleting_takes_a_draft_and_its_tests(self, milo: Client) -> None:
        survey = draft()
        survey.freeze_trial(by=None, at=MONDAY_NINE)
        post(milo, "discard", survey)
        assert not Survey.objects.exists()

    def test_deleting_leaves_what_was_published(self, milo: Client) -> None:
        survey = live()
        post(milo, "discard", survey)
        assert Survey.objects.filter(pk=survey.pk).exists()


class TestSharing:
    def test_draws_the_link_as_a_code(self, milo: Client) -> None:
        survey = live()
        assert page(milo, "qr_svg", survey).content.startswith(b"<?xml")
        image = page(milo, "qr_png", survey, "?download")
        assert image.content.startswith(b"\x89PNG")
        assert "after-the-call-qr.png" in image["Content-Disposition"]

    def test_the_test_link_opens_the_draft(self, milo: Client) -> None:
        response = post(milo, "test_link", draft())
        assert 'class="banner"' in words(milo.get(response.headers["Location"]))

    def test_finds_customers(self, milo: Client) -> None:
        mara_detractor()
        assert "Mara Detractor" in words(page(milo, "share", live(), "?q=mara"))


class TestAsking:
    def ask(self, client: Client, survey: Survey, **changes: object) -> HttpResponse:
        asked = {
            "customer": mara_detractor().pk,
            "channel": "email",
            "language": "en",
            "days": 30,
            **changes,
        }
        return post(client, "invitations", survey, **asked)

    def test_by_email_queues_a_letter_with_the_link(self, milo: Client) -> None:
        survey = live()
        self.ask(milo, survey)
        delivery = Delivery.objects.get()
        message = Message.objects.get()
        assert delivery.recipient == "mara_detractor@customers.test"
        assert "/i/" in delivery.content["text"]
        assert "&amp;score=10" in delivery.content["html"]
        assert (message.delivery, message.thread) == (delivery, f"survey:{survey.pk}")
        assert milo.get(self.link_in(delivery)).status_code == 200

    def test_writes_in_the_language_asked_for(self, milo: Client) -> None:
        self.ask(milo, live(), language="zh-hans")
        assert "您好" in Delivery.objects.get().content["text"]

    def test_skips_who_does_not_want_mail_and_says_why(self, milo: Client) -> None:
        Consent.objects.create(
            customer=mara_detractor(),
            channel="email",
            is_granted=False,
            decided_at=MONDAY_NINE,
        )
        survey = live()
        self.ask(milo, survey)
        shown = words(page(milo, "share", survey))
        assert Invitation.objects.get().skipped_reason == "no_consent"
        assert str(SKIPPED["no_consent"]) in shown
        assert not Delivery.objects.exists()
        assert not Message.objects.exists()

    def test_skips_who_has_no_address(self, milo: Client) -> None:
        mara = mara_detractor()
        mara.email = ""
        mara.save()
        self.ask(milo, live())
        assert Invitation.objects.get().skipped_reason == "no_address"

    def test_by_copied_link_sends_nothing(self, milo: Client) -> None:
        survey = live()
        self.ask(milo, survey, channel="link")
        assert not Delivery.objects.exists()
        assert "/i/" in words(page(milo, "share", survey))

    def test_waits_until_the_survey_is_live(self, milo: Client) -> None:
        self.ask(milo, draft())
        assert not Invitation.objects.exists()

    def test_needs_a_customer(self, milo: Client) -> None:
        assert self.ask(milo, live(), customer="").status_code == 422
        assert self.ask(milo, live("B"), customer="999999").status_code == 422

    def link_in(self, delivery: Delivery) -> str:
        line = next(w for w in delivery.content["text"].split() if "/i/" in w)
        return "/i/" + line.split("/i/")[1]


class TestWhoMay:
    EDITORS_ONLY = ("edit", "publish", "close", "discard", "share")
    ACTS = (
        "draft",
        "basics",
        "publish",
        "pause",
        "resume",
        "close",
        "discard",
        "test_link",
        "invitations",
    )

    @pytest.mark.parametrize("person", [agent_ana, executive_eva])
    def test_look_but_not_change(self, client: Client, person: type[User]) -> None:
        client.force_login(person())
        survey = live()
        looked = {page(client, n, survey).status_code for n in ("detail", "versions")}
        opened = {page(client, n, survey).status_code for n in self.EDITORS_ONLY}
        acted = {post(client, act, survey).status_code for act in self.ACTS}
        made = client.post(reverse("surveys:create"))
        assert (looked, opened, acted, made.status_code) == ({200}, {403}, {403}, 403)
        survey.refresh_from_db()
        assert survey.state == Survey.State.PUBLISHED

    def test_nobody_without_signing_in(self, client: Client) -> None:
        assert page(client, "detail", live()).status_code == 302


class TestTheList:
    def test_tells_answers_and_state(self, milo: Client) -> None:
        survey = nps_survey()
        assert survey.name in words(milo.get(reverse("surveys:list")))

    def test_is_narrowed_by_words_and_state(self, milo: Client) -> None:
        live("Delivery")
        draft("Returns")
        address = reverse("surveys:list")
        assert "Returns" not in words(milo.get(address, {"q": "deliv"}))
        assert "Delivery" not in words(milo.get(address, {"state": "draft"}))
        assert "No survey matches" in words(milo.get(address, {"q": "zzz"}))

    def test_is_whole_where_the_filter_cannot_be_read(self, milo: Client) -> None:
        live("Delivery")
        unread = milo.get(reverse("surveys:list"), {"q": "\x00", "state": "x"})
        assert "Delivery" in words(unread)

    def test_keeps_invitations_that_expired_in_sight(self, milo: Client) -> None:
        survey, long_ago = live(), timezone.now() - timedelta(days=2)
        Invitation.objects.create(
            survey=survey,
            customer=mara_detractor(),
            created_at=long_ago,
            expires_at=long_ago + timedelta(days=1),
        )
        assert "Expired" in words(page(milo, "share", survey))
