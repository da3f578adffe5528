"""Evidence: what the patterns tell of a clause, as names that a table of weights knows.

The cues in a clause, who speaks, the question before it, the heading above it, the concepts it names. Every
piece of evidence can be read; the table that weighs it is `patterns/weights.json`.
"""

from collections.abc import Iterator

from spacy.tokens import Doc, Span

from extractors.attributes import conversation_of, turn_of
from extractors.cues import CLAUSES, word_sets
from extractors.rows import Row, to_row
from extractors.schema import Conversation, Role, Turn
from extractors.sections import section_kinds

SMALL_TALK_TURNS = 6
"""So many turns at the start and at the end of a conversation are mostly greeting; not in a short one."""

NEAR = 12
"""Up to so many words into a turn a clause still answers the question before it."""


def role_of(conversation: Conversation, turn: Turn) -> Role | None:
    """The role of who speaks in a turn; None in notes and where it is not known."""
    participant = conversation.participant(turn.label)
    return turn.role if participant is None else participant.role


def speaker_of(doc: Doc) -> str:
    """Who speaks in a turn: a role, "note" for written text, or "unmapped"."""
    turn = turn_of(doc)
    return role_of(conversation_of(doc), turn) or ("note" if turn.label is None else "unmapped")


def carries_statements(doc: Doc) -> bool:
    """Whether a turn can hold statements; headings and header lines (title, who was there) cannot."""
    return turn_of(doc).block not in ("heading", "header")


def gather_evidence(doc: Doc) -> Iterator[tuple[Span, list[str]]]:
    """Each clause of a turn with its evidence."""
    turn = turn_of(doc)
    who = speaker_of(doc)
    around = ["always", f"speaker:{who}", f"block:{turn.block}", f"block:{turn.block}+{who}"]
    around += [f"section:{kind}" for heading in turn.section for kind in section_kinds(heading)]
    around += _place(turn, len(conversation_of(doc).turns))
    for clause in doc.spans[CLAUSES]:
        read = clause._
        own = sorted(read.izp_cues)
        kinds = sorted({label.split(".")[0] for label in own})
        yield (
            clause,
            [
                *around,
                *own,
                *(f"{kind}+{who}" for kind in kinds),
                *(f"concept:{label}" for label in sorted(read.izp_named)),
                *_shape(to_row(clause), who, asks=read.izp_is_question),
                *_asked(clause, read.izp_question, who),
            ],
        )


def _place(turn: Turn, turns: int) -> Iterator[str]:
    if turns > 4 * SMALL_TALK_TURNS and turn.index < SMALL_TALK_TURNS:
        yield "place:begin"
    if turns > 4 * SMALL_TALK_TURNS and turn.index >= turns - SMALL_TALK_TURNS:
        yield "place:end"


def _shape(row: Row, who: str, *, asks: bool) -> Iterator[str]:
    words = [form for form, mark in zip(row.forms, row.marks, strict=True) if not mark]
    size = min(len(words), 12)
    yield f"words:{size if size < 4 else size // 3 * 3}"
    yield f"words:{'few' if size < 4 else 'many'}+{who}"
    if not row.has_verb():
        yield "no_verb"
    if asks:
        yield f"asks+{who}"
    yield f"first:{words[0]}" if words and words[0] in word_sets()["first"] else "first:other"
    for name, sort in (("self", "self"), ("you", "addressed"), ("third", "third")):
        if any(word in word_sets()[sort] for word in words):
            yield f"{name}+{who}"


def distance_of(clause: Span, question: Span) -> str:
    """Whether a clause stands "near" the question it follows, so that it answers it, or "far"."""
    turns = turn_of(clause.doc).index - turn_of(question.doc).index
    return "near" if turns <= 1 and clause.start < NEAR else "far"


def _asked(clause: Span, question: Span | None, who: str) -> Iterator[str]:
    if question is None:
        yield "asked:nothing"
        return
    near = distance_of(clause, question)
    yield f"asked:{near}+{who}"
    for cue in sorted(question._.izp_cues):
        yield f"asked:{cue}" if near == "near" else f"asked-before:{cue}"
