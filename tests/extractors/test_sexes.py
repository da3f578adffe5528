import pytest

from extractors.schema import Conversation, Participant
from extractors.sexes import Sex, patient_sex, sexes_of_words


def talk(text: str) -> Conversation:
    """A conversation about Noor with this text."""
    child = Participant(label="Noor", role="child")
    return Conversation(
        id="c1", source="x.txt", sha256="0", format="text", text=text, child="Noor", participants=(child,)
    )


@pytest.mark.parametrize(
    ("text", "sex"),
    [
        ("Gesprek met mw. Noor Bakker, haar man en de huisarts.", "woman"),
        ("Noor slaapt slecht, en hij eet weinig.", "man"),
        ("Noor is een meisje dat lacht.", "woman"),
        ("Gesprek met Noor Bakker. Meneer Bakker heeft pijn.", "man"),
        ("Noor wil naar huis.", None),
        ("Noor wil naar huis. Als Noor slaapt, gaat zij weg. Als Noor huilt, komt hij.", None),
    ],
)
def test_the_sex_of_the_patient_is_told_or_unknown(text: str, sex: Sex | None) -> None:
    assert patient_sex(talk(text)) == sex


def test_a_word_for_a_relative_tells_the_sex() -> None:
    assert (sexes_of_words()["oma"], sexes_of_words()["dhr"]) == ("woman", "man")
    assert "ouder" not in sexes_of_words()
