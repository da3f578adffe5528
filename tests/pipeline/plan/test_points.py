import pytest

from extractors.schema import FLAG_TYPES
from pipeline.plan import blocking, treatment_limits

LIMIT = {"topics": ("resuscitation",)}


def flags(*types, names=("s1",)):
    return [{"type": kind, "statements": names} for kind in types]


def test_a_limit_a_conflict_and_an_unknown_speaker_must_be_decided_before_approval(review):
    plan = review({}, flags=flags(*FLAG_TYPES)).plan()
    assert [item.type for item in blocking(plan)] == ["treatment_limit", "conflict", "unclear_speaker"]


def test_a_limit_is_decided_when_all_its_statements_are_ratified_or_struck_out(review):
    made = review(LIMIT, LIMIT, flags=flags("treatment_limit", names=("s1", "s2")))
    made.does("ratify", "s1")
    assert blocking(made.plan())
    made.does("reject", "s2")
    assert not blocking(made.plan())
    assert made.plan().points[0].resolved.by == "K. Smit"


def test_a_limit_is_open_again_when_what_was_ratified_is_changed(review):
    made = review(LIMIT, flags=flags("treatment_limit"))
    made.does("ratify", "s1")
    made.does("edit", "s1", "toch wel")
    assert blocking(made.plan())


def test_a_limit_that_was_split_is_decided_when_each_part_among_the_limits_is(review):
    made = review(LIMIT, flags=flags("treatment_limit"))
    words = ("nee", "later weer", "naar zee")
    parts = [made.does("add", "reanimatie", part, act="split") for part in words]
    made.does("reject", "s1", act="split")
    made.does("ratify", parts[0].id)
    made.does("move", parts[2].id, "sociaal")
    assert blocking(made.plan())
    pieces = [made.does("add", "reanimatie", part, act="again") for part in ("later", "weer")]
    made.does("reject", parts[1].id, act="again")
    made.does("ratify", pieces[0].id)
    assert blocking(made.plan())
    made.does("ratify", pieces[1].id)
    assert not blocking(made.plan())


@pytest.mark.parametrize(("topic", "open_points"), [("resuscitation", 0), ("ventilation", 1)])
def test_a_ratification_holds_for_what_was_folded_in_as_far_as_it_is_about_the_same(
    review, topic, open_points
):
    made = review(LIMIT, {"topics": (topic,)}, flags=flags("treatment_limit", names=("s2",)))
    made.does("merge", "s2", "s1")
    made.does("ratify", "s1")
    assert len(blocking(made.plan())) == open_points


def test_an_unknown_speaker_is_settled_by_telling_whose_it_is(review):
    made = review({}, flags=flags("unclear_speaker"))
    made.does("classify", "s1", "unknown", aspect="perspective")
    assert made.plan().points[0].resolved is None
    made.does("classify", "s1", "parent", aspect="perspective")
    assert made.plan().points[0].resolved.function == "arts"


def test_a_point_for_a_next_conversation_becomes_a_question_and_is_still_listed(review):
    made = review({}, flags=flags("conflict"))
    made.does("resolve", "punt-1", "hoe denken jullie er nu over?", outcome="next_conversation")
    plan = made.plan()
    assert (plan.questions[-1].words, plan.questions[-1].point) == ("hoe denken jullie er nu over?", 1)
    assert plan.questions[-1].in_person
    assert (blocking(plan), plan.points[0].resolved.outcome) == ((), "next_conversation")


def test_without_words_of_a_reader_the_question_is_the_points_own(review):
    made = review({}, flags=flags("conflict"))
    made.does("resolve", "punt-1", outcome="next_conversation")
    assert made.plan().questions[-1].words == "Let op."


def test_a_point_that_needs_no_answer_is_closed_with_the_reason(review):
    made = review({}, flags=flags("conflict"))
    made.does("resolve", "punt-1", "dubbel gehoord", outcome="dismissed")
    resolved = made.plan().points[0].resolved
    assert (resolved.outcome, resolved.words) == ("dismissed", "dubbel gehoord")
    assert not any(question.point for question in made.plan().questions)


def test_only_what_stands_in_the_plan_about_a_treatment_can_be_ratified(review):
    made = review(LIMIT, {}, LIMIT, LIMIT, to_review=1)
    made.does("reject", "s3")
    made.does("add", "reanimatie", "niet reanimeren")
    assert [entry.id for entry in treatment_limits(made.plan())] == ["s1", "c2"]
