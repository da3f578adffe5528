import pytest
from pydantic import ValidationError

from extractors.roles import PeopleWords, find_function, people_words


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("Anja, ped. mw.", ("care_team", "pedagogisch medewerker", "ped. mw.")),
        ("de Kinderneuroloog", ("care_team", "kinderneuroloog", "Kinderneuroloog")),
        ("oma Habiba", ("parent", "oma", "oma")),
        ("waarnemend huisarts", ("care_team", "huisarts", "waarnemend huisarts")),
        ("gebarentolk", ("interpreter", "gebarentolk", "gebarentolk")),
    ],
)
def test_a_function_is_found_with_its_role_usual_name_and_place(
    phrase: str, expected: tuple[str, str, str]
) -> None:
    found = find_function(phrase)
    assert found is not None
    assert (found.role, found.function, phrase[found.start : found.end]) == expected


@pytest.mark.parametrize("phrase", ["voorwaarts", "de dialoog", "Europa", "stoma", "baarmoeder", ""])
def test_a_word_that_only_ends_like_a_function_is_none(phrase: str) -> None:
    assert find_function(phrase) is None


@pytest.mark.parametrize(
    "change",
    [
        {"roles": {"parent": {"oma": ("oma",), "opa": ("oma",)}}},
        {"roles": {"parent": {"oma": ("Oma",)}}},
        {"of_adults": {"dochterr"}},
        {"unknown_list": ()},
    ],
)
def test_a_word_twice_with_a_capital_or_unknown_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PeopleWords.model_validate(people_words().model_dump() | change)
