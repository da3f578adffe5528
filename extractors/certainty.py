"""Certainty: firm, tentative ("misschien", "weet ik nog niet") or conditional ("alleen als ...").

A condition in a fact, a value or a worry mostly says when ("als het donker is, ben ik bang"); "als" may also
compare ("als eerste"), allow ("ook als het pijn doet") or wish ("als hij maar slaapt"). So each condition is
taken with its place and its first words, each doubt with the word beside it, both with the category and the
question before; a table gives each piece of this evidence a weight (`patterns/certainty.json`). A statement
without any is firm.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

from spacy.language import Language
from spacy.tokens import Doc, Span

from extractors.attributes import conversation_of, turn_of
from extractors.cues import PATTERNS, Strict, read_yaml
from extractors.evidence import role_of
from extractors.parts import SUBJECTS, Part, cut_parts
from extractors.polarity import WITH_CATEGORY
from extractors.rows import Row, row_of, to_row
from extractors.schema import CERTAINTIES, Category, Certainty, Role
from extractors.statements import STATEMENTS
from extractors.tables import Sighting, Table, add_up, read_table

FILE = PATTERNS / "certainty.json"

_SHORT = 4
"""The most words of a statement that cannot be read alone."""


class DoubtWords(Strict):
    """The words of `patterns/doubts.yaml`."""

    telling: frozenset[str]
    moments: frozenset[str]
    openers: frozenset[str]


WORDS = read_yaml(PATTERNS / "doubts.yaml", DoubtWords)


@Language.component("izp_certainty", requires=["doc.spans"], assigns=["span._.izp_certainty"])
def assign_certainty(doc: Doc) -> Doc:
    """Sets `izp_certainty` of the statements of a turn."""
    for statement in doc.spans[STATEMENTS]:
        read = statement._
        read.izp_certainty = certainty_of(statement, read.izp_category)
    return doc


def certainty_of(statement: Span, category: Category) -> Certainty:
    """How certain a statement is."""
    if not can_hang(statement):
        return "firm"
    scores = add_up(certainty_evidence(statement, category), load_certainty(), CERTAINTIES)
    return CERTAINTIES[int(scores.argmax())]


def can_hang(statement: Span) -> bool:
    """Whether a statement can hang on something: only then its evidence is weighed."""
    forms = row_of(statement.doc).forms[statement.start : statement.end]
    hedged = any(cue.startswith(("hedge.", "condition.")) for cue in statement._.izp_cues)
    return hedged or not WORDS.telling.isdisjoint(forms)


def certainty_evidence(statement: Span, category: Category | None) -> frozenset[str]:
    """The evidence for the certainty of a statement, as names that the table knows.

    Args:
        statement: A clause, with its cues and the question it answers.
        category: Its category; None to learn what can be told without it.
    """
    return frozenset(_evidence(statement, category))


def certainty_examples(
    statement: Span, category: Category, certainty: Certainty, importance: float = 1.0
) -> Iterator[Sighting]:
    """What an annotated statement teaches, for `learn_table`; nothing where it is plainly firm.

    It counts with its category and, for less, without it, since the category itself may be wrong.
    """
    if can_hang(statement):
        source = conversation_of(statement.doc).id
        known, unknown = importance * WITH_CATEGORY, importance * (1 - WITH_CATEGORY)
        yield Sighting(source, certainty_evidence(statement, category), certainty, known)
        yield Sighting(source, certainty_evidence(statement, None), certainty, unknown)


@cache
def load_certainty() -> Table:
    """The weights of each piece of evidence in the order of `CERTAINTIES`, from `patterns/certainty.json`."""
    return read_table(FILE, CERTAINTIES)


def _evidence(statement: Span, category: Category | None) -> Iterator[str]:
    yield "always"
    turn = turn_of(statement.doc)
    role: Role | None = role_of(conversation_of(statement.doc), turn)
    who = role or ("note" if turn.label is None else "unmapped")
    yield f"speaker:{who}"
    kinds = {cue.split(".")[0] for cue in statement._.izp_cues}
    for name in (*statement._.izp_cues, *sorted(kinds & {"hedge", "condition"})):
        yield f"cue:{name}"
        if category:
            yield f"cue:{name}+{category}"
    if category:
        yield f"category:{category}"
    row = to_row(statement)
    parts = cut_parts(row)
    for at, part in enumerate(parts):
        if part.kind == "condition":
            place = "all" if len(parts) == 1 else "first" if at == 0 else "last"
            yield from _of_condition(row, part, place, parts)
            if category:
                yield f"if+{category}"
                yield f"if:{place}+{category}"
            yield f"if+{who}"
    yield from _of_words(row, parts)
    yield from _of_question(statement)


def _of_condition(row: Row, part: Part, place: str, parts: Sequence[Part]) -> Iterator[str]:
    first, rest = row.forms[part.start], row.forms[part.start + 1 : part.end]
    yield f"if:{place}"
    yield f"if={first}"
    yield f"if:{place}={first}"
    if not any(row.verb(i) for i in range(part.start + 1, part.end)):
        yield f"if:compares={first}"
    if "maar" in rest:
        yield "if:wishes"
    if not WORDS.moments.isdisjoint(rest):
        yield "if:moment"
    if part.start:
        yield f"<if:{row.forms[part.start - 1]}"
    yield from (f"if{'>' * at}{word}" for at, word in enumerate(rest[:2], 1))
    if any(other.kind == "main" and row.forms[other.start] == "dan" for other in parts):
        yield "if, dan"


def _of_words(row: Row, parts: Sequence[Part]) -> Iterator[str]:
    """Telling words, each by itself and with its neighbour, and a verb that opens a condition."""
    for word in WORDS.telling.intersection(row.forms):
        yield f"has:{word}"
    for before, word in pairwise(row.forms):
        if before in WORDS.telling or word in WORDS.telling:
            yield f"{before} {word}"
    if row.forms[0] in WORDS.telling:
        yield f"first:{row.forms[0]}"
    if len(row.forms) <= _SHORT:
        yield "short"
        yield f"short:{' '.join(row.lemmas)}"
    verb_first = len(parts) > 1 and len(row.forms) > 1 and row.finite[0]
    if verb_first and (row.forms[1] in SUBJECTS or row.tags[1] in ("DET", "NOUN", "PROPN")):
        dan = any(row.forms[part.start] == "dan" for part in parts[1:])
        yield f"verb first{', dan' if dan else ''}"


def _of_question(statement: Span) -> Iterator[str]:
    question: Span | None = statement._.izp_question
    if question is None or turn_of(statement.doc).index - turn_of(question.doc).index > 1:
        return
    for cue in question._.izp_cues:
        yield f"asked:{cue}"
    if not WORDS.openers.isdisjoint(to_row(question).forms):
        yield "asked:if"
        yield f"asked:if, {'short' if len(statement) <= _SHORT else 'long'}"
