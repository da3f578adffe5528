"""What readers corrected, kept when a conversation is drafted again and other statements are found."""

from __future__ import annotations

from collections.abc import Iterable

from extractors.schema import Conversation, Statement
from pipeline.corrections import Correction
from pipeline.draft import Extraction

OTHER_SPEAKER = "Wie dit zei is daarna anders aangegeven."


def keep_corrected(made: Extraction, before: Extraction, corrections: Iterable[Correction]) -> Extraction:
    """A new draft, with every statement of the one before that readers corrected and that it lacks.

    Such a statement stays as it was, with what is flagged of it. Only its view is open if another was
    named as its speaker since: whose view it is was read from that.

    Args:
        made: The new draft.
        before: The one that the corrections were made on, of the same file.
        corrections: All corrections on record.
    """
    # The fields of an action point end in the id of its statement.
    named = {name for one in corrections for name in (one.target.rpartition("-")[2], one.after)}
    there = {each.id for each in (*made.findings.statements, *made.findings.to_review)}

    def kept(statements: Iterable[Statement]) -> list[Statement]:
        lacking = (each for each in statements if each.id in named and each.id not in there)
        return [_with_speaker(each, before.conversation, made.conversation) for each in lacking]

    statements, to_review = kept(before.findings.statements), kept(before.findings.to_review)
    lost = {each.id for each in (*statements, *to_review)}
    if not lost:
        return made
    flags = [
        flag.model_copy(
            update={"statements": tuple(name for name in flag.statements if name in there | lost)}
        )
        for flag in before.findings.flags
        if lost.intersection(flag.statements)
    ]
    findings = made.findings.model_copy(
        update={
            "statements": _in_order((*made.findings.statements, *statements)),
            "to_review": _in_order((*made.findings.to_review, *to_review)),
            "flags": (*made.findings.flags, *flags),
        }
    )
    return made.model_copy(update={"findings": findings})


def _in_order(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    return tuple(sorted(statements, key=lambda each: (each.start, each.end)))


def _with_speaker(statement: Statement, before: Conversation, now: Conversation) -> Statement:
    if before.participant(statement.speaker) == now.participant(statement.speaker):
        return statement
    return statement.model_copy(update={"perspective": "unknown", "perspective_reason": OTHER_SPEAKER})
