import datetime as dt
from collections.abc import Callable

import pytest

from extractors.history import Done, History, OtherChildError, Spoken, compare, in_order
from extractors.schema import Conversation, Findings, Statement

Talk = Callable[..., Conversation]
Visit = Callable[..., Spoken]


@pytest.fixture
def visit(talk: Talk) -> Visit:
    """A conversation on a day, with a statement for each (text, fields); its number makes ids unique."""

    def made(
        number: int, *said: tuple[str, dict[str, object]], child: str | None = "Sem", day: int | None = None
    ) -> Spoken:
        told = talk(*((None, text) for text, _ in said), block="list_item")
        date = None if day == 0 else dt.date(2026, 3, day or number)
        given = {"id": f"c{number}", "sha256": str(number) * 64, "child": child, "date": date}
        statements = [
            Statement.model_validate(
                {
                    "id": f"c{number}s{turn.index}",
                    "quote": turn.text,
                    "turn": turn.index,
                    "start": turn.start,
                    "end": turn.end,
                    "perspective": "parent",
                    "category": "preference",
                    "domains": ("fysiek",),
                    **fields,
                }
            )
            for turn, (_, fields) in zip(told.turns, said, strict=False)
        ]
        return Spoken(
            told.model_copy(update=given), Findings(conversation=f"c{number}", statements=tuple(statements))
        )

    return made


IC = {"topics": ("intensive_care",)}
ACTION = {"category": "action_point"}
FACT = {"category": "context"}


def test_a_wish_that_turned_round_names_both(visit: Visit) -> None:
    history = compare(
        [visit(1, ("Geen IC", {**IC, "polarity": "negated"})), visit(2, ("Toch naar de IC", IC))]
    )
    assert [(flag.type, flag.statements) for flag in history.flags] == [("conflict", ("c1s0", "c2s0"))]


def test_a_wish_that_stayed_is_no_conflict(visit: Visit) -> None:
    assert compare([visit(1, ("IC", IC)), visit(2, ("IC", IC))]).flags == ()


def test_another_person_with_another_wish_did_not_change_their_mind(visit: Visit) -> None:
    refused = ("Geen IC", {**IC, "polarity": "negated", "perspective": "child"})
    assert compare([visit(1, ("IC", IC)), visit(2, refused)]).flags == ()


def test_another_place_for_the_same_thing_is_a_conflict(visit: Visit) -> None:
    at_home = ("Thuis overlijden", {"topics": ("dying", "home")})
    hospice = ("In het hospice overlijden", {"topics": ("dying", "hospice")})
    [flag] = compare([visit(1, at_home), visit(2, hospice)]).flags
    assert flag.statements == ("c1s0", "c2s0")


def test_what_changed_stands_in_the_order_of_the_first_conversation(visit: Visit) -> None:
    topics = ("intensive_care", "resuscitation", "ventilation", "home", "hospice")
    refused = [(topic, {"topics": (topic,), "polarity": "negated"}) for topic in topics]
    history = compare([visit(1, *refused), visit(2, *((topic, {"topics": (topic,)}) for topic in topics))])
    assert [flag.statements[0] for flag in history.flags] == [f"c1s{number}" for number in range(len(topics))]


@pytest.mark.parametrize(
    ("report", "done"),
    [
        ("De rolstoel is aangevraagd bij de gemeente.", True),
        ("Rolstoel aangevraagd.", True),
        ("De rolstoel is nog niet aangevraagd.", False),
        ("De rolstoel moet worden aangevraagd.", False),
        ("De gemeente heeft gebeld over het huis.", False),
        ("Is de rolstoel aangevraagd?", False),
    ],
)
def test_an_action_point_that_is_reported_as_done_is_done(visit: Visit, report: str, done: bool) -> None:
    history = compare([visit(1, ("Petra vraagt een rolstoel aan", ACTION)), visit(2, (report, FACT))])
    assert history.done == ((Done(action="c1s0", conversation="c2", turn=0),) if done else ())


def test_the_first_report_of_an_action_point_counts(visit: Visit) -> None:
    action, report = ("Thuiszorg bellen", ACTION), ("De thuiszorg is gebeld.", FACT)
    history = compare([visit(1, action), visit(2, report), visit(3, report)])
    assert [done.conversation for done in history.done] == ["c2"]


def test_conversations_are_taken_in_order_of_date(visit: Visit) -> None:
    assert [each.conversation.id for each in in_order([visit(2), visit(1)])] == ["c1", "c2"]


def test_without_all_dates_they_are_taken_as_given(visit: Visit) -> None:
    assert [each.conversation.id for each in in_order([visit(2), visit(1, day=0)])] == ["c2", "c1"]


def test_a_conversation_that_was_given_twice_counts_once(visit: Visit) -> None:
    assert compare([visit(1), visit(1)]) == History(conversations=("c1",))


@pytest.mark.parametrize("child", ["Noor", None])
def test_conversations_that_are_not_known_to_be_of_one_child_are_refused(
    visit: Visit, child: str | None
) -> None:
    with pytest.raises(OtherChildError):
        compare([visit(1), visit(2, child=child)])
