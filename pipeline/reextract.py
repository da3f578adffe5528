"""Works a conversation out again with another version of the extraction: what readers did stays.

What the program found is replaced (`redraft`), and what is other then is kept for readers to look at. An
approved plan stays as it is; where something is other, a new concept follows it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from extractors.schema import Conversation
from extractors.version import version
from pipeline.differences import Differences, Found, attention, differences, in_words
from pipeline.dossier import Extraction
from pipeline.draft import find
from pipeline.reading import read_handed_in
from pipeline.redraft import keep_corrected
from pipeline.rerender import TRIES, Finish
from pipeline.settings import Settings
from pipeline.store import audit, drafts, findings, rereadings, reviews
from pipeline.store.audit import Actor
from pipeline.store.conversations import found, locked
from pipeline.store.database import Store, Work, look, work
from pipeline.store.drafts import NO_PLAN
from pipeline.store.errors import NotFound
from pipeline.store.runs import Busy, Detail, Outcome, Run
from pipeline.store.tables import ConversationRow
from pipeline.template import Labels

HELD: Final = "blijft staan zoals beoordeeld"


class OtherExtractorError(Exception):
    """This process has another version of the extraction than the run is towards."""


class _Seen(NamedTuple):
    """A conversation as it was when it was worked out again."""

    drafting: int
    extractor: str | None
    before: Extraction


def extractor(settings: Settings) -> str:
    """The version of the extraction of an installation.

    Raises:
        ModelError: Its model is not installed.
    """
    return version(settings.model, settings.threshold)


def again(store: Store, settings: Settings, run: Run, conversation_id: str, finish: Finish) -> None:
    """Works a conversation out by the version of the extraction that a run is towards.

    Args:
        store: The store.
        settings: The settings of this installation.
        run: The run.
        conversation_id: Which conversation.
        finish: Called once, in the transaction that changes the plan.

    Raises:
        Busy: The conversation is being drafted.
        IntakeEndedError: The file cannot be read now, because of this machine.
        IntakeError: The file cannot be read any more.
        ModelError: The model is not installed.
        NotFound: There is no such conversation, or no plan of it.
        OtherExtractorError: The extraction of this process is of another version.
        Outdated: The run has given the plan to another worker; nothing was kept.
    """
    if run.extractor != extractor(settings):
        raise OtherExtractorError
    for _ in range(TRIES):
        with look(store) as w:
            seen = _look(w, conversation_id)
        made = None
        if seen.extractor != run.extractor:
            talk = read_handed_in(store, conversation_id)
            made = find(_as_before(talk, seen.before.conversation), settings)
        with work(store) as w:
            row = locked(w, conversation_id)
            if row.drafting == seen.drafting and not _is_drafted(row):
                finish(w, *(_keep(w, row, run, seen.before, made) if made else ("unchanged", None)))
                if row.drafting != seen.drafting:
                    # Last: all others wait who add an event.
                    told = f"{row.id}/{row.drafting}"
                    actor = Actor(origin=f"run {run.id}")
                    audit.record(w, actor, "reextract", child_id=row.child_id, object=told)
                return
    raise Busy


def _look(w: Work, conversation_id: str) -> _Seen:
    row = found(w, conversation_id)
    if _is_drafted(row):
        raise Busy
    if not row.drafting:
        raise NotFound(NO_PLAN)
    return _Seen(
        row.drafting,
        findings.extractor_of(w, row, row.drafting),
        findings.extraction(w, row, row.drafting),
    )


def _as_before(read: Conversation, before: Conversation) -> Conversation:
    """A conversation as it is read now, or as before if that moved its words: readers named their places."""
    places = [[(turn.label, turn.text, turn.start) for turn in each.turns] for each in (read, before)]
    return read if read.text == before.text and places[0] == places[1] else before


def _keep(
    w: Work, row: ConversationRow, run: Run, before: Extraction, made: Extraction
) -> tuple[Outcome, Detail | None]:
    """Keeps what was made, with what readers did up to now; what became of the plan."""
    corrections = reviews.corrections(w, row)
    after = keep_corrected(made, before, corrections)
    other = differences(before, made, after)
    reasons = attention(other, corrections)
    if not run.trial:
        if other.changes_the_plan:
            _follow(w, row, run, after, other)
        else:
            if reasons:
                rereadings.keep_held(w, row, other)
            findings.note_extractor(w, row, run.extractor or "")
    if not (other.changes_the_plan or reasons):
        return "unchanged", None
    detail = _detail(other, reasons, reviews.template_of(w, row.id).labels)
    return ("attention" if reasons else "changed"), detail


def _follow(w: Work, row: ConversationRow, run: Run, after: Extraction, other: Differences) -> None:
    findings.keep(w, row, after, run.extractor)
    rereadings.keep(w, row, other)
    drafts.follow(w, row)
    row.state, row.error = "done", None
    reviews.note_open_points(w, row, reviews.plan_of(w, row.id))


def _is_drafted(row: ConversationRow) -> bool:
    return row.state not in ("done", "failed")


def _detail(other: Differences, reasons: tuple[str, ...], labels: Labels) -> Detail:
    return Detail(
        attention=reasons,
        new=tuple(map(_told, other.new)),
        vanished=tuple(map(_told, other.vanished)),
        read_otherwise=tuple(_read_otherwise(other, labels)),
        points=tuple(_points(other, labels)),
    )


def _told(one: Found) -> str:
    return f"“{one.statement.quote}”{' (nog te beoordelen)' if one.to_review else ''}"


def _points(other: Differences, labels: Labels) -> Iterator[str]:
    for flags, what in ((other.came, "erbij"), (other.went, "vervallen")):
        for kind, count in Counter(flag.type for flag in flags).items():
            yield f"{labels.flags[kind].title}: {count} {what}"
    if other.elsewhere:
        yield "Wie er spreekt, wanneer dat was of waar een behandeling genoemd wordt, is anders gelezen."


def _read_otherwise(other: Differences, labels: Labels) -> Iterator[str]:
    for one in other.changed:
        yield f"“{one.statement.quote}”: {'; '.join(in_words(one.readings, labels))}"
    for held in other.held:
        now = "; ".join(in_words(held.readings, labels)) if held.found else "niet gevonden"
        yield f"“{held.statement.quote}”: {HELD}; nu {now or 'anders afgebakend'}"
