"""What people write, and what it means: a table of real-looking replies per language."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from flows.replies import Heard, Reading, read
from flows.replies.lists import lists
from flows.replies.normalise import tokens
from tests.flows.word_lists import LANGUAGES, phrases

TABLES = Path(__file__).parent / "replies"
ENGLISH = lists()["en"].name


def tables() -> list[tuple[str, str, list[str]]]:
    """List every table's rows by language and meaning."""
    return [
        (path.stem, meaning, texts)
        for path in sorted(TABLES.glob("*.toml"))
        for meaning, texts in tomllib.loads(path.read_text(encoding="utf-8")).items()
    ]


def stops_of_everybody() -> list[str]:
    """List the stops of every table, but for the few that are everyday words elsewhere."""
    local = {phrase for language in LANGUAGES for phrase in phrases(language, "stop_here")}
    stops = {text for _, said, texts in tables() if said == "stop" for text in texts}
    return sorted(text for text in stops if tokens(text) not in local)


@pytest.mark.parametrize(("language", "meaning", "texts"), tables())
def test_replies_mean_what_the_table_says(language: str, meaning: str, texts: list[str]) -> None:
    heard = {text: read(Heard(text), language) for text in texts}
    assert not {text: it for text, it in heard.items() if it.meaning != meaning}


@pytest.mark.parametrize("language", ["en", "de", "xx"])
def test_a_stop_is_heard_whatever_the_contact_speaks(language: str) -> None:
    heard = {text: read(Heard(text), language) for text in stops_of_everybody()}
    assert not {text: it for text, it in heard.items() if it.meaning != "stop"}


@pytest.mark.parametrize("text", ["T", "t", "N", "n", "R", "0000"])
def test_a_chinese_letter_code_stops_nobody_else(text: str) -> None:
    assert read(Heard(text), "zh").meaning == "stop"
    assert read(Heard(text), "en").meaning != "stop"


@pytest.mark.parametrize("language", ["", "xx", "tlh-Latn", "EN", "en-GB", "en_US", "-", "\ud800"])
def test_english_is_understood_under_any_tag(language: str) -> None:
    assert read(Heard("yes please"), language).meaning == "yes"
    assert read(Heard("no thanks"), language).meaning == "no"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("pt-BR", "sim"),
        ("pt_PT", "sim"),
        ("zh-Hant", "好的"),
        ("zh-CN", "好的"),
        ("in", "setuju"),
        ("DE-at", "ja"),
    ],
)
def test_a_region_or_script_does_not_hide_the_language(language: str, text: str) -> None:
    assert read(Heard(text), language).meaning == "yes"
    assert read(Heard(text), "en").meaning == "unclear"


@pytest.mark.parametrize(
    ("text", "language", "why"),
    [
        ("ya", "es", "already"),
        ("y", "es", "and"),
        ("ya", "hi", "or"),
        ("ya", "ar", "the vocative"),
        ("sim", "en", "a card in a phone"),
        ("si", "de", "nothing"),
        ("ha ha", "hi", "laughter"),
        ("jaja", "es", "laughter"),
        ("バイバイ", "ja", "goodbye"),
        ("ばい", "ja", "times"),
        ("já", "pt", "already"),
        ("हा हा हा", "hi", "laughter"),
    ],
)
def test_a_yes_elsewhere_is_none_here(text: str, language: str, why: str) -> None:
    assert read(Heard(text), language).meaning != "yes", why


class TestTaps:
    @pytest.mark.parametrize(
        "payload",
        [
            "optin_yes",
            "opt_in_yes",
            "OPTIN_YES",
            "yes",
            "opt-in:yes",
            "optin.accept",
            "consent_agree",
            "optin_42_yes",
            "Yes",
        ],
    )
    def test_our_own_yes_button(self, payload: str) -> None:
        assert read(Heard("Yes", payload, "Yes")) == Reading("yes", True, "tap", "")

    @pytest.mark.parametrize(
        "payload", ["optin_no", "no", "opt_in_no", "optin_decline", "consent_disagree"]
    )
    def test_our_own_no_button(self, payload: str) -> None:
        assert read(Heard("No", payload, "No")) == Reading("no", True, "tap", "")

    @pytest.mark.parametrize(
        "payload", ["stop", "optin_stop", "opt_out", "optout", "opt-out", "unsubscribe"]
    )
    def test_our_own_stop_button(self, payload: str) -> None:
        assert read(Heard("Stop", payload, "Stop")) == Reading("stop", True, "tap", "")

    @pytest.mark.parametrize(
        "payload",
        [
            "opt_out_yes",
            "stop_yes",
            "unsubscribe_yes",
            "not_yes",
            "no_yes",
            "yes_but",
            "eyes",
            "confirm_delete_yes",
            "{}",
            "🙂",
            "\x00",
            "_",
            "opt_in_yes_later",
        ],
    )
    def test_an_unknown_id_leaves_it_to_the_title(self, payload: str) -> None:
        assert read(Heard("x", payload, "Continue")).meaning == "unclear"
        assert read(Heard("x", payload, "No")).meaning == "no"
        assert read(Heard("x", payload, "Stop")).meaning == "stop"
        plain = read(Heard("x", payload, "Yes please"))
        assert (plain.meaning, plain.tap, plain.words) == ("yes", True, ENGLISH)

    def test_a_card_that_gives_its_title_only_as_text(self) -> None:
        assert read(Heard("Yes", "carousel-7")).meaning == "yes"
        assert read(Heard("Tell me more", "carousel-7")).meaning == "unclear"

    def test_a_title_without_an_id_is_still_a_tap(self) -> None:
        assert read(Heard("Oui", None, "Oui"), "fr") == Reading(
            "yes", True, "yes word", lists()["fr"].name
        )

    @pytest.mark.parametrize("title", ["No", "No thanks", "STOP", "Unsubscribe"])
    def test_a_yes_id_under_a_no_title_is_nobodys_consent(self, title: str) -> None:
        reading = read(Heard(title, "optin_yes", title))
        assert (reading.meaning, reading.rule) == ("unclear", "tap and title disagree")

    def test_the_tap_counts_before_the_text(self) -> None:
        assert read(Heard("no", "optin_yes", "Yes")).meaning == "yes"
        assert read(Heard("yes", "optin_no", "No")).meaning == "no"


class TestMedia:
    @pytest.mark.parametrize(
        "text", ["", "yes", "Yes please", "no", "help", "start", "yes.pdf", "👍", "STOP.pdf"]
    )
    def test_a_file_is_no_answer_whatever_its_name(self, text: str) -> None:
        assert read(Heard(text, media=True)) == Reading("unclear", False, "media", "")

    @pytest.mark.parametrize(
        "text", ["stop", "STOP PLEASE", "please stop messaging me", "desuscribirme", "退订"]
    )
    def test_a_caption_that_is_plainly_stop_is_heard(self, text: str) -> None:
        assert read(Heard(text, media=True)).meaning == "stop"

    def test_a_file_outweighs_a_tap(self) -> None:
        assert read(Heard("Yes", "optin_yes", "Yes", media=True)).meaning == "unclear"


class TestNumbers:
    def test_they_count_when_offered(self) -> None:
        assert read(Heard("1"), offered=("1", "2")) == Reading("yes", False, "number offered", "")
        assert read(Heard("2."), offered=("1", "2")) == Reading("no", False, "number offered", "")

    @pytest.mark.parametrize("text", ["1️⃣", "１", "١", "①", "1.", " 1 ", "1 please", "1 yes"])
    def test_in_any_script_and_with_courtesy(self, text: str) -> None:
        assert read(Heard(text), offered={"1", "2"}).meaning == "yes"

    @pytest.mark.parametrize("text", ["1", "2", "1️⃣", "yes 1"])
    def test_they_mean_nothing_otherwise(self, text: str) -> None:
        assert read(Heard(text)).meaning == "unclear"
        assert read(Heard(text), offered=["3"]).meaning == "unclear"

    @pytest.mark.parametrize(
        "text", ["1?", "1 2", "12", "11", "1 no", "not 1", "1 hour", "1.2", "1/2"]
    )
    def test_a_number_with_doubt_is_no_yes(self, text: str) -> None:
        assert read(Heard(text), offered=("1", "2")).meaning == "unclear"


class TestPermission:
    """What repeats the permission goes with a yes, and is no answer alone."""

    @pytest.mark.parametrize(
        ("language", "text"),
        [
            ("en", "yes, write to me here"), ("en", "no problem, yes"),
            ("es", "sí, escríbame por aquí"), ("fr", "oui, écrivez-moi"),
            ("de", "Ja, schreiben Sie mir"), ("it", "sì, scrivetemi pure qui"),
            ("nl", "ja, stuur maar een berichtje"), ("id", "ya, hubungi saja"),
        ],
    )  # fmt: skip
    def test_beside_a_yes_it_is_one(self, language: str, text: str) -> None:
        assert read(Heard(text), language).meaning == "yes"

    @pytest.mark.parametrize(
        "text", ["write to me here", "no problem", "go on", "help, write to me"]
    )
    def test_alone_it_is_unclear(self, text: str) -> None:
        assert read(Heard(text)).meaning == "unclear"

    def test_a_no_behind_it_settles_it(self) -> None:
        assert read(Heard("no problem at all, no thanks")).meaning == "no"


class TestCommas:
    @pytest.mark.parametrize(
        ("language", "text"),
        [("it", "ma, sì"), ("fr", "mais, oui"), ("fr", "oui merci, encore"), ("pt", "mas, claro")],
    )
    def test_a_but_before_one_is_no_yes(self, language: str, text: str) -> None:
        assert read(Heard(text), language).meaning == "unclear"

    @pytest.mark.parametrize(("language", "text"), [("it", "ma sì"), ("fr", "mais oui")])
    def test_without_one_it_may_be(self, language: str, text: str) -> None:
        assert read(Heard(text), language).meaning == "yes"


class TestDrawnOut:
    """A last letter twice is emphasis on an answer and on courtesy, and on nothing else."""

    @pytest.mark.parametrize(
        ("language", "text", "meaning"),
        [("de", "nein dankee", "no"), ("de", "stopp dankee", "stop"), ("en", "yes pleasee", "yes"),
         ("pt", "não obrigadaa", "no"), ("id", "tidak terima kasihh", "no")],
    )  # fmt: skip
    def test_courtesy_stays_courtesy(self, language: str, text: str, meaning: str) -> None:
        assert read(Heard(text), language).meaning == meaning

    @pytest.mark.parametrize(
        ("language", "text"), [("nl", "ja thee"), ("en", "thankss"), ("en", "yes notess")]
    )
    def test_it_makes_no_yes_of_other_words(self, language: str, text: str) -> None:
        assert read(Heard(text), language).meaning == "unclear"


class TestNoWithItsReason:
    """A no that is a sentence of its own is one, whatever reason follows."""

    @pytest.mark.parametrize(
        ("language", "text"),
        [("en", "No. I have a cat to feed"), ("es", "No, gracias, así está bien"),
         ("de", "Nein danke, wir ziehen gerade um"), ("ja", "いいえ、ご親切に")],
    )  # fmt: skip
    def test_the_no_is_heard(self, language: str, text: str) -> None:
        reading = read(Heard(text), language)
        assert (reading.meaning, reading.rule) == ("no", "no sentence")

    @pytest.mark.parametrize(
        "text",
        ["No, wait", "No, who are you", "No, but later", "No, yes", "No, is that free?",
         "No, I am still on the train and will write to you when I have arrived at home"],
    )  # fmt: skip
    def test_what_takes_it_back_leaves_it_unclear(self, text: str) -> None:
        assert read(Heard(text)).meaning == "unclear"

    def test_a_reason_never_makes_a_yes(self) -> None:
        assert read(Heard("Yes, we are moving house")).meaning == "unclear"


class TestLetters:
    @pytest.mark.parametrize(
        "text",
        [
            "Dear Sir or Madam, yes, I accept. Yours faithfully, R. Okafor",
            "Yes certainly. Kind regards, Margaret",
            "Yes, I agree\nRegards\nJohn",
            "Kind regards, yes",
            "Yes. Yours sincerely, A. B. Clarke",
        ],
    )
    def test_a_close_and_a_name_leave_a_yes_a_yes(self, text: str) -> None:
        assert read(Heard(text)).meaning == "yes"

    @pytest.mark.parametrize(
        "text",
        [
            "Yes. Sincerely doubt it",
            "Yes. Kind regards, not before Monday",
            "Yes kind regards 5 pm",
            "Yes. Kind regards from all of us who wonder",
            "Yes please, kind regards?",
            "Kind regards, Margaret",
            "Margaret, yes",
            "Yes. Regards, não",
        ],
    )
    def test_they_make_no_yes(self, text: str) -> None:
        assert read(Heard(text)).meaning == "unclear"

    def test_an_abbreviated_close_needs_no_pause_before_one_name(self) -> None:
        assert read(Heard("Ja gerne LG Petra"), "de").meaning == "yes"
        assert read(Heard("Ja gerne LG bin unterwegs"), "de").meaning == "unclear"
        assert read(Heard("Ja gerne LG nicht"), "de").meaning == "unclear"

    @pytest.mark.parametrize(
        "text",
        ["Ja graag. Mvg, Els de Wit", "Ja, akkoord. Met vriendelijke groet, J. van der Meer",
         "Geachte heer/mevrouw, ja, dat is toegestaan. Hoogachtend, N. Bakker"],
    )  # fmt: skip
    def test_initials_and_words_before_a_surname_answer_nothing(self, text: str) -> None:
        assert read(Heard(text), "nl").meaning == "yes"

    def test_a_letter_that_ends_the_text_is_no_initial(self) -> None:
        assert read(Heard("Yes. Kind regards. N")).meaning == "unclear"

    def test_they_leave_a_no_and_a_stop_what_they_are(self) -> None:
        assert read(Heard("No thanks. Best wishes, Mary Ann Smith")).meaning == "no"
        assert read(Heard("Stop. Regards, Mary Smith")).meaning == "stop"


class TestTurns:
    """What stands behind a "but" counts like a sentence of its own."""

    @pytest.mark.parametrize(
        ("language", "text"),
        [("en", "yes but stop"), ("fr", "Oui mais stop"), ("de", "Ja, aber jetzt Stopp"),
         ("pt", "sim mas pare agora"), ("it", "sì ma ora basta"), ("id", "Ya tapi stop")],
    )  # fmt: skip
    def test_a_stop_behind_a_but_is_heard(self, language: str, text: str) -> None:
        assert read(Heard(text), language).meaning == "stop"

    def test_a_but_that_only_softens_ends_no_stop(self) -> None:
        assert read(Heard("Stop de bon maar in de doos"), "nl").meaning == "unclear"
        assert read(Heard("Ja, stop maar"), "nl").meaning == "stop"

    def test_what_is_no_stop_alone_is_none_behind_a_but(self) -> None:
        assert read(Heard("yes but stop by tomorrow")).meaning == "unclear"


class TestReasons:
    """The rule and the list go into the evidence, so they are part of the contract."""

    @pytest.mark.parametrize(
        ("text", "rule", "words"),
        [
            ("yes", "yes word", ENGLISH),
            ("yes please", "yes word and politeness", ENGLISH),
            ("no", "no word", ENGLISH),
            ("stop", "stop word", ENGLISH),
            ("My boss says stop messaging me", "stop phrase", ENGLISH),
            ("I am at work. Stop.", "stop sentence", ENGLISH),
            ("yes?", "question", ""),
            ("yes no", "said in more than one way", ""),
            ("yes, never... no", "more than one answer", ""),
            ("not yes", "negation", ""),
            ("yes but", "condition", ""),
            ("yes friendo", "words on no list", ""),
            ("hello", "no answer in it", ""),
            ("", "no answer in it", ""),
            ("yes " * 50, "too long for an answer", ""),
            ("yes" + " " * 5000 + "not", "too long for an answer", ""),
        ],
    )
    def test_every_reading_says_why(self, text: str, rule: str, words: str) -> None:
        reading = read(Heard(text))
        assert (reading.rule, reading.words) == (rule, words)

    def test_the_contacts_language_is_named_when_it_decided(self) -> None:
        assert read(Heard("ja gerne"), "de").words == lists()["de"].name
        assert read(Heard("yes please"), "de").words == ENGLISH


def test_a_text_heard_before_means_what_it_means_here_and_now() -> None:
    def meant(text: str, language: str, *offered: str) -> str:
        return read(Heard(text), language, offered).meaning

    assert meant("1", "en", "1") == "yes"
    assert meant("1", "en") == "unclear"
    assert meant("1", "en", "1", "2") == "yes"
    assert [meant("hai", language) for language in ("ja", "en", "ja")] == ["yes", "unclear", "yes"]
