"""Whatever readers did and whatever another version of the extraction finds: what readers did stands."""

import random
import re
from functools import cache
from pathlib import Path

import pytest

import pipeline
from extractors.flags import treatment_limits
from extractors.limits import limits_by_statement
from extractors.schema import Flag, Named, Statement, statement_id
from pipeline.corrections import Correction, Span, replay
from pipeline.dossier import Dossier, Extraction
from pipeline.lasting import lasting_names
from pipeline.plan import Plan, assemble, problem
from pipeline.plan.points import point_id
from pipeline.redraft import keep_corrected
from pipeline.template import installed_template
from pipeline.unquoted import SMALL_WORDS

PREVIEW = Path(pipeline.__file__).parent / "preview.izp.json"
TEMPLATE = installed_template()
SEEDS = 20
LONG = 40
CORRECTIONS = 12


@cache
def first() -> Extraction:
    dossier = Dossier.model_validate_json(PREVIEW.read_bytes())
    return Extraction(conversation=dossier.conversation, findings=dossier.findings)


def everything(extraction: Extraction) -> tuple[Statement, ...]:
    return (*extraction.findings.statements, *extraction.findings.to_review)


def plan_of(extraction: Extraction, corrections: list[Correction]) -> Plan:
    """The plan of a draft with corrections that are kept under lasting names."""
    there = {kept: name for name, kept in lasting_names(extraction, TEMPLATE).items()}
    told = [one.model_copy(update={"target": there.get(one.target, one.target)}) for one in corrections]
    return assemble(extraction.conversation, extraction.findings, TEMPLATE, told)


def recut(said: Statement, text: str, chance: random.Random) -> Statement:
    """A statement in another cut: up to three words more or fewer on either side, within its turn."""
    turn = first().conversation.turns[said.turn]
    words = [(each.start() + turn.start, each.end() + turn.start) for each in re.finditer(r"\w+", turn.text)]
    here = [at for at, (start, end) in enumerate(words) if said.start <= start and end <= said.end]
    low = min(max(here[0] + chance.randint(-3, 3), 0), here[-1])
    high = max(min(here[-1] + chance.randint(-3, 3), len(words) - 1), low)
    start, end = words[low][0], words[high][1]
    place = {"id": statement_id(first().conversation.id, start, end), "start": start, "end": end}
    return said.model_copy(update={**place, "quote": text[start:end]})


def reread(said: Statement, chance: random.Random) -> Statement:
    return said.model_copy(
        update={
            "polarity": chance.choice(("affirmed", "negated")),
            "certainty": chance.choice(("firm", "tentative", "conditional")),
            "category": chance.choice(("preference", "concern", "goal", "context")),
            "topics": chance.choice((said.topics, (), ("resuscitation",))),
        }
    )


def other_version(before: Extraction, chance: random.Random) -> Extraction:
    """What another version of the extraction might find in the same conversation."""
    sure: list[Statement] = []
    doubtful: list[Statement] = []
    end = 0
    for said in sorted(everything(before), key=lambda each: each.start):
        what = chance.choice(("same", "same", "gone", "recut", "reread", "recut and reread"))
        said = recut(said, before.conversation.text, chance) if "recut" in what else said
        said = reread(said, chance) if "reread" in what else said
        if what != "gone" and said.start >= end:  # as the extraction does it: no two in the same words
            chance.choice((sure, sure, doubtful)).append(said)
            end = said.end
    flags = [
        Flag(type=kind, statements=tuple(each.id for each in chance.sample(sure, size)), note="Kijk dit na.")
        for kind, size in (("conflict", 2), ("proxy_only", 4), ("tentative", 1))
        for _ in range(3)
    ]
    turns = range(len(before.conversation.turns))
    named = tuple(
        Named(topic=topic, turns=tuple(sorted(chance.sample(turns, len(turns) // 4))))
        for topic in ("intensive_care", "resuscitation", "ventilation")
    )
    flags += treatment_limits(sure, named)
    findings = before.findings.model_copy(
        update={
            "statements": tuple(sure),
            "to_review": tuple(doubtful),
            "flags": tuple(dict.fromkeys(flags)),
            "limits_named": named,
            "limits_held": (),
        }
    )
    return before.model_copy(update={"findings": findings})


def corrections_on(before: Extraction, chance: random.Random) -> list[Correction]:
    """Corrections as readers make them, under lasting names; sometimes one of them is taken back."""
    plan, names = plan_of(before, []), lasting_names(before, TEMPLATE)
    statements = [entry.id for entry in plan.entries]
    parts = [part.id for chapter in plan.chapters for part in chapter.sections]
    fields = [name for name in plan.fields if name.startswith(("wie-", "wanneer-"))]
    turn = chance.choice([turn for turn in before.conversation.turns if len(turn.text) > LONG])
    place = Span(turn=turn.index, start=turn.start, end=turn.start + LONG)
    makers: list[dict[str, object]] = [
        {"kind": "edit", "after": "In eigen woorden."},
        {"kind": "remark", "after": "Vraag dit na."},
        {"kind": "classify", "aspect": "polarity", "after": chance.choice(("affirmed", "negated"))},
        {"kind": "move", "after": chance.choice(parts)},
        {"kind": "merge", "after": chance.choice(statements)},
        {"kind": "resolve", "target": f"punt-{chance.randint(1, len(plan.points))}"},
        {"kind": "fill", "target": chance.choice(fields), "after": "De thuiszorg"},
        {"kind": "add", "target": chance.choice(parts), "after": turn.text[:LONG], "place": place},
        {"kind": "reject"},
        {"kind": "confirm"},
        {"kind": "ratify"},
    ]
    made: list[Correction] = []
    signed = {"author": "K. Smit", "function": "arts", "at": "2026-11-22T12:00:00Z", "plan": "0" * 8}
    while len(made) < CORRECTIONS:
        told = {"target": chance.choice(statements), **chance.choice(makers)}
        one = Correction.model_validate({"id": f"c{len(made):012x}", **signed, **told})
        if problem(one, plan, before.conversation, made) is None:
            made.append(one.model_copy(update={"target": names.get(one.target, one.target)}))
    if chance.random() < 0.5:
        made.append(Correction(id="c" + "f" * 12, kind="undo", target=chance.choice(made).id, plan="0" * 8))
    return made


@pytest.fixture(params=range(SEEDS))
def chance(request: pytest.FixtureRequest) -> random.Random:
    return random.Random(request.param)  # noqa: S311


def test_what_readers_did_stands_whatever_is_found(chance: random.Random):
    before = first()
    corrections: list[Correction] = []
    for version in range(2):
        if version == 0:
            corrections = corrections_on(before, chance)
        made = other_version(before, chance)
        after = keep_corrected(made, before, corrections)
        check_statements(before, made, after, corrections)
        plans = plan_of(before, corrections), plan_of(after, corrections)
        check_plan(*plans, corrections)
        check_points(points_of(before, plans[0]), points_of(after, plans[1]), corrections)
        told = treatments_of(before, plans[0]), treatments_of(after, plans[1])
        assert all(told[1][name] <= told[0][name] for name in replay(corrections).resolved)
        assert keep_corrected(made, after, corrections) == after
        before = after


def check_statements(
    before: Extraction, made: Extraction, after: Extraction, corrections: list[Correction]
) -> None:
    was, now = ({each.id: each for each in everything(draft)} for draft in (before, after))
    named = {one.target.rpartition("-")[2] for one in corrections} | {one.after for one in corrections}
    kept = [each for each in was.values() if each.id in named]
    assert len(now) == len(everything(after))
    assert [now[each.id] for each in kept] == kept
    for new in after.findings.statements:
        text = after.conversation.text
        assert text[new.start : new.end] == new.quote
        for each in kept if new.id not in was else ():
            shared = text[max(new.start, each.start) : min(new.end, each.end)]
            assert not [word for word in re.findall(r"\w+", shared) if word.lower() not in SMALL_WORDS]
    fresh = [each for each in everything(after) if each.id not in was and not each.topics]
    assert not [new for new in fresh for each in kept if each.start <= new.start and new.end <= each.end]
    about = [limits_by_statement(draft.findings) for draft in (before, after)]
    for each in kept:
        assert about[0].get(each.id) == about[1].get(each.id)
        standings = [each in draft.findings.to_review for draft in (before, after)]
        assert standings[0] == standings[1]
    quoted = {one.place.turn for one in corrections if one.place}
    used = {each.turn for each in now.values()} | quoted
    assert all(each.turn in used for each in everything(made) if each.id not in now)


READINGS = ("words", "polarity", "certainty", "category", "perspective", "owner", "when", "change", "state")


def check_plan(before: Plan, after: Plan, corrections: list[Correction]) -> None:
    was, now = ({entry.id: entry for entry in plan.entries} for plan in (before, after))
    done = replay(corrections)
    filled = {name.rpartition("-")[2] for name in done.filled}
    touched = {
        *done.accepted,
        *done.edited,
        *done.rejected,
        *done.moved,
        *done.classified,
        *done.merged,
        *filled,
    }
    for name in touched:
        for reading in READINGS:
            assert getattr(now[name], reading) == getattr(was[name], reading)
        assert (now[name].confirmed, now[name].ratified) == (was[name].confirmed, was[name].ratified)
    assert {name: now[name].home for name in done.rejected} == {
        name: was[name].home for name in done.rejected
    }
    added = [one.id for one in done.added]
    assert [now[name].words for name in added] == [was[name].words for name in added]


def points_of(draft: Extraction, plan: Plan) -> dict[str, tuple[object, ...]]:
    """What each point of a plan is about, and what became of it, by its lasting name."""
    names = lasting_names(draft, TEMPLATE)
    return {
        names[point_id(item.number)]: (item.type, [entry.id for entry in item.entries], item.resolved)
        for item in plan.points
    }


def check_points(
    before: dict[str, tuple[object, ...]], after: dict[str, tuple[object, ...]], corrections: list[Correction]
) -> None:
    for name in replay(corrections).resolved:
        assert before[name] == after[name]
        assert after[name][-1] is not None


def treatments_of(draft: Extraction, plan: Plan) -> dict[str, set[str]]:
    """The treatments in the title of each point, by its lasting name."""
    names = lasting_names(draft, TEMPLATE)
    return {
        names[point_id(item.number)]: set(item.title.partition(": ")[2].split(", ")) - {""}
        for item in plan.points
    }
