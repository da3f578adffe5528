import pytest

from pipeline.intake.roles import has_care_title, in_organisation, is_diarised, is_no_speaker, without_title


@pytest.mark.parametrize("label", ["SPEAKER_00", "Spreker 1", "S01", "Unknown Speaker 2"])
def test_a_machines_number_is_known(label: str) -> None:
    assert is_diarised(label)


@pytest.mark.parametrize("label", ["Spreker An", "Sanne", "S. de Wit"])
def test_a_name_is_no_machines_number(label: str) -> None:
    assert not is_diarised(label)


def test_a_word_that_opens_a_note_is_no_speaker() -> None:
    assert is_no_speaker("Let op")
    assert is_no_speaker("Actie")
    assert not is_no_speaker("Moeder")


def test_a_title_is_no_part_of_a_name() -> None:
    assert without_title("dr. Van Es") == "Van Es"
    assert has_care_title("dr. Van Es")
    assert not has_care_title("mw. Bakker")


def test_a_name_with_an_organisation_belongs_to_the_care_team() -> None:
    assert in_organisation("Anja KCT")
    assert not in_organisation("Anja Kuiper")
