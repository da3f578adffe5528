"""Whatever readers do, in whatever order: no statement disappears, and all of it can be taken back."""

from hypothesis import given, settings
from hypothesis import strategies as st

PLACES = st.sampled_from(["fysiek", "reanimatie", "acties", "wie-is", "nood", "te-beoordelen", "weg"])
NAMES = st.sampled_from(["s1", "s2", "s3", "s4", "c1", "c2", "c3", "c9"])
SAID = (
    {"topics": ("resuscitation",)},
    {"category": "goal", "perspective": "parent"},
    {"category": "action_point"},
    {"category": "context"},
)
VALUES = st.sampled_from(
    [("category", "action_point"), ("category", "weg"), ("perspective", "unknown"), ("domains", "sociaal")]
)


NOTHING = st.just("")


def event(kind, target, after=NOTHING, **more):
    return st.fixed_dictionaries({"kind": st.just(kind), "target": target, "after": after, **more})


acts = st.sampled_from([None, None, "a1"])
words = st.just({"after": "uitspraak 1", "place": {"turn": 0, "start": 0, "end": 11}})
events = st.one_of(
    event("edit", NAMES, st.just("x")),
    event("reject", NAMES, act=acts),
    event("move", NAMES, PLACES),
    event("confirm", NAMES, function=st.sampled_from(["arts", "verpleegkundige"])),
    event("ratify", NAMES, function=st.sampled_from(["arts", "verpleegkundige"])),
    event("merge", NAMES, NAMES),
    event("merge", NAMES, NAMES),
    event("share", NAMES, st.sampled_from(["family", "team"])),
    event("add", PLACES, st.just("x"), act=acts),
    st.tuples(event("add", PLACES, act=acts), words).map(lambda pair: pair[0] | pair[1]),
    st.tuples(event("classify", NAMES), VALUES).map(
        lambda pair: pair[0] | {"aspect": pair[1][0], "after": pair[1][1]}
    ),
    event("resolve", st.just("punt-1"), outcome=st.sampled_from([None, "dismissed", "next_conversation"])),
    event("undo", st.one_of(NAMES, st.just("a1"))),
)


def after(review, made_of):
    made = review(*SAID, to_review=1, flags=[{"type": "treatment_limit", "statements": ("s1", "s2")}])
    for fields in made_of:
        made.does(**fields)
    return made


def in_full(plan):
    """The id of every statement, once for each place where it stands in full as its home."""
    for chapter in plan.chapters:
        yield from (entry for entry in chapter.placed if entry.home == chapter.id)
        for part in chapter.sections:
            yield from (entry for group in part.groups for entry in group.entries if entry.home == part.id)
            yield from part.placed
    yield from (row.entry for row in (*plan.to_review.first, *plan.to_review.further))
    yield from plan.rejected


@settings(deadline=None)  # the first plan loads what the others share
@given(st.lists(events, max_size=14))
def test_every_statement_stands_in_full_once_or_below_the_one_it_was_folded_into(review, made_of):
    plan = after(review, made_of).plan()
    names = [name for entry in in_full(plan) for name in (entry.id, *(one.id for one in entry.folded))]
    assert sorted(names) == sorted(entry.id for entry in plan.entries)
    assert {"s1", "s2", "s3", "s4"} <= set(names)
    assert [entry.number for entry in plan.entries] == list(range(1, len(plan.entries) + 1))


@settings(deadline=None)  # the first plan loads what the others share
@given(st.lists(events, max_size=14))
def test_what_was_added_is_there_unless_it_was_taken_back(review, made_of):
    made = after(review, [fields for fields in made_of if fields["kind"] != "undo"])
    there = {entry.id for entry in made.plan().entries}
    assert {one.id for one in made.corrections if one.kind == "add"} <= there


@settings(deadline=None)  # the first plan loads what the others share
@given(st.lists(events, max_size=14))
def test_who_takes_everything_back_has_the_plan_of_before(review, made_of):
    made = after(review, made_of)
    for one in list(made.corrections):
        made.does("undo", one.id)
    plan, before = made.plan(), after(review, []).plan()
    of_the_version = {"fingerprint", "edition", "chapters"}
    assert plan.model_dump(exclude=of_the_version) == before.model_dump(exclude=of_the_version)
    assert [chapter.sections for chapter in plan.chapters] == [
        chapter.sections for chapter in before.chapters
    ]


@settings(deadline=None)  # the first plan loads what the others share
@given(st.lists(events, max_size=14))
def test_a_limit_is_ratified_only_by_whoever_may_after_its_last_change(review, made_of):
    made = after(review, made_of)
    for entry in made.plan().entries:
        if entry.ratified:
            about = [one for one in made.corrections if entry.id in (one.target, one.id)]
            ratified = [at for at, one in enumerate(about) if one.kind == "ratify" and one.function == "arts"]
            assert not any(
                one.kind in ("edit", "reject", "move", "merge") for one in about[ratified[-1] + 1 :]
            )


@settings(deadline=None)  # the first plan loads what the others share
@given(st.lists(events, max_size=14))
def test_the_same_events_give_the_same_plan(review, made_of):
    made = after(review, made_of)
    assert made.plan().model_dump_json() == made.plan().model_dump_json()
