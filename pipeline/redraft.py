"""What readers did, kept when a conversation is drafted again and something else is found in it.

A statement that any correction names stays as its reader saw it: its words, its place, and how it was read,
also where nobody corrected that. What the program found is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from extractors.concepts import limit_concepts
from extractors.flags import treatment_limits
from extractors.limits import limit_threads, limits_by_statement
from extractors.schema import Conversation, Findings, Flag, HeldLimits, Statement
from extractors.voices import GROUND
from pipeline.corrections import Correction, replay
from pipeline.dossier import Extraction
from pipeline.lasting import point_names
from pipeline.plan.entries import is_quote
from pipeline.unquoted import SMALL_WORDS

OTHER_SPEAKER: Final = "Wie dit zei is daarna anders aangegeven."

SAME: Final = 0.5
"""A statement with at least this share of its words in statements that stay says the same."""

_WORD: Final = re.compile(r"\w+")


class _Stays(NamedTuple):
    """A place that statements which stay have taken; `id` is None for one that a reader added."""

    start: int
    end: int
    id: str | None = None
    topics: tuple[str, ...] = ()


def keep_corrected(made: Extraction, before: Extraction, corrections: Iterable[Correction]) -> Extraction:
    """A new draft in which all that readers did before stands.

    - A statement that a correction names, or that is part of a point that one names, stays as it was. Only
      what somebody told since of the conversation itself holds for it too: who its speaker is, and the day.
    - A treatment with limits that such a statement was about by the run of the talk is what it stays about,
      wherever treatments are named now: a ratification is of no other. With a point of a treatment limit that
      readers decided stays what else they had before them on a further treatment that all of it is about.
    - A new statement with half of its words in statements that stay, or in what readers quoted, is left out:
      it would be there twice, or come back in another cut. One that has other words for the most part, or
      names a treatment with limits that they do not, is to be reviewed, whatever its chance.
    - A point that readers decided or remarked on stays as it was. Others of statements that stay do too,
      unless the new draft has the point. What is flagged of a statement that is left out is flagged of those
      that stay in its place.

    Args:
        made: The new draft.
        before: The one that the corrections were made on, of the same file.
        corrections: All corrections on record, with lasting names (`pipeline.lasting`).
    """
    record = tuple(corrections)
    decided = _decided(before, record)
    named = _named(record) | {name for flag in decided for name in flag.statements}
    named |= _beside(before.findings, decided)
    was_sure = {each.id for each in before.findings.statements}
    known = was_sure | {each.id for each in before.findings.to_review}
    found = {each.id: each for each in (*made.findings.statements, *made.findings.to_review)}
    kept = {
        each.id: _as_told(each, found.get(each.id), before.conversation, made.conversation)
        for each in (*before.findings.statements, *before.findings.to_review)
        if each.id in named
    }
    taken = [
        *(_Stays(each.start, each.end, each.id, each.topics) for each in kept.values()),
        *_quoted(record, made.conversation),
    ]
    if not taken and not decided:
        return made
    sure = {name: each for name, each in kept.items() if name in was_sure}
    doubtful = {name: each for name, each in kept.items() if name not in was_sure}
    instead: dict[str, tuple[str, ...]] = {}
    for each, standing in (
        *((each, sure) for each in made.findings.statements),
        *((each, doubtful) for each in made.findings.to_review),
    ):
        if each.id in kept:
            continue
        across = (stays for stays in taken if stays.start < each.end and each.start < stays.end)
        there = [stays for stays in across if _shared(each, (stays,))]
        if there and each.id not in known and _says_the_same(each, there):
            instead[each.id] = tuple(stays.id for stays in there if stays.id)
        else:
            (doubtful if there and each.id not in was_sure else standing)[each.id] = each
    findings = made.findings.model_copy(
        update={"statements": _in_order(sure.values()), "to_review": _in_order(doubtful.values())}
    )
    findings = findings.model_copy(update={"limits_held": _held_limits(findings, before.findings, kept)})
    flagged = (_moved(flag, instead) for flag in made.findings.flags)
    new = _flagged_as_held(findings, [flag for flag in flagged if flag])
    flags = _flags(new, made.conversation.flags, before, decided, kept, {*sure, *doubtful})
    return made.model_copy(update={"findings": findings.model_copy(update={"flags": flags})})


def _named(corrections: Iterable[Correction]) -> set[str]:
    """What corrections name; the fields of an action point end in the id of its statement."""
    return {name for one in corrections for name in (one.target.rpartition("-")[2], one.after)}


def _decided(before: Extraction, corrections: Iterable[Correction]) -> tuple[Flag, ...]:
    """The flags whose points readers decided or remarked on, and those that only their order tells apart."""
    flags = tuple(dict.fromkeys((*before.conversation.flags, *before.findings.flags)))
    targets = {one.target for one in corrections}
    about = {_about(flag) for flag, name in zip(flags, point_names(flags), strict=True) if name in targets}
    return tuple(flag for flag in flags if _about(flag) in about)


def _about(flag: Flag) -> tuple[object, ...]:
    return flag.type, flag.statements, flag.turns


def _beside(before: Findings, decided: Iterable[Flag]) -> set[str]:
    """The statements on a treatment with limits that all of a decided point, and more, is about.

    Without the others that treatment would be one that was decided.
    """
    threads = limit_threads(before.statements, before.limits_named, before.limits_held).values()
    limits = [set(flag.statements) for flag in decided if flag.type == "treatment_limit"]
    return {name for ids in threads for point in limits if point < set(ids) for name in ids}


def _quoted(corrections: Sequence[Correction], conversation: Conversation) -> Iterator[_Stays]:
    """The places that readers quoted in the plan themselves."""
    for one in replay(corrections).added:
        if one.place and is_quote(one, conversation):
            yield _Stays(one.place.start, one.place.end)


def _shared(statement: Statement, taken: Iterable[_Stays]) -> float:
    """The share of the words of a statement that stands in places that are taken, small words left out."""
    words = [(found.start(), found.end(), found[0]) for found in _WORD.finditer(statement.quote)]
    telling = [word for word in words if word[2].lower() not in SMALL_WORDS] or words
    inside = [
        (start, end)
        for start, end, _ in telling
        if any(
            stays.start <= statement.start + start and statement.start + end <= stays.end for stays in taken
        )
    ]
    return len(inside) / len(telling) if telling else 0.0


def _says_the_same(statement: Statement, there: Sequence[_Stays]) -> bool:
    limits = limit_concepts().intersection(statement.topics)
    return _shared(statement, there) >= SAME and limits <= {topic for one in there for topic in one.topics}


def _as_told(
    statement: Statement, found: Statement | None, before: Conversation, now: Conversation
) -> Statement:
    """A statement that stays, with what somebody told since of who speaks, who there are, and the day.

    Args:
        statement: The statement as it was.
        found: The same one in the new draft, if it was found again.
        before: The conversation as it was taken.
        now: The conversation as it is taken now.
    """
    new: dict[str, object] = {}
    if _told(before, statement.speaker) != _told(now, statement.speaker):
        new |= {
            "perspective": found.perspective if found else "unknown",
            "perspective_reason": found.perspective_reason if found else OTHER_SPEAKER,
            "reported": found.reported if found else statement.reported,
        }
    if found and _everyone(before) != _everyone(now):
        new["owner"] = found.owner
    if found and before.date != now.date:
        new["due"] = found.due
    return statement.model_copy(update=new)


def _told(conversation: Conversation, label: str | None) -> tuple[object, ...]:
    """Who a speaker is by what somebody told or the source says, not by what the program inferred."""
    person = conversation.participant(label)
    if person is None or GROUND in person.because:
        return (None, None, None)
    return (person.role, person.function, person.name)


def _everyone(conversation: Conversation) -> list[tuple[object, ...]]:
    return [_told(conversation, person.label) for person in conversation.participants]


def _held_limits(now: Findings, before: Findings, kept: Iterable[str]) -> tuple[HeldLimits, ...]:
    """What statements that stay were about as a treatment with limits, where they would not be now."""
    was, told = limits_by_statement(before), limits_by_statement(now)
    return tuple(
        HeldLimits(statement=name, topics=was.get(name, ()))
        for name in kept
        if was.get(name) != told.get(name)
    )


def _flagged_as_held(findings: Findings, flags: list[Flag]) -> list[Flag]:
    """Flags, those of treatment limits by what statements that stay are about."""
    if not findings.limits_held:
        return flags
    limits = treatment_limits(findings.statements, findings.limits_named, findings.limits_held)
    return [*(flag for flag in flags if flag.type != "treatment_limit"), *limits]


def _flags(
    found: Iterable[Flag],
    of_intake: Collection[Flag],
    before: Extraction,
    decided: Sequence[Flag],
    kept: Collection[str],
    there: Collection[str],
) -> tuple[Flag, ...]:
    """The flags of the new draft, with those that stay."""
    new = [flag for flag in found if not any(_covers(old, flag) for old in decided)]
    stay = [flag for flag in decided if flag not in of_intake]
    for flag in before.findings.flags:
        names = [name for name in flag.statements if name in kept]
        if flag in decided or not names:
            continue
        known = [other for other in new if other.type == flag.type and set(names) <= set(other.statements)]
        same = [other for other in known if _about(other) == _about(flag)]
        if same:
            new = [flag if other in same else other for other in new]
        elif not known:
            # Who differ do so while both are there; any other point is about its statements one by one.
            left = [name for name in flag.statements if name in there] if flag.type == "conflict" else names
            rest = flag.model_copy(update={"statements": tuple(left)})
            if not any(_about(other) == _about(rest) for other in (*new, *stay)):
                stay.append(rest)
    return tuple(dict.fromkeys((*new, *stay)))


def _moved(flag: Flag, instead: Mapping[str, tuple[str, ...]]) -> Flag | None:
    """A flag, of the statements that stay in the place of those that are left out; None if it is of none."""
    names = tuple(dict.fromkeys(name for each in flag.statements for name in instead.get(each, (each,))))
    if flag.statements and not names and not flag.turns:
        return None
    return flag.model_copy(update={"statements": names})


def _covers(decided: Flag, flag: Flag) -> bool:
    """Whether readers decided on all that a new flag is about."""
    return (
        decided.type == flag.type
        and set(flag.statements) <= set(decided.statements)
        and set(flag.turns) <= set(decided.turns)
        and bool(flag.statements or _about(flag) == _about(decided))
    )


def _in_order(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    return tuple(sorted(statements, key=lambda each: (each.start, each.end)))
