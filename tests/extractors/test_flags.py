from collections.abc import Callable

import pytest

from extractors.flags import READ_AGAIN, find_flags
from extractors.polarity import DOUBT
from extractors.schema import Conversation, Flag, FlagType, Statement

Talk = Callable[..., Conversation]
Flags = Callable[..., list[Flag]]


def statement(number: int, **given: object) -> Statement:
    fields: dict[str, object] = {
        "id": f"s{number}",
        "quote": "x",
        "turn": 0,
        "start": 0,
        "end": 1,
        "perspective": "parent",
        "category": "preference",
        "domains": ("fysiek",),
    }
    return Statement.model_validate(fields | given)


@pytest.fixture
def flags(talk: Talk) -> Flags:
    def of_kind(*statements: Statement, kind: FlagType) -> list[Flag]:
        found = find_flags(talk(("Moeder", "x")), statements)
        return [flag for flag in found if flag.type == kind]

    return of_kind


def test_a_wish_about_a_treatment_limit_is_for_a_physician(flags: Flags) -> None:
    [flag] = flags(statement(1, topics=("intensive_care",)), kind="treatment_limit")
    assert flag.statements == ("s1",)


def test_two_wishes_on_one_limit_are_one_flag(flags: Flags) -> None:
    wishes = (statement(n, topics=("intensive_care",)) for n in (1, 2))
    assert [flag.statements for flag in flags(*wishes, kind="treatment_limit")] == [("s1", "s2")]


def test_a_limit_that_may_be_read_the_wrong_way_round_says_so(flags: Flags) -> None:
    sure = statement(1, topics=("intensive_care",))
    doubtful = statement(2, topics=("ventilation",), because=("both", DOUBT))
    notes = [flag.note for flag in flags(sure, doubtful, kind="treatment_limit")]
    assert [READ_AGAIN in note for note in notes] == [False, True]


def test_a_fact_about_a_treatment_is_no_limit(flags: Flags) -> None:
    assert flags(statement(1, topics=("intensive_care",), category="context"), kind="treatment_limit") == []


def test_wanted_and_refused_on_one_topic_is_a_conflict(flags: Flags) -> None:
    wishes = (
        statement(1, topics=("school",)),
        statement(2, topics=("school",), polarity="negated", perspective="child"),
    )
    assert [flag.statements for flag in flags(*wishes, kind="conflict")] == [("s1", "s2")]


def test_two_people_who_want_the_same_have_no_conflict(flags: Flags) -> None:
    wishes = (statement(1, topics=("school",)), statement(2, topics=("school",), perspective="child"))
    assert flags(*wishes, kind="conflict") == []


def test_a_wish_that_is_not_sure_is_flagged(flags: Flags) -> None:
    assert len(flags(statement(1, certainty="tentative"), kind="tentative")) == 1
    assert flags(statement(1, certainty="tentative", category="concern"), kind="tentative") == []


def test_an_action_point_without_who_or_when_is_flagged(flags: Flags) -> None:
    action = statement(1, category="action_point", owner="Moeder")
    assert flags(action, kind="missing_owner") == []
    assert len(flags(action, kind="missing_due")) == 1


def test_what_is_done_again_and_again_misses_no_day(flags: Flags) -> None:
    action = statement(
        1, category="action_point", owner="Moeder", quote="Ik bel elke week de thuiszorg", end=29
    )
    assert flags(action, kind="missing_due") == []


def test_an_action_point_that_is_hardly_one_is_judged_first(flags: Flags) -> None:
    assert flags(statement(1, category="action_point", confidence=0.2), kind="missing_owner") == []


def test_what_a_professional_says_back_to_a_child_who_spoke_is_known_at_first_hand(flags: Flags) -> None:
    said = statement(1, perspective="child", speaker="Sem")
    said_back = statement(2, perspective="child", reported=True, speaker="Kinderarts")
    assert flags(said, said_back, kind="proxy_only") == []
    assert len(flags(said_back, kind="proxy_only")) == 1


def test_a_view_known_through_another_is_flagged(flags: Flags) -> None:
    told = statement(1, perspective="child", reported=True)
    assert [flag.statements for flag in flags(told, statement(2), kind="proxy_only")] == [("s1",)]


def test_an_unknown_perspective_is_flagged(flags: Flags) -> None:
    said = statement(1, perspective="unknown", perspective_reason="niet bekend")
    assert [flag.statements for flag in flags(said, kind="unclear_speaker")] == [("s1",)]


def test_a_question_that_nobody_answers_stays_open(talk: Talk) -> None:
    text = "Mag hij vliegen?"
    asked = statement(1, category="concern", quote=text, end=len(text))
    for answer, expected in (("Ja, dat mag.", 0), ("Dat weet ik niet.", 1)):
        found = find_flags(talk(("Moeder", text), ("Kinderarts", answer)), (asked,))
        assert sum(flag.type == "open_question" for flag in found) == expected


def test_the_flags_of_the_intake_come_first(talk: Talk) -> None:
    given = Flag(type="unclear_speaker", note="De namen spreken elkaar tegen.")
    source = talk(("Moeder", "x")).model_copy(update={"flags": (given,)})
    assert find_flags(source, ()) == (given,)


def test_a_speaker_whom_the_intake_could_not_map_is_flagged_once(talk: Talk) -> None:
    unmapped = Flag(type="unclear_speaker", turns=(0,), note="Niet bekend wie dit is.")
    source = talk(("X", "x")).model_copy(update={"flags": (unmapped,)})
    said = statement(1, perspective="unknown", perspective_reason="niet bekend")
    assert [flag.statements for flag in find_flags(source, (said,))] == [("s1",)]
