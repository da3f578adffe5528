"""Dutch dates: each test holds the words and the day they stand for."""

import datetime as dt
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.dates import DateMention, date_words, find_dates
from extractors.holidays import HOLIDAYS, easter

WEDNESDAY = dt.date(2026, 11, 18)


def only(text: str, today: dt.date | None = WEDNESDAY) -> DateMention:
    """The one mention in a text."""
    (mention,) = find_dates(text, today)
    return mention


def day(text: str, today: dt.date | None = WEDNESDAY) -> str | None:
    found = only(text, today).date
    return found.isoformat() if found else None


def period(text: str, today: dt.date = WEDNESDAY) -> tuple[str, str] | None:
    found = only(text, today).period
    return (found[0].isoformat(), found[1].isoformat()) if found else None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("vandaag", "2026-11-18"),
        ("morgen", "2026-11-19"),
        ("overmorgen", "2026-11-20"),
        ("morgenvoormiddag", "2026-11-19"),
        ("straks", "2026-11-18"),
        ("zo meteen", "2026-11-18"),
        ("18-6 11.00", "2027-06-18"),
        ("voor het eind van deze week", "2026-11-20"),
        ("voor eind volgende week", "2026-11-27"),
        ("voor eind december", "2026-12-31"),
        ("dinsdag", "2026-11-24"),
        ("over 2 weken", "2026-12-02"),
        ("1 maart", "2027-03-01"),
        ("1 maart 2027", "2027-03-01"),
        ("12-03-2027", "2027-03-12"),
        ("03/12/2026", "2026-12-03"),
        ("12 mrt.", "2027-03-12"),
        ("vrijdag om 14.30 uur", "2026-11-20"),
        ("volgende week dinsdag", "2026-11-24"),
        ("dinsdag volgende week", "2026-11-24"),
        ("aanstaande vrijdag", "2026-11-20"),
        ("komende vrijdag", "2026-11-20"),
        ("over twee weken", "2026-12-02"),
        ("over anderhalve week", "2026-11-29"),
        ("binnen drie dagen", "2026-11-21"),
        ("voor 1 maart", "2027-03-01"),
        ("vóór 1 maart", "2027-03-01"),
        ("uiterlijk 1 maart", "2027-03-01"),
        ("vanavond", "2026-11-18"),
        ("morgenochtend", "2026-11-19"),
        ("morgen om half drie", "2026-11-19"),
        ("op Tweede Kerstdag", "2026-12-26"),
        ("eerste maandag van januari", "2027-01-04"),
        ("over een kwartiertje", "2026-11-18"),
    ],
)
def test_of_the_49_phrases_a_day_to_come_is_computed(words: str, expected: str) -> None:
    mention = only(words)
    assert mention.date == dt.date.fromisoformat(expected)
    assert mention.relation != "verleden"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("gisteren", "2026-11-17"),
        ("eergisteren", "2026-11-16"),
        ("afgelopen maandag", "2026-11-16"),
        ("vorige week donderdag", "2026-11-12"),
        ("drie dagen geleden", "2026-11-15"),
        ("twee weken geleden", "2026-11-04"),
        ("vorige maand", None),
        ("sinds vorige week", None),
    ],
)
def test_of_the_49_phrases_the_past_ones_lie_behind(words: str, expected: str | None) -> None:
    mention = only(words)
    assert mention.relation == "verleden"
    assert mention.date == (dt.date.fromisoformat(expected) if expected else None)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("volgende week", "2026-11-23", "2026-11-29"),
        ("volgende maand", "2026-12-01", "2026-12-31"),
        ("dit weekend", "2026-11-21", "2026-11-22"),
        ("week 49", "2026-11-30", "2026-12-06"),
        ("eind deze maand", "2026-11-21", "2026-11-30"),
        ("eind december", "2026-12-22", "2026-12-31"),
        ("met Kerst", "2026-12-25", "2026-12-26"),
    ],
)
def test_of_the_49_phrases_a_period_keeps_its_words(words: str, first: str, last: str) -> None:
    mention = only(words)
    assert mention.date is None
    assert mention.text == words
    assert mention.period == (dt.date.fromisoformat(first), dt.date.fromisoformat(last))


@pytest.mark.parametrize(
    ("words", "relation", "anchor"),
    [
        ("over een paar dagen", "op", "over een paar dagen"),
        ("begin volgende maand", "op", "begin volgende maand"),
        ("half december", "op", "half december"),
        ("na de kerstvakantie", "na", "de kerstvakantie"),
        ("vóór het volgende gesprek", "voor", "het volgende gesprek"),
    ],
)
def test_of_the_49_phrases_what_cannot_be_computed_keeps_relation_and_anchor(
    words: str, relation: str, anchor: str
) -> None:
    mention = only(words)
    assert (mention.date, mention.period) == (None, None)
    assert (mention.relation, mention.anchor) == (relation, anchor)


@pytest.mark.parametrize("words", ["om de dag", "elke dinsdag"])
def test_of_the_49_phrases_repetition_is_no_date(words: str) -> None:
    assert find_dates(words, WEDNESDAY) == []


@pytest.mark.parametrize("example", date_words().examples, ids=lambda example: example.text)
def test_examples_of_the_event_words_hold(example) -> None:
    assert [mention.text for mention in find_dates(example.text, WEDNESDAY)] == (
        [example.words] if example.words else []
    )


@pytest.mark.parametrize(
    "words",
    [
        "iedere vrijdag",
        "'s maandags",
        "dinsdags",
        "om de maandag",
        "de donderdag",
        "2x p.w.",
        "drie weken lang",
        "tot vrijdag",
        "t/m 3 mei",
        "1/2 dag",
        "van 7-23 u",
        "pijn 3/10",
        "5-6 nachten",
        "bloeddruk 12/8",
        "goedemorgen",
        "goede morgen",
        "elke morgen",
        "week 3 van de kuur",
        "ja ma, zo gaat het",
    ],
)
def test_what_repeats_lasts_or_counts_is_no_date(words: str) -> None:
    assert find_dates(words, WEDNESDAY) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("di 24 november", "2026-11-24"),
        ("vr. 11 dec.", "2026-12-11"),
        ("14/2/27", "2027-02-14"),
        ("uiterlijk 18-12", "2026-12-18"),
        ("do 10-12", "2026-12-10"),
        ("ma 14/12 14.00", "2026-12-14"),
        ("twintig april", "2027-04-20"),
        ("zesentwintig maart", "2027-03-26"),
        ("zeven en twintig maart", "2027-03-27"),
        ("drieëntwintig mei", "2027-05-23"),
        ("12 maart tweeduizend achtentwintig", "2028-03-12"),
        ("12 maart '28", "2028-03-12"),
        ("1e kerstdag", "2026-12-25"),
        ("2027-03-12", "2027-03-12"),
        ("3 december 2026 (donderdag)", "2026-12-03"),
        ("op de negenentwintigste", "2026-11-29"),
    ],
)
def test_absolute_dates_in_words_and_figures(words: str, expected: str) -> None:
    assert day(words) == expected
    assert only(words).text == words.removesuffix(" 14.00")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("woensdag over een week", "2026-11-25"),
        ("donderdag over een week", "2026-11-26"),
        ("maandag over twee weken", "2026-12-07"),
        ("over twee weken dinsdag", "2026-12-01"),
        ("vrijdag a.s.", "2026-11-20"),
        ("a.s. vrijdag", "2026-11-20"),
        ("vrijdagmiddag", "2026-11-20"),
        ("over 3 mnd.", "2027-02-18"),
        ("over 2 wkn", "2026-12-02"),
        ("over een half jaar", "2027-05-18"),
        ("over een maand", "2026-12-18"),
        ("morgen over een week", "2026-11-26"),
        ("laatste vrijdag van de maand", "2026-11-27"),
        ("volgende maandag", "2026-11-23"),
        ("nu meteen", "2026-11-18"),
        ("na dit gesprek", "2026-11-18"),
    ],
)
def test_days_counted_from_the_conversation(words: str, expected: str) -> None:
    assert day(words) == expected


@pytest.mark.parametrize(
    "words",
    [
        "volgende vrijdag",
        "dinsdag of donderdag",
        "vandaag of morgen",
        "3 en 4 december",
        "12-14 maart",
        "over een week of twee",
        "over 5 tot 6 weken",
        "komende week",
        "over een tijdje",
        "tweede week van juli",
        "dinsdag 12 maart",
    ],
)
def test_words_with_more_than_one_reading_get_no_day(words: str) -> None:
    mention = only(words)
    assert mention.date is None
    assert mention.text == words


def test_a_period_with_uiterlijk_ends_on_its_last_day() -> None:
    assert day("uiterlijk eind van de maand") == "2026-11-30"
    assert day("uiterlijk volgende week") == "2026-11-29"


@pytest.mark.parametrize(
    ("words", "relation"),
    [
        ("op 1 december", "op"),
        ("uiterlijk op 1 december", "uiterlijk"),
        ("binnen twee weken", "uiterlijk"),
        ("nog voor 1 december", "voor"),
        ("pas na 1 december", "na"),
        ("vanaf 1 december", "vanaf"),
        ("rond 1 december", "rond"),
        ("sinds 1 oktober", "verleden"),
    ],
)
def test_the_preposition_gives_the_relation_and_belongs_to_the_mention(words: str, relation: str) -> None:
    mention = only(f"Dat is {words}.")
    assert (mention.relation, mention.text) == (relation, words)


def test_since_a_weekday_is_not_the_coming_one() -> None:
    assert (only("sinds vrijdag").date, only("sinds vrijdag").relation) == (None, "verleden")


def test_a_date_without_year_lies_a_quarter_back_at_most() -> None:
    assert only("2 november").relation == "verleden"
    assert day("2 november") == "2026-11-02"
    assert day("2 juni") == "2027-06-02"


@pytest.mark.parametrize(
    ("words", "today", "expected"),
    [
        ("3 januari", "2026-12-28", "2027-01-03"),
        ("30 december", "2027-01-02", "2026-12-30"),
        ("morgen", "2026-12-31", "2027-01-01"),
        ("volgende week vrijdag", "2026-12-23", "2027-01-01"),
        ("over een maand", "2026-12-31", "2027-01-31"),
    ],
)
def test_the_turn_of_the_year(words: str, today: str, expected: str) -> None:
    assert day(words, dt.date.fromisoformat(today)) == expected


@pytest.mark.parametrize(
    ("words", "today", "expected"),
    [
        ("29 februari", "2026-11-18", "2028-02-29"),
        ("morgen", "2028-02-28", "2028-02-29"),
        ("over een maand", "2027-01-31", "2027-02-28"),
        ("over een maand", "2028-01-31", "2028-02-29"),
        ("over een jaar", "2028-02-29", "2029-02-28"),
    ],
)
def test_leap_years_and_short_months(words: str, today: str, expected: str) -> None:
    assert day(words, dt.date.fromisoformat(today)) == expected


def test_29_february_of_a_common_year_keeps_its_words() -> None:
    assert (only("29 februari 2027").date, only("29 februari 2027").text) == (None, "29 februari 2027")


def test_week_53_exists_in_a_long_year_only() -> None:
    assert period("week 53") == ("2026-12-28", "2027-01-03")
    assert period("week 53", dt.date(2027, 2, 1)) is None


def test_week_1_belongs_to_the_next_year() -> None:
    assert period("week 1") == ("2027-01-04", "2027-01-10")


def test_on_1_january_the_last_iso_week_is_not_over() -> None:
    assert period("deze week", dt.date(2027, 1, 1)) == ("2026-12-28", "2027-01-03")


def test_the_week_of_a_day_is_a_period() -> None:
    assert period("de week van 9 december") == ("2026-12-07", "2026-12-13")


def test_easter_of_known_years() -> None:
    assert [easter(year) for year in (2024, 2026, 2038)] == [
        dt.date(2024, 3, 31),
        dt.date(2026, 4, 5),
        dt.date(2038, 4, 25),
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("goede vrijdag", "2026-04-03"),
        ("tweede paasdag", "2026-04-06"),
        ("koningsdag", "2026-04-27"),
        ("hemelvaartsdag", "2026-05-14"),
        ("tweede pinksterdag", "2026-05-25"),
        ("moederdag", "2026-05-10"),
        ("vaderdag", "2026-06-21"),
        ("sinterklaas", "2026-12-05"),
    ],
)
def test_holidays_of_2026(name: str, expected: str) -> None:
    assert HOLIDAYS[name].first(2026) == dt.date.fromisoformat(expected)
    assert day(name, dt.date(2026, 1, 5)) == expected


def test_koningsdag_moves_from_a_sunday_to_the_day_before() -> None:
    assert HOLIDAYS["koningsdag"].first(2031) == dt.date(2031, 4, 26)


def test_oud_en_nieuw_is_not_over_on_new_years_day() -> None:
    assert period("oud en nieuw", dt.date(2027, 1, 1)) == ("2026-12-31", "2027-01-01")


def test_without_the_day_of_the_conversation_only_a_full_date_is_computed() -> None:
    assert day("12-03-2027", None) == "2027-03-12"
    for words in ("morgen", "1 maart", "volgende week", "over twee weken", "week 49"):
        mention = only(words, None)
        assert (mention.date, mention.period, mention.anchor) == (None, None, words)


def test_mentions_stand_in_order_at_their_place_and_do_not_overlap() -> None:
    text = "Vóór vrijdag bel ik, volgende week dinsdag kom ik en na de vakantie zien we verder."
    mentions = find_dates(text, WEDNESDAY)
    assert [mention.text for mention in mentions] == [
        "Vóór vrijdag",
        "volgende week dinsdag",
        "na de vakantie",
    ]
    assert all(text[mention.start : mention.end] == mention.text for mention in mentions)


def test_the_article_of_another_word_is_left_out() -> None:
    assert only("Ik gooi het morgen in de bus.").text == "morgen"


def test_beyond_the_calendar_nothing_is_computed() -> None:
    assert find_dates("morgen en over 900 jaar", dt.date(9999, 12, 31)) == []


@pytest.mark.parametrize(
    "piece",
    ["1", "over ", "a", " ", "1-1-", "12 ", "maandag, ", "een en ", "als de ", "over een ", "voor de "],
)
def test_hostile_input_takes_linear_time(piece: str) -> None:
    began = time.thread_time()
    find_dates("over " + piece * (200_000 // len(piece)), WEDNESDAY)
    assert time.thread_time() - began < 5


@settings(deadline=None)
@given(st.text(alphabet="0123456789-/. maeidngovrtk'éıİ", max_size=40), st.dates())
def test_any_text_on_any_day_gives_mentions_that_stand_in_it(text: str, today: dt.date) -> None:
    for mention in find_dates(text, today):
        assert text[mention.start : mention.end] == mention.text
