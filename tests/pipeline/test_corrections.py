import datetime as dt

import pytest

from pipeline.corrections import Correction, Kind, correction_id, history, replay, touched


def correction(kind: Kind, target: str = "s1", after: str = "", number: int = 1, **more) -> Correction:
    return Correction(id=f"c{number}", kind=kind, target=target, after=after, plan="0" * 8, **more)


def numbered(*events: dict) -> list[Correction]:
    """Corrections c1, c2 and so on, each as told: by its kind, and what is not as usual."""
    return [correction(number=number, **fields) for number, fields in enumerate(events, start=1)]


CHANGES = [
    {"kind": "edit", "after": "anders"},
    {"kind": "reject"},
    {"kind": "move", "after": "sociaal"},
    {"kind": "classify", "aspect": "category", "after": "goal"},
    {"kind": "merge", "after": "s2"},
    {"kind": "merge", "target": "s2", "after": "s1"},
]
RATIFY = {"kind": "ratify", "function": "arts"}


def test_of_two_edits_the_later_holds():
    done = replay([correction("edit", after="een"), correction("edit", after="twee", number=2)])
    assert done.edited["s1"].after == "twee"


def test_a_statement_that_is_edited_after_it_was_struck_out_is_back():
    struck, edited = correction("reject"), correction("edit", after="toch", number=2)
    assert replay([struck]).rejected
    assert not replay([struck, edited]).rejected
    assert replay([edited, struck]).rejected


def test_moves_fills_and_resolutions_are_kept_by_what_they_are_about():
    done = replay(
        [
            correction("move", after="fysiek"),
            correction("fill", "huisarts", "dr. Bos"),
            correction("resolve", "punt-1"),
        ]
    )
    assert done.moved["s1"].after == "fysiek"
    assert done.filled["huisarts"].after == "dr. Bos"
    assert done.resolved.keys() == {"punt-1"}


def test_added_statements_and_remarks_stay_all_and_each_once():
    added = [correction("add", "fysiek", "een", 1), correction("add", "fysiek", "twee", 2)]
    remarks = [correction("remark", after="een", number=3), correction("remark", after="twee", number=4)]
    done = replay([*added, *remarks, added[0], remarks[0]])
    assert [one.after for one in done.added] == ["een", "twee"]
    assert [one.after for one in done.remarks["s1"]] == ["een", "twee"]


@pytest.mark.parametrize("function", [None, "verpleegkundige", "Arts"])
def test_nobody_but_a_physician_an_assistant_or_a_specialist_ratifies(function):
    assert not replay(numbered(RATIFY | {"function": function})).ratified
    for may in ("arts", "physician assistant", "verpleegkundig specialist"):
        assert replay(numbered(RATIFY | {"function": may})).ratified


@pytest.mark.parametrize("change", CHANGES)
def test_a_later_change_ends_what_was_confirmed_and_ratified(change):
    agreed = [{"kind": "confirm"}, RATIFY]
    assert replay(numbered(*agreed)).confirmed.keys() == replay(numbered(*agreed)).ratified.keys() == {"s1"}
    done = replay(numbered(*agreed, change))
    assert not done.confirmed
    assert not done.ratified


@pytest.mark.parametrize("change", CHANGES)
def test_to_take_a_change_back_is_a_change_too(change):
    events = [change, {"kind": "edit", "after": "zo"}, {"kind": "confirm"}, RATIFY]
    assert "s1" in replay(numbered(*events)).confirmed
    assert not replay(numbered(*events, {"kind": "undo", "target": "c1"})).confirmed
    assert not replay(numbered(*events, {"kind": "undo", "target": "c1"})).ratified


def test_to_take_a_confirmation_back_leaves_the_others():
    events = [{"kind": "confirm", "function": "arts"}, {"kind": "confirm", "function": "verpleegkundige"}]
    done = replay(numbered(*events, {"kind": "undo", "target": "c1"}))
    assert [one.function for one in done.confirmed["s1"]] == ["verpleegkundige"]


def test_who_confirms_again_replaces_the_own_confirmation():
    by = [{"kind": "confirm", "function": "arts", "author": name} for name in ("Smit", "Vos", "Smit")]
    assert [one.id for one in replay(numbered(*by)).confirmed["s1"]] == ["c3", "c2"]


def test_a_change_of_what_was_folded_in_ends_what_was_confirmed_of_the_whole():
    events = [{"kind": "merge", "after": "s2"}, RATIFY | {"target": "s2"}]
    assert replay(numbered(*events)).ratified
    assert not replay(numbered(*events, {"kind": "edit", "after": "anders"})).ratified


def test_a_statement_that_is_confirmed_after_it_was_struck_out_is_back():
    assert not replay(numbered({"kind": "reject"}, {"kind": "confirm"})).rejected


def test_a_statement_that_is_struck_out_is_not_ratified_until_it_is_back():
    done = replay(numbered({"kind": "reject"}, RATIFY, {"kind": "confirm"}))
    assert not done.ratified


def test_of_each_aspect_the_last_value_holds_and_one_that_does_not_exist_is_none():
    values = [("category", "goal"), ("category", "value"), ("polarity", "negated"), ("category", "wens")]
    done = replay(numbered(*({"kind": "classify", "aspect": a, "after": v} for a, v in values)))
    assert {aspect: one.after for aspect, one in done.classified["s1"].items()} == {
        "category": "value",
        "polarity": "negated",
    }


def test_of_striking_out_and_folding_the_last_holds():
    fold, strike = {"kind": "merge", "after": "s2"}, {"kind": "reject"}
    assert (not replay(numbered(fold, strike)).merged, not replay(numbered(strike, fold)).rejected) == (
        True,
        True,
    )


def test_a_ring_of_folded_statements_ends_at_the_one_that_was_named_last():
    ring = [("s1", "s2"), ("s2", "s3"), ("s3", "s1"), ("s4", "s4")]
    done = replay(numbered(*({"kind": "merge", "target": a, "after": b} for a, b in ring)))
    assert {name: one.after for name, one in done.merged.items()} == {"s2": "s3", "s3": "s1"}


def test_what_was_taken_back_does_not_hold_and_comes_back_when_that_is_taken_back():
    events = [{"kind": "edit", "after": "een"}, {"kind": "edit", "after": "twee"}]
    undo, redo = {"kind": "undo", "target": "c2"}, {"kind": "undo", "target": "c3"}
    assert replay(numbered(*events, undo)).edited["s1"].after == "een"
    assert replay(numbered(*events, undo, redo)).edited["s1"].after == "twee"


@pytest.mark.parametrize("target", ["a1", "c1", "c3"])
def test_an_act_is_taken_back_as_a_whole_by_its_name_or_that_of_a_part(target):
    split = [
        {"kind": "reject", "act": "a1"},
        {"kind": "edit", "target": "s2", "after": "x"},
        {"kind": "add", "target": "fysiek", "after": "een", "act": "a1"},
    ]
    done = replay(numbered(*split, {"kind": "undo", "target": target}))
    assert (done.rejected, done.added, list(done.edited)) == ({}, (), ["s2"])


@pytest.mark.parametrize("target", ["weg", "c2", "s1"])
def test_to_take_back_what_was_never_done_changes_nothing(target):
    done = replay(numbered({"kind": "edit", "after": "x"}, {"kind": "undo", "target": target}))
    assert done.edited.keys() == {"s1"}


def test_what_is_done_again_after_it_was_taken_back_holds():
    edit = correction("edit", after="x")
    done = replay([edit, correction("undo", "c1", number=2), edit])
    assert done.edited.keys() == {"s1"}


def test_a_remark_and_a_resolution_change_no_statement_and_an_undo_what_it_takes_back():
    events = numbered(
        {"kind": "remark", "after": "klopt dit?"},
        {"kind": "merge", "after": "s2"},
        {"kind": "undo", "target": "c2"},
        {"kind": "resolve", "target": "punt-1"},
    )
    assert touched(events) == [frozenset(), {"s1", "s2"}, {"s1", "s2"}, frozenset()]


def test_the_history_of_a_statement_tells_of_each_event_whether_it_still_holds():
    events = numbered(
        {"kind": "edit", "after": "een"},
        {"kind": "edit", "after": "twee"},
        {"kind": "confirm"},
        {"kind": "edit", "target": "s2", "after": "x"},
        {"kind": "move", "after": "sociaal"},
        {"kind": "undo", "target": "c5"},
        {"kind": "remark", "after": "zo?"},
    )
    assert [(event.correction.id, event.holds) for event in history(events, "s1")] == [
        ("c1", False),
        ("c2", True),
        ("c3", False),
        ("c5", False),
        ("c6", True),
        ("c7", True),
    ]
    assert [event.correction.id for event in history(events, "s2")] == ["c4"]


def test_an_id_tells_changes_and_plans_apart_and_nothing_else():
    assert correction_id("p", "edit", "s1", "een") == correction_id("p", "edit", "s1", "een")
    ids = {
        correction_id("p", "edit", "s1"),
        correction_id("q", "edit", "s1"),
        correction_id("p", "edits1"),
        correction_id("p", "e", "dits1"),
    }
    assert len(ids) == 4


def test_a_correction_reads_back_from_the_record():
    place = {"turn": 1, "start": 0, "end": 4}
    when = dt.datetime(2026, 4, 2, tzinfo=dt.UTC)
    one = correction("add", at=when, author="Anna", function="arts", place=place, act="a1")
    assert Correction.model_validate_json(one.model_dump_json()) == one
