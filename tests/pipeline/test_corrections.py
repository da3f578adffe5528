import datetime as dt

from pipeline.corrections import Correction, Kind, correction_id, replay


def correction(kind: Kind, target: str = "s1", after: str = "", number: int = 1) -> Correction:
    return Correction(id=f"c{number}", kind=kind, target=target, after=after, plan="0" * 8)


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
    one = correction("edit").model_copy(
        update={"at": dt.datetime(2026, 4, 2, tzinfo=dt.UTC), "author": "Anna"}
    )
    assert Correction.model_validate_json(one.model_dump_json()) == one
