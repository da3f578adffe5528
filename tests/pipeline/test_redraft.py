import datetime as dt

import pytest

from extractors.flags import treatment_limits
from extractors.schema import Conversation, Findings, Flag, Named, Participant, Statement, Turn
from pipeline.corrections import Correction, Span
from pipeline.differences import AT_CONFIRMED, AT_LIMIT, attention, differences, in_words
from pipeline.dossier import Extraction
from pipeline.lasting import lasting_names, point_names
from pipeline.plan import assemble
from pipeline.redraft import OTHER_SPEAKER, keep_corrected
from pipeline.template import installed_template

TEMPLATE = installed_template()

TEXT = "Ik wil naar huis. Geen beademing meer."


def statement(name: str, start: int, end: int) -> Statement:
    return Statement(
        id=name,
        quote=TEXT[start:end],
        turn=0,
        start=start,
        end=end,
        speaker="Moeder",
        perspective="parent",
        category="preference",
        domains=("fysiek",),
    )


HOME, LIMIT = statement("s1", 0, 16), statement("s2", 18, 37)


def extraction(
    *statements: Statement,
    to_review: tuple[Statement, ...] = (),
    flags: tuple[Flag, ...] = (),
    role: str = "parent",
) -> Extraction:
    talk = Conversation(
        id="g",
        source="g.txt",
        sha256="0" * 64,
        format="dialogue",
        text=TEXT,
        participants=(Participant(label="Moeder", role=role),),
        turns=(Turn(index=0, label="Moeder", text=TEXT, start=0, end=len(TEXT)),),
    )
    findings = Findings(conversation="g", statements=statements, to_review=to_review, flags=flags)
    return Extraction(conversation=talk, findings=findings)


def correction(target: str, kind: str = "edit", after: str = "Anders.") -> Correction:
    return Correction(id="c1", kind=kind, target=target, after=after, plan="0" * 8)


def test_without_corrections_a_new_draft_stays_as_it_is():
    made = extraction(HOME)
    assert keep_corrected(made, extraction(HOME, LIMIT), ()) == made


def test_a_statement_that_was_corrected_stays_in_its_place():
    made = keep_corrected(extraction(LIMIT), extraction(HOME, LIMIT), (correction("s1"),))
    assert made == extraction(HOME, LIMIT)


def test_a_statement_to_review_that_was_corrected_stays_one():
    before = extraction(LIMIT, to_review=(HOME,))
    assert keep_corrected(extraction(LIMIT), before, (correction("s1"),)) == before


def test_a_corrected_statement_that_is_less_sure_now_stays_in_the_plan():
    made = extraction(LIMIT, to_review=(HOME,))
    assert keep_corrected(made, extraction(HOME, LIMIT), (correction("s1"),)) == extraction(HOME, LIMIT)


def test_what_another_was_folded_into_stays():
    made = keep_corrected(extraction(LIMIT), extraction(HOME, LIMIT), (correction("s2", "merge", "s1"),))
    assert made.findings.statements == (HOME, LIMIT)


def test_the_statement_of_a_field_that_was_filled_in_stays():
    made = keep_corrected(extraction(LIMIT), extraction(HOME, LIMIT), (correction("wie-s1", "fill"),))
    assert made.findings.statements == (HOME, LIMIT)


def test_what_was_flagged_of_a_statement_that_stays_is_flagged_still():
    flags = (
        Flag(type="conflict", statements=("s1", "s2", "s3"), note="Kijk dit na."),
        Flag(type="tentative", statements=("s3",), note="Kijk dit na."),
    )
    before = extraction(HOME, LIMIT, statement("s3", 0, 2), flags=flags)
    made = keep_corrected(extraction(LIMIT), before, (correction("s1"),))
    assert made.findings.flags == (Flag(type="conflict", statements=("s1", "s2"), note="Kijk dit na."),)


def test_whose_view_it_is_stays_open_when_the_speaker_is_another():
    made = keep_corrected(extraction(role="other"), extraction(HOME), (correction("s1"),))
    (kept,) = made.findings.statements
    assert (kept.perspective, kept.perspective_reason) == ("unknown", OTHER_SPEAKER)
    assert kept.quote == HOME.quote


# What another version of the extraction finds.


def flag(kind: str, *names: str, turns: tuple[int, ...] = ()) -> Flag:
    return Flag(type=kind, statements=names, turns=turns, note="Kijk dit na.")


def read(statement: Statement, **readings: object) -> Statement:
    return statement.model_copy(update=readings)


def test_what_a_reader_confirmed_is_read_as_it_was():
    made = extraction(read(HOME, polarity="negated", certainty="tentative", category="concern"), LIMIT)
    kept = keep_corrected(made, extraction(HOME, LIMIT), (correction("s1", "confirm"),))
    assert kept.findings.statements == (HOME, LIMIT)


def test_what_no_reader_touched_is_read_anew():
    made = extraction(read(HOME, category="concern"), LIMIT)
    assert keep_corrected(made, extraction(HOME, LIMIT), (correction("s2", "confirm"),)) == made


def test_a_statement_that_was_struck_out_does_not_come_back_in_another_cut():
    wider, narrower = statement("s3", 17, 38), statement("s4", 18, 31)
    for found in (wider, narrower):
        kept = keep_corrected(extraction(HOME, found), extraction(HOME, LIMIT), (correction("s2", "reject"),))
        assert kept == extraction(HOME, LIMIT)


def test_what_stays_is_not_there_again_with_the_words_beside_it():
    both = statement("s3", 0, 37)  # seven words, four of which stay
    kept = keep_corrected(extraction(both), extraction(HOME, LIMIT), (correction("s1", "confirm"),))
    assert kept.findings.statements == (HOME,)


def test_what_says_more_than_what_stays_is_to_be_reviewed():
    naar_huis, all_of_it = statement("s3", 7, 16), statement("s4", 0, 37)
    kept = keep_corrected(extraction(all_of_it), extraction(naar_huis), (correction("s3", "confirm"),))
    assert (kept.findings.statements, kept.findings.to_review) == ((naar_huis,), (all_of_it,))


def test_a_treatment_with_limits_that_is_named_besides_is_to_be_reviewed():
    all_of_it = read(statement("s3", 0, 37), topics=("ventilation",))
    kept = keep_corrected(extraction(all_of_it), extraction(HOME), (correction("s1", "confirm"),))
    assert (kept.findings.statements, kept.findings.to_review) == ((HOME,), (all_of_it,))


def test_what_readers_quoted_is_not_found_beside_it():
    quoted = correction("wensen", "add", after=HOME.quote).model_copy(
        update={"place": Span(turn=0, start=0, end=16)}
    )
    kept = keep_corrected(extraction(HOME, LIMIT), extraction(LIMIT), (quoted,))
    assert kept.findings.statements == (LIMIT,)
    back = correction("c1", "undo").model_copy(update={"id": "c2"})
    kept = keep_corrected(extraction(HOME, LIMIT), extraction(LIMIT), (quoted, back))
    assert kept.findings.statements == (HOME, LIMIT)


def test_what_a_reader_saw_beside_a_corrected_statement_stays_there():
    both = statement("s3", 0, 37)
    before = extraction(HOME, both)
    assert keep_corrected(before, before, (correction("s1", "confirm"),)) == before


def test_what_was_taken_over_stays_to_review_where_it_stood():
    before = extraction(LIMIT, to_review=(HOME,))
    kept = keep_corrected(extraction(HOME, LIMIT), before, (correction("s1", "confirm"),))
    assert kept == before


def test_what_is_flagged_of_a_statement_in_another_cut_is_flagged_of_what_stays():
    found = extraction(statement("s3", 0, 17), flags=(flag("treatment_limit", "s3"),))
    kept = keep_corrected(found, extraction(HOME), (correction("s1", "confirm"),))
    assert kept.findings.flags == (flag("treatment_limit", "s1"),)


def resolve(before: Extraction, number: int) -> Correction:
    """A point of a draft, in the order of its flags, is resolved."""
    return correction(point_names(before.findings.flags)[number], "resolve", "")


def test_a_point_that_readers_decided_stays_with_its_statements():
    before = extraction(HOME, LIMIT, flags=(flag("conflict", "s1", "s2"), flag("tentative", "s1")))
    kept = keep_corrected(extraction(), before, (resolve(before, 0),))
    assert kept.findings.statements == (HOME, LIMIT)
    assert kept.findings.flags == before.findings.flags


def test_a_point_on_a_turn_that_readers_decided_stays():
    before = extraction(HOME, flags=(flag("open_question", turns=(0,)),))
    kept = keep_corrected(extraction(HOME), before, (resolve(before, 0),))
    assert kept.findings.flags == before.findings.flags


def test_a_point_that_was_decided_does_not_come_back_for_less():
    before = extraction(HOME, LIMIT, flags=(flag("treatment_limit", "s1", "s2"),))
    made = extraction(HOME, LIMIT, flags=(flag("treatment_limit", "s2"),))
    kept = keep_corrected(made, before, (resolve(before, 0),))
    assert kept.findings.flags == before.findings.flags


def test_a_point_that_is_about_more_than_was_decided_is_open():
    before = extraction(LIMIT, flags=(flag("treatment_limit", "s2"),))
    made = extraction(HOME, LIMIT, flags=(flag("treatment_limit", "s1", "s2"),))
    kept = keep_corrected(made, before, (resolve(before, 0),))
    assert set(kept.findings.flags) == {*before.findings.flags, *made.findings.flags}


def test_a_point_of_what_stays_gives_way_to_the_same_point_about_more():
    before = extraction(HOME, flags=(flag("proxy_only", "s1"),))
    made = extraction(HOME, LIMIT, flags=(flag("proxy_only", "s1", "s2"),))
    kept = keep_corrected(made, before, (correction("s1", "confirm"),))
    assert kept.findings.flags == made.findings.flags


def test_those_who_differ_do_so_while_both_are_there():
    before = extraction(
        HOME, LIMIT, flags=(flag("conflict", "s1", "s2"), flag("unclear_speaker", "s1", "s2"))
    )
    kept = keep_corrected(extraction(HOME, LIMIT), before, (correction("s1", "confirm"),))
    assert kept.findings.flags == (flag("conflict", "s1", "s2"), flag("unclear_speaker", "s1"))


def test_a_role_that_is_only_inferred_otherwise_leaves_whose_view_it_is():
    inferred = Participant(label="Moeder", role="care_team", because=("voice",))
    before, made = extraction(HOME), extraction(read(HOME, perspective="care_team"))
    for each in (before, made):
        assert each.conversation.participants
    talk = made.conversation.model_copy(update={"participants": (inferred,)})
    earlier = before.conversation.model_copy(
        update={"participants": (inferred.model_copy(update={"role": "parent"}),)}
    )
    kept = keep_corrected(
        made.model_copy(update={"conversation": talk}),
        before.model_copy(update={"conversation": earlier}),
        (correction("s1", "confirm"),),
    )
    assert kept.findings.statements == (HOME,)


def test_whose_view_it_is_follows_who_is_told_to_speak():
    made = extraction(read(HOME, perspective="care_team"), role="care_team")
    (kept,) = keep_corrected(made, extraction(HOME), (correction("s1", "confirm"),)).findings.statements
    assert kept.perspective == "care_team"


def test_the_day_of_an_action_point_follows_the_day_that_is_told():
    before, made = extraction(read(HOME, due="morgen")), extraction(read(HOME, due="2026-03-13"))
    talk = made.conversation.model_copy(update={"date": dt.date(2026, 3, 12)})
    kept = keep_corrected(
        made.model_copy(update={"conversation": talk}), before, (correction("s1", "confirm"),)
    )
    assert [each.due for each in kept.findings.statements] == ["2026-03-13"]


# What a ratified treatment limit is about.

LINES = (
    ("Arts", "Wilt u nog reanimatie?"),
    ("Arts", "En de thuisbeademing, die ook?"),
    ("Moeder", "Nee, dat willen wij niet meer"),
    ("Vader", "Ook geen reanimatie, vind ik"),
)
RESUSCITATION, BREATHING = Named(topic="resuscitation", turns=(0, 3)), Named(topic="ventilation", turns=(1,))


def talk_of_limits(
    *, named: tuple[Named, ...], said: dict[int, tuple[str, ...]], words: str = LINES[2][1]
) -> Extraction:
    """A draft of these lines; `said` holds the turns of the statements, with the topics in their words."""
    lines = [(who, words if number == 2 else line) for number, (who, line) in enumerate(LINES)]
    turns, statements, start = [], [], 0
    for number, (who, line) in enumerate(lines):
        end = start + len(line)
        turns.append(Turn(index=number, label=who, text=line, start=start, end=end))
        if number in said:
            place = {"id": f"s{number}", "quote": line, "turn": number, "start": start, "end": end}
            statements.append(HOME.model_copy(update={**place, "topics": said[number], "speaker": who}))
        start = end + 1
    talk = Conversation(
        id="g",
        source="g.txt",
        sha256="0" * 64,
        format="dialogue",
        text="\n".join(line for _, line in lines),
        turns=tuple(turns),
    )
    findings = Findings(
        conversation="g",
        statements=tuple(statements),
        flags=tuple(treatment_limits(statements, named)),
        limits_named=named,
    )
    return Extraction(conversation=talk, findings=findings)


def limits(draft: Extraction, *corrections: Correction) -> dict[str, str | None]:
    """The points of treatment limits, by title, with the function of who decided."""
    there = {kept: name for name, kept in lasting_names(draft, TEMPLATE).items()}
    told = [one.model_copy(update={"target": there.get(one.target, one.target)}) for one in corrections]
    plan = assemble(draft.conversation, draft.findings, TEMPLATE, told)
    return {item.title: item.resolved and item.resolved.function for item in plan.points}


def points_of(draft: Extraction, *corrections: Correction) -> list[tuple[str, list[str], bool]]:
    """The points by title and statements, and whether they are decided."""
    there = {kept: name for name, kept in lasting_names(draft, TEMPLATE).items()}
    told = [one.model_copy(update={"target": there.get(one.target, one.target)}) for one in corrections]
    plan = assemble(draft.conversation, draft.findings, TEMPLATE, told)
    return [(item.title, [e.id for e in item.entries], item.resolved is not None) for item in plan.points]


def by_physician(kind: str, target: str) -> Correction:
    return correction(target, kind, "").model_copy(update={"author": "K. Smit", "function": "arts"})


def test_a_ratified_limit_is_of_no_other_treatment_when_the_talk_is_read_otherwise():
    before = talk_of_limits(named=(RESUSCITATION,), said={2: ()})
    made = talk_of_limits(named=(RESUSCITATION, BREATHING), said={2: ()})
    ratified = by_physician("ratify", "s2")
    assert limits(before, ratified) == {"Behandelgrens: reanimatie": "arts"}
    assert limits(made, ratified) == {"Behandelgrens: beademing": "arts"}
    after = keep_corrected(made, before, (ratified,))
    assert limits(after, ratified) == {"Behandelgrens: reanimatie": "arts"}
    assert after.findings.limits_named == made.findings.limits_named
    found = differences(before, made, after)
    assert attention(found, (ratified,)) == (AT_LIMIT, AT_CONFIRMED)
    assert [in_words(each.readings, TEMPLATE.labels) for each in found.held] == [
        ("behandelgrens: beademing (was: reanimatie)",)
    ]
    assert keep_corrected(made, after, (ratified,)) == after


def test_a_ratified_limit_stays_where_it_stands_in_the_plan():
    before = talk_of_limits(named=(RESUSCITATION,), said={2: ()})
    made = talk_of_limits(named=(RESUSCITATION, BREATHING), said={2: ()})
    ratified = by_physician("ratify", "s2")
    homes = [
        assemble(draft.conversation, draft.findings, TEMPLATE, (ratified,)).entries[0].home
        for draft in (before, keep_corrected(made, before, (ratified,)))
    ]
    assert homes[0] == homes[1]


def test_a_ratified_limit_without_a_name_gets_none():
    words = "Geen slangen meer"
    before = talk_of_limits(named=(), said={2: ()}, words=words)
    made = talk_of_limits(named=(BREATHING,), said={2: ()}, words=words)
    ratified = by_physician("ratify", "s2")
    assert limits(made, ratified) == {"Behandelgrens: beademing": "arts"}
    assert limits(keep_corrected(made, before, (ratified,)), ratified) == {"Behandelgrens": "arts"}


def test_a_ratified_limit_keeps_its_name_where_the_treatment_is_not_named_any_more():
    before = talk_of_limits(named=(RESUSCITATION,), said={2: ()})
    ratified = by_physician("ratify", "s2")
    after = keep_corrected(talk_of_limits(named=(), said={2: ()}), before, (ratified,))
    assert limits(after, ratified) == {"Behandelgrens: reanimatie": "arts"}


def test_what_is_new_beside_a_ratified_limit_is_about_its_own_treatment_and_open():
    before = talk_of_limits(named=(RESUSCITATION,), said={2: ()})
    made = talk_of_limits(named=(RESUSCITATION, BREATHING), said={2: (), 3: ("ventilation",)})
    ratified = by_physician("ratify", "s2")
    assert limits(made, ratified) == {"Behandelgrens: beademing": None}
    after = keep_corrected(made, before, (ratified,))
    assert limits(after, ratified) == {
        "Behandelgrens: reanimatie": "arts",
        "Behandelgrens: beademing": None,
    }


def test_a_decision_on_one_treatment_is_none_on_another_that_its_statement_names():
    both = ("resuscitation", "ventilation")
    before = talk_of_limits(named=(RESUSCITATION, BREATHING), said={2: both, 3: ("ventilation",)})
    points = dict(zip(limits(before), point_names(before.findings.flags), strict=True))
    decided = by_physician("resolve", points["Behandelgrens: reanimatie"])
    told = {"Behandelgrens: reanimatie": "arts", "Behandelgrens: beademing": None}
    assert limits(before, decided) == told
    made = talk_of_limits(named=(RESUSCITATION, BREATHING), said={2: both})
    assert limits(made, decided) == {"Behandelgrens: reanimatie, beademing": "arts"}
    assert limits(keep_corrected(made, before, (decided,)), decided) == told


def deciding(before: Extraction, title: str) -> Correction:
    """What a physician decides on the point with this title."""
    names = dict(zip(limits(before), point_names(dict.fromkeys(before.findings.flags)), strict=True))
    return by_physician("resolve", names[title])


@pytest.mark.parametrize("topics", [("resuscitation",), ("resuscitation", "ventilation")])
def test_a_decided_limit_keeps_its_name_when_more_is_found_about_its_treatment(topics: tuple[str, ...]):
    before = talk_of_limits(named=(), said={2: topics})
    [title] = limits(before)
    one = deciding(before, title)
    after = keep_corrected(talk_of_limits(named=(), said={2: topics, 3: topics}), before, (one,))
    assert points_of(after, one) == [(title, ["s2", "s3"], False), (title, ["s2"], True)]


def test_a_decided_limit_takes_no_name_of_a_treatment_that_is_open():
    both = ("resuscitation", "ventilation")
    before = talk_of_limits(named=(), said={1: ("ventilation",), 2: both})
    one = deciding(before, "Behandelgrens: reanimatie")
    made = talk_of_limits(named=(), said={1: ("ventilation",), 2: both, 3: ("resuscitation",)})
    assert points_of(keep_corrected(made, before, (one,)), one) == [
        ("Behandelgrens: beademing", ["s1", "s2"], False),
        ("Behandelgrens: reanimatie", ["s2", "s3"], False),
        ("Behandelgrens", ["s2"], True),
    ]


def test_a_limit_that_nobody_decided_follows_the_talk_and_asks_for_attention():
    before = talk_of_limits(named=(RESUSCITATION,), said={2: ()})
    made = talk_of_limits(named=(RESUSCITATION, BREATHING), said={2: ()})
    assert keep_corrected(made, before, ()) == made
    found = differences(before, made, made)
    assert found.changes_the_plan
    assert attention(found, ()) == (AT_LIMIT,)
