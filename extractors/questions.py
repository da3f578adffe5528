"""Questions: which clauses ask, and which question an answer leans on.

"Wat vind je leuk?" - "Voetballen!" is a value only by its question. The questions of the conversation
guide *Het Belangrijk* and their everyday forms are cues of the kind "question".
"""

from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc, Span

import extractors.attributes  # noqa: F401  registers the attributes set here
from extractors.cues import CLAUSES, word_sets

REACH = 3
"""How many turns an answer may come after its question: father adds to what mother answered."""

LEANING_LENGTH = 3
"""Up to so many words an answer is shown with its question even where it has a verb ("Doe ik niet.")."""

_OPENERS = frozenset(word_sets()["why"])
_YOU = frozenset(word_sets()["you"])
_VERBS = frozenset(("VERB", "AUX"))


@Language.component("izp_questions", requires=["doc.spans", "token.pos"], assigns=["span._.izp_question"])
def link_questions(doc: Doc) -> Doc:
    """Sets each clause's `izp_is_question` and, on the clauses of an answer, `izp_question`."""
    for clause in doc.spans[CLAUSES]:
        clause._.izp_is_question = is_question(clause)
    asked = next(_questions_before(doc), None)
    for clause in doc.spans[CLAUSES]:
        clause._.izp_question = asked
    return doc


def is_question(clause: Span) -> bool:
    """Whether a clause asks: by its question mark or, in transcripts that have none, by its word order."""
    doc = clause.doc
    if any(token.text == "?" for token in doc[clause.end - 1 : clause.end + 1]):
        return True
    if len(clause) < 3 or any(token.text in ".!" for token in doc[clause.end - 1 : clause.end + 1]):
        return False
    first, second = clause[0], clause[1]
    if first.lower_ in _OPENERS:
        return second.pos_ in _VERBS and clause[2].lower_ in _YOU
    return first.pos_ in _VERBS and second.lower_ in _YOU


def leans_on_question(clause: Span) -> bool:
    """Whether a clause cannot be read without what was asked: short, or without a verb."""
    words = [token for token in clause if not token.is_punct]
    return len(words) <= LEANING_LENGTH or not any(token.pos_ in _VERBS for token in words)


def _questions_before(doc: Doc) -> Iterator[Span]:
    """The questions that someone else left open in the turns before, the nearest first."""
    speaker = _label(doc)
    before: Doc | None = doc._.izp_previous
    for _ in range(REACH):
        if before is None:
            return
        clauses = list(before.spans[CLAUSES])
        if _label(before) != speaker or speaker is None:
            yield from (clause for clause in reversed(clauses[-2:]) if clause._.izp_is_question)
        before = before._.izp_previous


def _label(doc: Doc) -> str | None:
    turn = doc._.izp_turn
    return None if turn is None else turn.label
