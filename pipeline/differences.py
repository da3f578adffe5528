"""What another version of the extraction makes of a conversation, beside what was made of it before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal

from extractors.concepts import limit_concepts, load_lexicon
from extractors.limits import IN_PLAIN_WORDS, STANCES, limits_by_statement
from extractors.schema import Flag, Record, Statement
from pipeline.corrections import Correction, replay
from pipeline.dossier import Extraction
from pipeline.template import Labels

Aspect = Literal[
    "to_review",
    "category",
    "perspective",
    "reported",
    "domains",
    "polarity",
    "certainty",
    "owner",
    "due",
    "question",
    "lead",
    "topics",
    "limits",
]

AT_LIMIT: Final = "Er is iets anders bij een wens of afspraak over een behandelgrens."
AT_CONFLICT: Final = "Er is een punt over verschillende wensen bijgekomen of vervallen."
AT_CONFIRMED: Final = (
    "Een bevestigde uitspraak wordt nu anders gelezen of niet meer gevonden. Zij staat nog zoals zij "
    "bevestigd is."
)


class Reading(Record):
    """Something of a statement that is read otherwise. Several values have commas between them."""

    aspect: Aspect
    before: str
    after: str


class Found(Record):
    """A statement that was found now and not before, or the other way round."""

    statement: Statement
    to_review: bool


class Reread(Record):
    """A statement that is read otherwise now."""

    statement: Statement
    readings: tuple[Reading, ...]


class Held(Record):
    """A statement that stays because of what readers did, though it would not be there, or not like this.

    `found` is what the extraction makes of the same words now, None if nothing.
    """

    statement: Statement
    found: Statement | None
    readings: tuple[Reading, ...]


class Differences(Record):
    """What is other in a draft than in the one before it, in the order of the source.

    `at` is when that was kept. `came` and `went` are points. `elsewhere` tells that who speaks is told
    otherwise, or where a treatment is named.
    """

    at: dt.datetime | None = None
    new: tuple[Found, ...] = ()
    vanished: tuple[Found, ...] = ()
    changed: tuple[Reread, ...] = ()
    held: tuple[Held, ...] = ()
    came: tuple[Flag, ...] = ()
    went: tuple[Flag, ...] = ()
    elsewhere: bool = False

    @property
    def changes_the_plan(self) -> bool:
        """Whether the new draft is another: what is held makes no difference to it."""
        return bool(self.new or self.vanished or self.changed or self.came or self.went or self.elsewhere)


def differences(before: Extraction, made: Extraction, after: Extraction) -> Differences:
    """What is other. How likely a statement is, and which patterns fired, makes no difference.

    Args:
        before: The draft that there was.
        made: What the extraction finds now.
        after: The draft that comes of it, with all that readers did (`redraft.keep_corrected`).
    """
    old, found, new = _by_id(before), _by_id(made), _by_id(after)
    was_about, found_about, about = (limits_by_statement(each.findings) for each in (before, made, after))
    changed, held = [], []
    for name, was in old.items():
        now, machine = new.get(name), found.get(name)
        if now is None:
            continue
        if readings := _readings(was, now) + _limits(was_about.get(name), about.get(name)):
            changed.append(Reread(statement=now.statement, readings=readings))
        instead = machine or _in_its_place(was.statement, found, new)
        otherwise: list[Reading] = []
        if instead:
            otherwise += (each for each in _readings(now, instead) if each.aspect != "to_review")
            otherwise += _limits(about.get(name), found_about.get(instead.statement.id))
        if machine is None or otherwise:
            found_now = instead.statement if instead else None
            held.append(Held(statement=now.statement, found=found_now, readings=tuple(otherwise)))
    flags = [dict.fromkeys(_about(flag) for flag in each.findings.flags) for each in (before, after)]
    return Differences(
        new=tuple(each for name, each in new.items() if name not in old),
        vanished=tuple(each for name, each in old.items() if name not in new),
        changed=tuple(changed),
        held=tuple(held),
        came=tuple(flag for flag in after.findings.flags if _about(flag) not in flags[0]),
        went=tuple(flag for flag in before.findings.flags if _about(flag) not in flags[1]),
        elsewhere=before.conversation != after.conversation
        or before.findings.limits_named != after.findings.limits_named,
    )


def attention(found: Differences, corrections: Iterable[Correction]) -> tuple[str, ...]:
    """Why somebody should look at differences, in Dutch sentences; () where nothing asks for that.

    Args:
        found: The differences.
        corrections: All corrections on record.
    """
    done = replay(corrections)
    flags = (*found.came, *found.went)
    rows: tuple[Found | Reread | Held, ...] = (*found.new, *found.vanished, *found.changed, *found.held)
    touched = (*(row.statement for row in rows), *(row.found for row in found.held if row.found))
    about_a_limit = any(
        each.category in STANCES and not limit_concepts().isdisjoint(each.topics) for each in touched
    )
    reread: tuple[Reread | Held, ...] = (*found.changed, *found.held)
    other_limit = any(each.aspect == "limits" for row in reread for each in row.readings)
    reasons = {
        AT_LIMIT: about_a_limit or other_limit or any(flag.type == "treatment_limit" for flag in flags),
        AT_CONFLICT: any(flag.type == "conflict" for flag in flags),
        AT_CONFIRMED: any(
            each.statement.id in done.confirmed or each.statement.id in done.ratified for each in found.held
        ),
    }
    return tuple(sentence for sentence, holds in reasons.items() if holds)


def in_words(readings: Iterable[Reading], labels: Labels) -> tuple[str, ...]:
    """What is read otherwise, in Dutch: what it was, and what it is.

    Args:
        readings: What is read otherwise.
        labels: The words of the template.
    """
    headings = {
        "category": "soort: ",
        "perspective": "van wie: ",
        "domains": "domein: ",
        "polarity": "gelezen als ",
        "owner": "wie: ",
        "due": "wanneer: ",
        "question": "op de vraag: ",
        "lead": "kopje: ",
        "topics": "onderwerp: ",
        "limits": "behandelgrens: ",
    }
    concepts = {each.id: each.label for each in load_lexicon().values()}
    values: dict[str, Mapping[Any, str]] = {
        "to_review": {"": "in het plan", "yes": "nog te beoordelen"},
        "category": labels.categories,
        "perspective": labels.perspectives,
        "reported": {"": "zelf gezegd", "yes": "via een ander bekend"},
        "domains": labels.domains,
        "polarity": {"affirmed": "ja", "negated": "nee"},
        "certainty": labels.certainties | {"firm": "zeker"},
        "topics": concepts,
        "limits": concepts | {"": "geen", IN_PLAIN_WORDS: "zonder naam"},
    }

    def told(aspect: Aspect, value: str) -> str:
        words = values.get(aspect, {})
        parts = value.split(",") if aspect in ("domains", "topics", "limits") else [value]
        return ", ".join(words.get(part) or part or "niet genoemd" for part in parts)

    def line(one: Reading) -> str:
        now, was = told(one.aspect, one.after), told(one.aspect, one.before)
        return f"{headings.get(one.aspect, '')}{now} (was: {was})"

    return tuple(line(one) for one in readings)


def _by_id(extraction: Extraction) -> dict[str, Found]:
    findings = extraction.findings
    found = [Found(statement=each, to_review=False) for each in findings.statements]
    found += [Found(statement=each, to_review=True) for each in findings.to_review]
    return {each.statement.id: each for each in sorted(found, key=lambda each: each.statement.start)}


def _in_its_place(statement: Statement, found: Mapping[str, Found], new: Mapping[str, Found]) -> Found | None:
    """The statement that would have been there with some of the same words, if one was left out for it."""
    return next(
        (
            each
            for name, each in found.items()
            if name not in new
            and each.statement.start < statement.end
            and statement.start < each.statement.end
        ),
        None,
    )


def _readings(was: Found, now: Found) -> tuple[Reading, ...]:
    pairs = zip(_values(was), _values(now), strict=True)
    return tuple(
        Reading(aspect=aspect, before=before, after=after)
        for (aspect, before), (_, after) in pairs
        if before != after
    )


def _limits(was: tuple[str, ...] | None, now: tuple[str, ...] | None) -> tuple[Reading, ...]:
    """What treatments with limits a statement is about, where those are others."""
    if was == now:
        return ()
    return (Reading(aspect="limits", before=",".join(was or ()), after=",".join(now or ())),)


def _values(found: Found) -> Iterator[tuple[Aspect, str]]:
    said = found.statement
    yield "to_review", "yes" if found.to_review else ""
    yield "category", said.category
    yield "perspective", said.perspective
    yield "reported", "yes" if said.reported else ""
    yield "domains", ",".join(said.domains)
    yield "polarity", said.polarity
    yield "certainty", said.certainty
    yield "owner", said.owner or ""
    yield "due", said.due or ""
    yield "question", said.question or ""
    yield "lead", said.lead or ""
    yield "topics", ",".join(said.topics)


def _about(flag: Flag) -> tuple[object, ...]:
    return flag.type, flag.statements, flag.turns
