"""Who speaks in a transcript without speakers is weighed along the whole talk."""

from collections.abc import Sequence

import numpy as np
import pytest

from extractors.schema import Conversation, Kind, Turn
from extractors.turn_evidence import VOICES
from extractors.turn_voices import step_evidence, talk_evidence, turn_chances, turns_example

TALK = (
    "Wat is voor jullie op dit moment het belangrijkste?",
    "Dat onze zoon geen pijn heeft.",
    "Mijn man en ik slapen al weken niet.",
    "Wat zien jullie aan hem als hij pijn heeft?",
    "Dan trekt hij zijn benen op en wil hij bij mij liggen.",
    "Ik overleg met de kinderarts over de medicatie en ik bel u morgen.",
)


def _talk(texts: Sequence[str], kind: Kind = "het_belangrijk") -> Conversation:
    starts = np.cumsum([0, *(len(text) + 1 for text in texts)]).tolist()
    return Conversation(
        id="c1",
        source="opname.json",
        sha256="0" * 64,
        format="whisper",
        kind=kind,
        text="\n".join(texts),
        turns=tuple(
            Turn(index=at, text=text, start=start, end=start + len(text))
            for at, (text, start) in enumerate(zip(texts, starts, strict=False))
        ),
    )


def test_who_asks_is_the_professional_and_who_answers_the_parent() -> None:
    likeliest = [VOICES[int(row.argmax())] for row in turn_chances(_talk(TALK)).values()]
    assert [likeliest[at] for at in (0, 2, 4, 5)] == ["care_team", "parent", "parent", "care_team"]


def test_every_turn_has_a_chance_for_each_voice() -> None:
    rows = list(turn_chances(_talk(TALK)).values())
    assert np.sum(rows, axis=1) == pytest.approx(np.ones(len(TALK)))


def test_in_a_talk_with_an_adult_nobody_has_the_voice_of_a_child() -> None:
    rows = turn_chances(_talk(TALK, "pzp")).values()
    assert max(row[VOICES.index("child")] for row in rows) < 1e-6


def test_a_few_turns_tell_nothing() -> None:
    assert turn_chances(_talk(TALK[:3])) == {}


def test_the_words_around_a_turn_are_evidence_too() -> None:
    evidence = talk_evidence(_talk(TALK), TALK)
    assert {"before:zoon", "next:zien", "next asks"} <= evidence[2]


def test_a_step_knows_whether_it_follows_a_question() -> None:
    steps = list(step_evidence(TALK))
    assert "step:asked" in steps[1]
    assert "step:told" in steps[2]


def test_who_is_neither_family_nor_team_is_an_example_of_nobody() -> None:
    example = turns_example(_talk(TALK), [("Hallo.", "parent"), ("Goedemiddag.", "other")], adult=False)
    assert example.labels == ["parent", None]
