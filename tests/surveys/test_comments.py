"""Comments in English and Chinese: language, sentiment, topics."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.comments import TOPICS, analyse
from surveys.comments.traditional import simplified
from surveys.comments.word_lists import sections


class TestLanguage:
    @pytest.mark.parametrize(
        ("text", "language"),
        [
            ("The crew was friendly and the seat was fine.", "en"),
            ("Great service", "en"),
            ("@airline why?? http://example.com", "en"),
            ("房间很干净，前台热情。", "zh"),
            ("服務很好，下次還會來", "zh"),
            ("wifi不好", "zh"),
            ("客服用 WeChat 回复很慢，体验很差", "zh"),
            ("We ordered 宫保鸡丁 and it was the best dish of the trip", "en"),
            ("Le personnel est très aimable mais la chambre est sale", "und"),
            ("Das Zimmer war nicht sauber und sehr laut", "und"),
            ("El servicio es muy malo y la comida fría", "und"),
            ("Сервис отличный", "und"),
            ("部屋がとてもきれいでした", "und"),
            ("서비스가 좋아요", "und"),
            ("الخدمة ممتازة", "und"),
            ("12345", "und"),
            ("👍", "und"),
            ("", "und"),
        ],
    )
    def test_is_detected(self, text: str, language: str) -> None:
        assert analyse(text).language == language

    @pytest.mark.parametrize(
        ("tag", "language"),
        [("zh-hans", "zh"), ("zh_CN", "zh"), ("EN-gb", "en"), ("fr", "fr")],
    )
    def test_is_taken_as_told(self, tag: str, language: str) -> None:
        assert analyse("好", language=tag).language == language


class TestSentiment:
    @pytest.mark.parametrize(
        "text",
        [
            "Excellent flight, the crew was wonderful!",
            "Thanks for the quick help",
            "No complaints at all",
            "It was not bad",
            "The seat was small but the staff were absolutely amazing",
            "Couldn't be happier with my order",
            "Nobody complained",
            "没有人不满意",
            "User-friendly app, checked in without any problem",
            "房间干净舒适，服务热情，下次还会来",
            "质量不错，物流很快",
            "没有异味，非常满意",
            "价格不贵",
            "虽然房间小，但是服务非常好，强烈推荐",
            "服務很好，環境優美",
            "👍👍👍",
            "Très bien 😍",
        ],
    )
    def test_hears_praise(self, text: str) -> None:
        assert analyse(text).label == "positive"

    @pytest.mark.parametrize(
        "text",
        [
            "Worst airline ever. Three hours on hold and then hung up on me.",
            "The staff were not helpful",
            "My bag is lost and nobody answers",
            "I would not recommend this hotel",
            "Nice seats, but the food was disgusting and the crew rude",
            "You cancelled my flight and I still have no refund",
            "never again",
            "Nobody told us about the gate change.",
            "We were never told about the delay",
            "No one helped me",
            "Not a single person helped",
            "房间又脏又吵，服务态度恶劣",
            "质量太差了，用了两天就坏了",
            "不推荐，不会再来",
            "没有人告诉我们登机口变了",
            "没有一个人来帮助我们",
            "没有任何人主动关心",
            "谁都不愿意帮忙",
            "客服不理人，退款很慢",
            "一点都不好吃",
            "位置不错，但是隔音太差，一夜没睡好，失望",
            "房間很髒，服務態度差",
            "😡😡",
        ],
    )
    def test_hears_complaint(self, text: str) -> None:
        assert analyse(text).label == "negative"

    @pytest.mark.parametrize(
        "text",
        [
            "Seat 12A, Tuesday morning",
            "Which gate does the flight leave from?",
            "我是星期二到的，住了三晚",
            "",
            "   \n\t ",
            "Le chat est sur la table",
        ],
    )
    def test_stays_neutral_where_nothing_is_said(self, text: str) -> None:
        assert analyse(text).label == "neutral"
        assert analyse(text).sentiment == 0

    @pytest.mark.parametrize(
        ("weaker", "stronger"),
        [
            ("good", "very good"),
            ("good", "excellent"),
            ("slightly late", "extremely late"),
            ("good and bad", "good"),
            ("满意", "非常满意"),
            ("有点贵", "非常贵"),
        ],
    )
    def test_grows_with_degree(self, weaker: str, stronger: str) -> None:
        assert abs(analyse(weaker).sentiment) < abs(analyse(stronger).sentiment)

    @pytest.mark.parametrize(
        ("said", "denied"),
        [
            ("It was clean", "It was not clean"),
            ("They were friendly", "They were never really friendly"),
            ("房间干净", "房间不干净"),
            ("服务热情", "服务没有那么热情"),
        ],
    )
    def test_turns_under_a_negation(self, said: str, denied: str) -> None:
        assert analyse(said).sentiment > 0 > analyse(denied).sentiment

    def test_a_negation_ends_with_its_clause(self) -> None:
        assert analyse("Why not? Great food").label == "positive"
        assert analyse("不用说，很好").sentiment > analyse("不好").sentiment

    def test_weighs_what_follows_a_but(self) -> None:
        praise_last = analyse("The room was dirty but the breakfast was good")
        complaint_last = analyse("The breakfast was good but the room was dirty")
        assert praise_last.sentiment > complaint_last.sentiment

    def test_does_not_judge_a_language_it_cannot_read(self) -> None:
        for unread in (analyse("excellent", language="fr"), analyse("Сервис ужасный")):
            assert (unread.label, unread.topics) == ("neutral", ())
            assert not unread.is_judged
        assert analyse("Seat 12A", language="en").is_judged
        assert analyse("Сервис 👎").is_judged

    def test_reads_traditional_characters_as_simplified_ones(self) -> None:
        assert analyse("服務熱情，價格實惠") == analyse("服务热情，价格实惠")

    def test_reads_full_width_letters_and_curly_apostrophes(self) -> None:
        assert analyse("ｇｏｏｄ").sentiment == analyse("good").sentiment
        assert analyse("It isn’t good") == analyse("It isn't good")


class TestTopics:
    @pytest.mark.parametrize(
        ("text", "topics"),
        [
            ("The flight was delayed again", {"reliability"}),
            ("You lost my suitcase", {"baggage"}),
            ("Rude staff", {"service_staff"}),
            ("I want a refund", {"billing_refund"}),
            ("way too expensive", {"price"}),
            ("Your app crashes at the login page", {"app_website"}),
            ("Breakfast was cold", {"food"}),
            ("dirty bathroom", {"cleanliness"}),
            ("The courier never delivered my parcel", {"delivery"}),
            ("Nobody replied to my emails", {"communication"}),
            ("45 minutes in the queue", {"waiting_time"}),
            ("太贵了", {"price"}),
            ("服务员态度不好", {"service_staff"}),
            ("航班延误", {"reliability"}),
            ("行李丢了", {"baggage"}),
            ("早餐很丰富", {"food"}),
            ("物流太慢", {"delivery", "waiting_time"}),
            (
                "要求退款，客服不理",
                {"billing_refund", "service_staff", "communication"},
            ),
            ("隔音差，床也不舒服", {"comfort"}),
            ("nothing to add", set()),
        ],
    )
    def test_are_found(self, text: str, topics: set[str]) -> None:
        assert set(analyse(text).topics) == topics

    def test_put_the_most_mentioned_first(self) -> None:
        text = "Price? The food, the breakfast, the coffee. Staff ok."
        assert analyse(text).topics == ("food", "price", "service_staff")

    def test_are_those_of_the_catalogue(self) -> None:
        assert [title for title, _ in sections("topics.txt")] == list(TOPICS)


class TestWordLists:
    @pytest.mark.parametrize("name", ["words_en.txt", "words_zh.txt", "words_any.txt"])
    def test_give_each_word_one_meaning(self, name: str) -> None:
        words = [word for _, entries in sections(name) for word in set(entries)]
        assert sorted(words) == sorted(set(words))

    def test_write_chinese_in_simplified_characters(self) -> None:
        for _, entries in sections("words_zh.txt"):
            assert [word for word in entries if word != simplified(word)] == []


class TestAnalyse:
    @given(st.text(), st.sampled_from([None, "en", "zh-hans", "de", "und"]))
    def test_answers_any_text_within_bounds(
        self, text: str, language: str | None
    ) -> None:
        analysis = analyse(text, language=language)
        assert -1 <= analysis.sentiment <= 1
        assert analysis.label in ("positive", "neutral", "negative")
        assert analysis == analyse(text, language=language)

    @given(
        st.lists(
            st.sampled_from(
                [
                    "good",
                    "bad",
                    "not",
                    "very",
                    "but",
                    ".",
                    "好",
                    "差",
                    "不",
                    "很",
                    "但是",
                    "😀",
                    " ",
                ]
            )
        )
    )
    def test_names_the_sentiment_by_its_sign(self, parts: list[str]) -> None:
        analysis = analyse(" ".join(parts))
        if analysis.label != "neutral":
            assert (analysis.label == "positive") == (analysis.sentiment > 0)

    @pytest.mark.parametrize(
        "piece", ["a", "不", "good ", "很好，", "'", "not-", "\0", "😀"]
    )
    def test_takes_a_megabyte_in_its_stride(self, piece: str) -> None:
        text = piece * (1_000_000 // len(piece))
        assert analyse(text).sentiment == analyse(text[:20_000]).sentiment
