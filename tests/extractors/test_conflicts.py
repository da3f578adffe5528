from collections.abc import Callable

import pytest

from extractors.conflicts import conflict_examples, find_conflicts
from extractors.schema import Conversation, Statement

Talk = Callable[..., Conversation]
Conflicts = Callable[..., list[tuple[str, ...]]]


@pytest.fixture
def conflicts(talk: Talk) -> Conflicts:
    """The conflicts in a conversation in which every turn is one wish, given as (label, text, fields)."""

    def found(*turns: tuple[str, str, dict[str, object]], **given: object) -> list[tuple[str, ...]]:
        conversation = talk(*((label, text) for label, text, _ in turns))
        roles: dict[str, object] = {
            "Sem": "child",
            "Moeder": "parent",
            "Vader": "parent",
            "Kinderarts": "care_team",
        }
        statements = []
        for turn, (label, _, fields) in zip(conversation.turns, turns, strict=True):
            common = {"id": f"s{turn.index}", "quote": turn.text, "turn": turn.index, "start": turn.start}
            view = {"end": turn.end, "speaker": label, "perspective": roles[label], "category": "preference"}
            statements.append(Statement.model_validate({**common, **view, "domains": ("fysiek",), **fields}))
        return find_conflicts(conversation, statements)

    return found


def test_parents_who_want_opposite_things_are_in_conflict(conflicts: Conflicts) -> None:
    asked = ("Moeder", "Ik wil dat hij naar de IC gaat.", {"topics": ("intensive_care",)})
    refused = ("Vader", "Geen IC meer.", {"topics": ("intensive_care",), "polarity": "negated"})
    assert conflicts(asked, refused) == [("s0", "s1")]


def test_two_who_want_the_same_are_not(conflicts: Conflicts) -> None:
    wish = {"topics": ("school",)}
    assert conflicts(("Moeder", "Hij moet naar school.", wish), ("Vader", "Naar school.", wish)) == []


def test_to_open_against_the_first_is_a_conflict(conflicts: Conflicts) -> None:
    assert conflicts(("Moeder", "Liever thuis.", {}), ("Vader", "Ik wil juist het hospice.", {})) == [
        ("s0", "s1")
    ]


def test_who_doubts_beside_who_wants_is_a_conflict(conflicts: Conflicts) -> None:
    doubt = ("Vader", "Dat weet ik nog niet.", {"certainty": "tentative"})
    assert conflicts(("Moeder", "De sonde moet eruit.", {}), doubt) == [("s0", "s1")]


def test_what_a_professional_sums_up_conflicts_with_nothing(conflicts: Conflicts) -> None:
    wish = ("Moeder", "Geen IC meer.", {"polarity": "negated"})
    summary = ("Kinderarts", "Maar wel naar huis.", {"perspective": "parent", "reported": True})
    assert conflicts(wish, summary) == []


def test_wishes_far_from_each_other_are_left_alone(conflicts: Conflicts) -> None:
    between = [("Moeder", "Hij lacht veel.", {"category": "context"})] * 5
    assert (
        conflicts(("Moeder", "Geen IC.", {"polarity": "negated"}), *between, ("Vader", "Maar wel IC.", {}))
        == []
    )


def test_who_changes_their_mind_conflicts_with_themselves(conflicts: Conflicts) -> None:
    first = ("Moeder", "Eerst wilde ik alles, ook de IC.", {"topics": ("intensive_care",)})
    now = ("Moeder", "Nu geen IC meer.", {"topics": ("intensive_care",), "polarity": "negated"})
    assert conflicts(first, now) == [("s0", "s1")]


def test_what_stands_against_one_thing_is_one_conflict(conflicts: Conflicts) -> None:
    asked = ("Moeder", "Ik wil de sonde.", {})
    refused = ("Vader", "Ik niet.", {"polarity": "negated"})
    child = ("Sem", "Maar ik wil hem niet.", {"polarity": "negated"})
    assert conflicts(asked, refused, child) == [("s0", "s1", "s2")]


def test_what_may_be_no_statement_is_less_likely_a_conflict(conflicts: Conflicts) -> None:
    asked = ("Moeder", "Liever thuis.", {"confidence": 0.1})
    refused = ("Vader", "Ik wil juist het hospice.", {"confidence": 0.1})
    assert conflicts(asked, refused) == []


def test_annotated_conflicts_teach_by_who_stands_against_whom(talk: Talk) -> None:
    wishes = (("Moeder", "Liever thuis."), ("Moeder", "Hier, bij ons."), ("Vader", "Ik wil het hospice."))
    conversation = talk(*wishes)
    common = {"perspective": "parent", "category": "preference", "domains": ("fysiek",)}
    statements = [
        Statement.model_validate(
            {"id": f"s{t.index}", "quote": t.text, "turn": t.index, "start": t.start, "end": t.end}
            | {"speaker": t.label, **common}
        )
        for t in conversation.turns
    ]
    examples = conflict_examples(conversation, statements, [frozenset(("s0", "s1", "s2"))])
    assert [example.label for example in examples] == ["beside", "against", "against"]
