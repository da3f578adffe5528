"""Each test is a sentence with the perspective that the annotation guide gives it."""

from collections.abc import Callable

import pytest

from extractors.schema import Statement

Only = Callable[..., Statement]


def test_what_the_child_says_is_the_childs(only: Only) -> None:
    assert only(("Sem", "Ik wil nooit meer naar de IC.")).perspective == "child"


def test_what_a_mother_wants_for_her_child_is_her_own(only: Only) -> None:
    said = only(("Moeder", "Ik wil dat Sem geen pijn heeft."))
    assert (said.perspective, said.reported) == ("parent", False)


def test_a_wish_that_a_mother_tells_of_her_child_is_the_childs_reported(only: Only) -> None:
    said = only(("Moeder", "Sem zegt altijd dat hij niet meer geprikt wil worden."))
    assert (said.perspective, said.reported) == ("child", True)


def test_what_a_parent_reads_from_a_child_is_the_childs_reported(only: Only) -> None:
    said = only(("Kinderarts", "Wat vindt hij leuk?"), ("Vader", "Hij is dol op de hond."))
    assert (said.perspective, said.reported) == ("child", True)


def test_an_interpreter_is_the_parent_reported(only: Only) -> None:
    said = only(("Tolk", "Ik wil niet dat hij naar de IC gaat."))
    assert (said.perspective, said.reported) == ("parent", True)


def test_what_the_team_wants_is_the_teams(only: Only) -> None:
    assert only(("Kinderarts", "Wij zouden hem liever niet meer opereren.")).perspective == "care_team"


def test_a_summary_of_the_team_is_the_familys_reported(only: Only) -> None:
    turns = (("Moeder", "Hm."), ("Kinderarts", "Dus jullie willen geen beademing meer."))
    said = only(*turns)
    assert (said.perspective, said.reported) == ("parent", True)


def test_an_unmapped_speaker_is_unknown_with_the_reason(only: Only) -> None:
    said = only(("Spreker 4", "Ik wil nooit meer naar de IC."))
    assert said.perspective == "unknown"
    assert said.perspective_reason


@pytest.mark.parametrize(
    ("line", "perspective"),
    [
        ("Moeder wil niet reanimeren", "parent"),
        ("Vlgs vader is niks doen geen optie", "parent"),
        ("Sem wil graag thuis zijn", "child"),
        ("Pt wil niet meer naar de IC", "child"),
        ("kinderarts wil eerst de scan afwachten", "care_team"),
    ],
)
def test_a_note_gives_the_view_of_whom_it_names(only: Only, line: str, perspective: str) -> None:
    said = only((None, line), block="paragraph")
    assert (said.perspective, said.reported) == (perspective, False)


def test_a_note_that_names_nobody_goes_by_its_heading(only: Only) -> None:
    said = only((None, "wil graag naar het schoolfeest"), block="list_item", section=("Wat zegt Sem",))
    assert said.perspective == "child"


def test_a_note_that_names_nobody_under_no_heading_is_unknown(only: Only) -> None:
    assert only((None, "wil liever geen sonde meer"), block="paragraph").perspective == "unknown"


def test_the_view_of_the_clause_before_goes_on_within_a_paragraph(only: Only) -> None:
    turns = ((None, "Oma is er ook."), (None, "Sem zit op de bank. Wil graag naar het strand."))
    assert only(*turns, block="paragraph").perspective == "child"


def test_an_interpreter_who_gives_the_physicians_words_is_the_care_team(only: Only) -> None:
    said = only(("Vader", "Hm."), ("Tolk", "De dokter zegt dat ze hem niet meer wil laten beademen."))
    assert (said.perspective, said.reported) == ("care_team", True)


def test_an_interpreter_who_gives_the_childs_words_is_the_child(only: Only) -> None:
    said = only(("Tolk", "Sem zegt dat hij niet meer geprikt wil worden."))
    assert (said.perspective, said.reported) == ("child", True)


def test_a_summary_for_child_and_parent_together_is_unknown(only: Only) -> None:
    turns = (("Sem", "Ja."), ("Moeder", "Hm."), ("Kinderarts", "Dus je wil geen beademing meer."))
    assert only(*turns).perspective == "unknown"


def test_an_agreement_in_a_note_is_the_teams_whomever_it_names(only: Only) -> None:
    said = only((None, "Sem beslist voortaan zelf over de sonde"), block="list_item", section=("Afspraken",))
    assert said.perspective == "care_team"


def test_whom_a_view_is_about_is_not_whose_it_is(only: Only) -> None:
    turns = ((None, "x"), (None, "Moeder is moe. Vindt dat Sem nu wel genoeg prikken gehad heeft."))
    assert only(*turns, block="paragraph").perspective == "parent"


def test_a_heading_that_names_two_roles_names_nobody(only: Only) -> None:
    said = only(
        (None, "wil graag naar het schoolfeest"), block="list_item", section=("Wat Sem en ouders willen",)
    )
    assert said.perspective == "unknown"


UNLABELLED = (
    (None, "Goedemiddag, wat is voor jullie op dit moment het belangrijkste?"),
    (None, "Dat onze zoon geen pijn heeft, mijn man en ik slapen al weken niet."),
    (None, "Wat zien jullie aan hem als hij pijn heeft?"),
)


def test_without_speakers_the_talk_tells_whose_view_it_is(only: Only) -> None:
    said = only(*UNLABELLED, (None, "Als ouders zijn wij bang dat onze zoon pijn heeft."))
    assert said.perspective == "parent"


def test_whose_wish_about_a_treatment_it_is_is_never_told_by_words_alone(only: Only) -> None:
    said = only(*UNLABELLED, (None, "Als ouders willen wij voor onze zoon geen reanimatie."))
    assert (said.perspective, said.reported) == ("unknown", False)


def test_a_cell_under_a_person_is_that_persons_view(only: Only) -> None:
    said = only((None, "wil liever thuis het infuus"), block="cell", section=("Infuus", "Sem"))
    assert said.perspective == "child"


@pytest.mark.parametrize(("who", "perspective"), [("Vader", "parent"), ("Kinderarts", "care_team")])
def test_an_action_point_of_a_note_is_of_who_takes_it_on(only: Only, who: str, perspective: str) -> None:
    said = only((None, f"{who} belt morgen de thuiszorg"), block="list_item", section=("Acties",))
    assert said.perspective == perspective


def test_in_a_note_a_pronoun_gives_the_view_of_whom_it_means(only: Only) -> None:
    turns = (
        (None, "Sem is een jongen."),
        (None, "Moeder is moe. Sem slaapt slecht. Hij wil geen sonde meer."),
    )
    assert only(*turns, block="paragraph").perspective == "child"
