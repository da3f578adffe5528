"""Questions: which clauses ask, and which question an answer leans on.

"Wat vind je leuk?" - "Voetballen!" is a value only by its question. The questions of the conversation
guide *Het Belangrijk* and their everyday forms are cues of the kind "question".
"""

from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc, Span

from extractors.attributes import previous_of, turn_of
from extractors.cues import CLAUSES, word_sets
from extractors.rows import row_of, to_row

REACH = 3
"""How many turns an answer may come after its question: father adds to what mother answered."""

LEANING_LENGTH = 3
"""Up to so many words an answer is shown with its question even where it has a verb ("Doe ik niet.")."""

_LEFT_OPEN = "izp_left_open"
_OPENERS = frozenset(word_sets()["why"])
_YOU = frozenset(word_sets()["you"])


@Language.component("izp_questions", requires=["doc.spans", "token.pos"], assigns=["span._.izp_question"])
def link_questions(doc: Doc) -> Doc:
    """Sets each clause's `izp_is_question` and, on the clauses of an answer, `izp_question`."""
    asked = next(_questions_before(doc), None)
    clauses = list(doc.spans[CLAUSES])
    asking = []
    for clause in clauses:
        read = clause._
        read.izp_is_question = asks = is_question(clause)
        read.izp_question = asked
        if asks:
            asking.append(clause)
    doc.user_data[_LEFT_OPEN] = [clause for clause in reversed(clauses[-2:]) if clause in asking]
    return doc


def is_question(clause: Span) -> bool:
    """Whether a clause asks: by its question mark or, in transcripts that have none, by its word order."""
    row, start, end = row_of(clause.doc), clause.start, clause.end
    marks = row.words[end - 1 : end + 1]
    if "?" in marks:
        return True
    if end - start < 3 or "." in marks or "!" in marks:
        return False
    first, second, third = row.forms[start : start + 3]
    if first in _OPENERS:
        return row.verb(start + 1) and third in _YOU
    return row.verb(start) and second in _YOU


def leans_on_question(clause: Span) -> bool:
    """Whether a clause cannot be read without what was asked: short, or without a verb."""
    row = to_row(clause)
    return len(row.marks) - sum(row.marks) <= LEANING_LENGTH or not row.has_verb()


def _questions_before(doc: Doc) -> Iterator[Span]:
    """The questions that someone else left open in the turns before, the nearest first."""
    speaker = turn_of(doc).label
    before = previous_of(doc)
    for _ in range(REACH):
        if before is None:
            return
        if turn_of(before).label != speaker or speaker is None:
            yield from before.user_data[_LEFT_OPEN]
        before = previous_of(before)
