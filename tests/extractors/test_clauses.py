import pytest
from spacy.language import Language

import extractors.clauses  # noqa: F401  registers the component that cues need
from extractors.cues import CLAUSES
from extractors.language import load_model


@pytest.fixture(scope="module")
def reader() -> Language:
    nlp = load_model()
    nlp.add_pipe("izp_clauses")
    return nlp


def clauses(reader: Language, text: str) -> list[str]:
    doc = reader(text)
    return [clause.text for clause in doc.spans[CLAUSES]]


def test_each_sentence_is_a_clause(reader: Language) -> None:
    assert clauses(reader, "Ik ben moe. Ik wil naar huis.") == ["Ik ben moe", "Ik wil naar huis"]


def test_a_sentence_with_two_wishes_is_two_clauses(reader: Language) -> None:
    assert clauses(reader, "Ik wil naar huis en ik wil geen prik meer.") == [
        "Ik wil naar huis",
        "ik wil geen prik meer",
    ]


def test_a_but_begins_a_new_clause(reader: Language) -> None:
    assert clauses(reader, "Hij slaapt wel goed, maar ik lig de hele nacht wakker.") == [
        "Hij slaapt wel goed",
        "ik lig de hele nacht wakker",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Buiten mag het wel, maar niet waar mijn vriendinnen zijn",
        "Helpen mag, maar niet met medicijnen",
        "Als hij het benauwd krijgt, dan wil ik dat hij slaapt",
        "Als hij valt en we krijgen hem niet overeind, dan bellen we",
        "als hij koorts krijgt gaan we niet meer naar het ziekenhuis",
        "Geen sonde, tenzij hij er zelf om vraagt",
    ],
)
def test_a_limit_or_a_condition_stays_with_what_it_limits(reader: Language, text: str) -> None:
    assert clauses(reader, f"{text}.") == [text]


@pytest.mark.parametrize("text", ["Die sonde, dat wil ik niet", "Het ziekenhuis, daar ga ik niet heen"])
def test_a_refusal_stays_with_what_it_refuses(reader: Language, text: str) -> None:
    assert clauses(reader, f"{text}.") == [text]


def test_what_two_people_want_is_two_clauses(reader: Language) -> None:
    assert clauses(reader, "Moeder wil graag thuis blijven, vader wil opname.") == [
        "Moeder wil graag thuis blijven",
        "vader wil opname",
    ]


def test_a_worry_stays_with_what_it_is_about(reader: Language) -> None:
    text = "Ik maak me zorgen dat hij stikt als ik er niet ben"
    assert clauses(reader, f"{text}.") == [text]


def test_words_that_repeat_each_other_stay_together(reader: Language) -> None:
    assert clauses(reader, "We slapen om en om.") == ["We slapen om en om"]


def test_a_main_clause_behind_a_comma_is_a_clause(reader: Language) -> None:
    assert clauses(reader, "De nachten zijn zwaar, vader staat drie keer per nacht op.") == [
        "De nachten zijn zwaar",
        "vader staat drie keer per nacht op",
    ]


def test_a_transcript_without_marks_is_cut(reader: Language) -> None:
    assert clauses(reader, "hij heeft veel pijn in zijn benen ik wil dat dat stopt") == [
        "hij heeft veel pijn in zijn benen",
        "ik wil dat dat stopt",
    ]


def test_an_illness_in_capitals_is_no_condition(reader: Language) -> None:
    assert clauses(reader, "ALS sinds een jaar, mevrouw wil thuis blijven en wil geen beademing.")[-1] == (
        "wil geen beademing"
    )


@pytest.mark.parametrize(
    "text", ["zuurstof besteld; moeder haalt het op", "zuurstof besteld - moeder haalt het op"]
)
def test_a_semicolon_and_a_loose_dash_end_a_clause(reader: Language, text: str) -> None:
    assert clauses(reader, text) == ["zuurstof besteld", "moeder haalt het op"]


def test_what_is_quoted_within_a_note_is_a_clause_without_its_marks(reader: Language) -> None:
    assert clauses(reader, 'Moeder slaapt op de bank, "ik hoor haar door de muren heen"') == [
        "Moeder slaapt op de bank",
        "ik hoor haar door de muren heen",
    ]


def test_marks_that_belong_together_stay(reader: Language) -> None:
    assert clauses(reader, "Hij heeft een sonde (PEG).") == ["Hij heeft een sonde (PEG)"]


def test_a_last_word_that_says_something_stays(reader: Language) -> None:
    assert clauses(reader, "Ik zeg nog geen ja.") == ["Ik zeg nog geen ja"]
    assert clauses(reader, "Dat is mooi, ja.") == ["Dat is mooi"]


def test_an_enumeration_stays_one_clause(reader: Language) -> None:
    assert clauses(reader, "Tekenen en zingen en de hond.") == ["Tekenen en zingen en de hond"]


def test_filler_around_a_clause_falls_away(reader: Language) -> None:
    assert clauses(reader, "Ja, nou, eh, ik wil dat niet hoor.") == ["ik wil dat niet"]


def test_a_stage_direction_before_a_clause_falls_away(reader: Language) -> None:
    assert clauses(reader, "(huilt) Ik kan niet meer.") == ["Ik kan niet meer"]


def test_an_answer_of_filler_alone_stays(reader: Language) -> None:
    assert clauses(reader, "Ja, hoor.") == ["Ja"]


def test_the_words_before_a_colon_are_the_lead_of_the_clause_after_it(reader: Language) -> None:
    doc = reader("PEG: liever nu dan te laat")
    [clause] = doc.spans[CLAUSES]
    assert (clause._.izp_lead.text, clause.text) == ("PEG", "liever nu dan te laat")


def test_a_clause_before_a_colon_is_no_lead(reader: Language) -> None:
    doc = reader("Ik zeg het je eerlijk: het gaat niet goed")
    assert all(clause._.izp_lead is None for clause in doc.spans[CLAUSES])


@pytest.mark.parametrize("text", ["", " ", "...", "?!", "-"])
def test_marks_alone_are_no_clause(reader: Language, text: str) -> None:
    assert clauses(reader, text) == []


def test_the_component_is_registered() -> None:
    assert Language.get_factory_meta("izp_clauses").factory == "izp_clauses"
