import pytest

from pipeline.corrections import Correction
from pipeline.plan import problem, problems

LIMIT = {"topics": ("resuscitation",)}


@pytest.fixture
def made(review):
    """A plan with a limit, a further statement, one that was struck out, one folded, one to review."""
    flags = [{"type": "treatment_limit", "statements": ("s1",)}]
    made = review(LIMIT, {}, {}, {}, {}, to_review=1, flags=flags)
    made.does("reject", "s3")
    made.does("merge", "s4", "s2")
    return made


def told(made, kind, target, after="", **more):
    fields = {"id": "new", "author": "K. Smit", "function": "arts", "plan": "0" * 8}
    fields["at"] = made.corrections[0].at
    one = Correction(**{**fields, "kind": kind, "target": target, "after": after, **more})
    return problem(one, made.plan(), made.conversation, made.corrections)


@pytest.mark.parametrize(
    ("kind", "target", "after", "more"),
    [
        ("edit", "s1", "anders", {}),
        ("reject", "s1", "", {}),
        ("move", "s1", "sociaal", {}),
        ("confirm", "s5", "", {}),
        ("classify", "s1", "fysiek,sociaal", {"aspect": "domains"}),
        ("merge", "s1", "s2", {}),
        ("ratify", "s1", "", {}),
        ("share", "s1", "team", {}),
        ("share", "s1", "family", {}),
        ("add", "fysiek", "slaapt op haar zij", {}),
        ("add", "fysiek", "uitspraak 1", {"place": {"turn": 0, "start": 0, "end": 11}}),
        ("fill", "huisarts", "", {}),
        ("remark", "punt-1", "klopt dit?", {}),
        ("resolve", "punt-1", "", {}),
        ("resolve", "punt-1", "dubbel", {"outcome": "dismissed"}),
        ("resolve", "punt-1", "", {"outcome": "next_conversation", "function": "verpleegkundige"}),
        ("undo", "c1", "", {}),
    ],
)
def test_what_makes_sense_has_no_problem(made, kind, target, after, more):
    assert told(made, kind, target, after, **more) is None


@pytest.mark.parametrize(
    "kind", ["edit", "reject", "move", "confirm", "classify", "merge", "ratify", "share"]
)
def test_a_statement_must_be_there(made, kind):
    assert told(made, kind, "s9", "s1") == problems.UNKNOWN


@pytest.mark.parametrize(
    ("kind", "target", "after", "more", "sentence"),
    [
        ("edit", "s1", " ", {}, problems.NO_WORDS),
        ("share", "s1", "iedereen", {}, problems.NO_VALUE),
        ("add", "fysiek", "", {}, problems.NO_WORDS),
        ("remark", "s1", "\n", {}, problems.NO_WORDS),
        ("move", "s1", "weg", {}, problems.NO_PLACE),
        ("move", "s1", "geschrapt", {}, problems.NO_PLACE),
        ("add", "te-beoordelen", "x", {}, problems.NO_PLACE),
        ("remark", "weg", "x", {}, problems.NO_PLACE),
        ("fill", "weg", "x", {}, problems.NO_FIELD),
        ("resolve", "punt-9", "", {}, problems.NO_POINT),
        ("resolve", "punt-1", "", {"outcome": "dismissed"}, problems.NO_REASON),
        ("resolve", "punt-1", "", {"function": "verpleegkundige"}, problems.MAY_NOT_CLOSE),
        ("add", "fysiek", "uitspraak 2", {"place": {"turn": 0, "start": 0, "end": 11}}, problems.NOT_THERE),
        ("add", "fysiek", "1.\nuit", {"place": {"turn": 0, "start": 10, "end": 16}}, problems.NOT_THERE),
        ("add", "fysiek", "x", {"place": {"turn": 99, "start": 0, "end": 1}}, problems.NOT_THERE),
        ("classify", "s1", "wens", {"aspect": "category"}, problems.NO_VALUE),
        ("classify", "s1", "fysiek,fysiek", {"aspect": "domains"}, problems.NO_VALUE),
        ("classify", "s1", "", {"aspect": "domains"}, problems.NO_VALUE),
        ("classify", "s1", "goal", {}, problems.NO_VALUE),
        ("merge", "s1", "s1", {}, problems.ITSELF),
        ("merge", "s1", "s9", {}, problems.UNKNOWN),
        ("merge", "s1", "s3", {}, problems.STRUCK_OUT),
        ("merge", "s1", "s5", {}, problems.TO_REVIEW),
        ("merge", "s2", "s4", {}, problems.WITHIN),
        ("ratify", "s2", "", {}, problems.NO_LIMIT),
        ("ratify", "s1", "", {"function": "verpleegkundige"}, problems.MAY_NOT),
        ("ratify", "s1", "", {"author": None}, problems.NOT_SIGNED),
        ("ratify", "s1", "", {"at": None}, problems.NOT_SIGNED),
        ("undo", "c9", "", {}, problems.NOTHING_TO_UNDO),
    ],
)
def test_what_makes_no_sense_is_told_in_one_sentence(made, kind, target, after, more, sentence):
    assert told(made, kind, target, after, **more) == sentence
