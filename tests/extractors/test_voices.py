"""Who speaks is read from invented talks whose labels say nothing."""

from collections.abc import Sequence

import pytest

from extractors.schema import Conversation, Flag, Participant, Turn
from extractors.voices import (
    GROUND,
    open_speakers,
    own_names,
    single_example,
    spoken_evidence,
    voice_examples,
    with_voices,
)

TALK = (
    ("A", "Goedemiddag, fijn dat jullie er zijn. Wat is voor jullie op dit moment het belangrijkste?"),
    ("B", "Dat onze zoon geen pijn heeft. Mijn man en ik slapen al weken niet, we luisteren of hij ademt."),
    ("A", "Dat is zwaar. Wat zien jullie aan hem als hij pijn heeft?"),
    (
        "B",
        "Dan trekt hij zijn benen op en dan wil hij alleen bij mij liggen. Dat vind ik moeilijk, als moeder.",
    ),
    ("A", "Ik overleg met de kinderarts over de medicatie en ik bel u morgen. Is dat goed voor u?"),
    ("B", "Ja, graag. Wij willen dat hij thuis kan blijven, bij zijn zusje. Hij is zo gek op haar."),
    ("A", "Hebben jullie iemand die 's nachts kan helpen? Anders vraag ik de thuiszorg erbij."),
    ("B", "Mijn moeder komt soms, maar ze wordt ouder. Ik ben bang dat wij het niet volhouden."),
)


def _talk(
    turns: Sequence[tuple[str | None, str]], *people: Participant, flags: tuple[Flag, ...] = ()
) -> Conversation:
    text, records = "", []
    for index, (label, words) in enumerate(turns):
        start = len(text) + bool(text)
        text = f"{text}\n{words}" if text else words
        records.append(Turn(index=index, label=label, text=words, start=start, end=start + len(words)))
    labels = dict.fromkeys(label for label, _ in turns if label)
    known = {person.label: person for person in people}
    return Conversation(
        id="c1",
        source="gesprek.txt",
        sha256="0" * 64,
        format="dialogue",
        child="Bram",
        text=text,
        participants=tuple(known.get(label, Participant(label=label)) for label in labels),
        turns=tuple(records),
        flags=flags,
    )


def _named(turns: Sequence[tuple[str, str]], **names: str) -> list[tuple[str | None, str]]:
    return [(names[label], words) for label, words in turns]


def test_a_parent_and_a_professional_are_told_apart_by_what_they_say() -> None:
    people = with_voices(_talk(_named(TALK, A="SPEAKER_00", B="SPEAKER_01"))).participants
    assert [person.role for person in people] == ["care_team", "parent"]


def test_an_inferred_role_is_marked_as_such() -> None:
    people = with_voices(_talk(_named(TALK, A="Ingrid", B="Marieke"))).participants
    assert [person.because for person in people] == [(GROUND,), (GROUND,)]


def test_a_mapped_label_stays_as_it_is() -> None:
    told = Participant(label="B", role="other", because=("file",))
    assert with_voices(_talk(TALK, told)).participant("B") == told


def test_a_label_that_says_too_little_stays_open() -> None:
    talk = _talk((*TALK, ("C", "Hm.")))
    found = with_voices(talk).participant("C")
    assert found is not None
    assert found.role is None


def test_a_speaker_with_another_name_is_not_the_child() -> None:
    turns = (
        ("Puck", "Ik wil met mama naar huis en dan met de hond spelen."),
        ("Ans", "Wat vind jij leuk?"),
    ) * 4
    found = with_voices(_talk(turns)).participant("Puck")
    assert found is not None
    assert found.role != "child"


def test_the_flag_of_a_speaker_who_is_known_now_falls_away() -> None:
    flags = tuple(Flag(type="unclear_speaker", turns=turns, note="?") for turns in ((0, 2), (8,)))
    talk = _talk((*TALK, ("C", "Hm.")), flags=flags)
    assert with_voices(talk).flags == flags[1:]


def test_turns_without_labels_get_the_role_that_they_tell() -> None:
    found = with_voices(_talk([(None, words) for _, words in TALK]))
    assert {turn.role for turn in found.turns} <= {None, "parent", "care_team"}
    assert found.turns[4].role == "care_team"


def test_an_open_label_is_likeliest_who_it_sounds_like() -> None:
    talk = _talk((*TALK, ("C", "Ik ben zijn moeder niet.")), Participant(label="A", role="care_team"))
    roles = open_speakers(talk).roles(talk.turns[1])
    assert max(roles, key=lambda role: roles[role]) == "parent"


def test_where_nothing_tells_who_speaks_all_roles_are_possible() -> None:
    talk = _talk(((None, "Ja."),))
    assert min(open_speakers(talk).roles(talk.turns[0]).values()) > 0


def test_a_talk_with_known_speakers_is_given_back_unchanged() -> None:
    talk = _talk(TALK, Participant(label="A", role="care_team"), Participant(label="B", role="parent"))
    assert with_voices(talk) is talk


@pytest.mark.parametrize(
    ("label", "names"),
    [
        ("SPEAKER_01", []),
        ("Spreker 2", []),
        ("Sem", ["Sem"]),
        ("dr. Bakker", ["Bakker"]),
        ("Wessels, M. (Marjolein)", ["Wessels", "Marjolein"]),
    ],
)
def test_the_names_in_a_label(label: str, names: list[str]) -> None:
    assert own_names(label) == names


def test_evidence_knows_who_spoke_before() -> None:
    assert [(label, before) for label, before, _ in spoken_evidence(_talk(TALK[:3]))] == [
        ("A", None),
        ("B", "A"),
        ("A", "B"),
    ]


def test_an_adult_patient_has_a_voice_of_its_own() -> None:
    examples = voice_examples(_talk(TALK[:2]), {"B": "child"}, adult=True)
    assert [example.label for example in examples] == ["patient"]


def test_a_note_is_no_example_of_a_voice() -> None:
    assert single_example("u1", "Mw. slaapt slecht", "", "interpreter") is None
