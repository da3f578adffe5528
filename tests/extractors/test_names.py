import pytest

from extractors.names import addressee_of, people_pattern, writer_of
from extractors.schema import Block, Conversation, Participant, Turn


def note(*lines: str, block: Block = "header", people: tuple[Participant, ...] = ()) -> Conversation:
    """A note whose lines are all of one kind."""
    turns, at = [], 0
    for index, line in enumerate(lines):
        turns.append(Turn(index=index, text=line, start=at, end=at + len(line), block=block))
        at += len(line) + 1
    return Conversation(
        id="c1", source="x.txt", sha256="0", format="text", text="\n".join(lines), turns=tuple(turns),
        participants=people,
    )  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        "schoonmoeder", "de chirurg", "diëtiste", "ped. mw.", "KCT", "het pijnteam", "dokter Pruis", "mw.",
        "haar ouders", "dr. Amrani + de huisarts",
    ],
)  # fmt: skip
def test_people_and_services_of_the_shared_words_are_found(words: str) -> None:
    found = people_pattern(note(words, block="paragraph")).fullmatch(words)
    assert found is not None
    assert found["people"] == words


@pytest.mark.parametrize("words", ["voorwaarts", "dialoog", "de map", "morgen"])
def test_other_words_are_no_people(words: str) -> None:
    assert people_pattern(note(words, block="paragraph")).search(words) is None


def test_a_writer_far_down_one_long_paragraph_is_not_looked_for() -> None:
    assert writer_of(note("Verslag: Ingrid")) == "Ingrid"
    assert writer_of(note("Hij slaapt slecht. " * 200 + "Verslag: Ingrid", block="paragraph")) is None


def test_the_addressee_of_a_letter_is_told_at_its_head() -> None:
    assert addressee_of(note("Aan: Sanne", "Van: Petra")) == "Sanne"
    assert addressee_of(note("Verslag: Petra")) is None
