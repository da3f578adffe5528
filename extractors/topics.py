"""Topics: what a clause is about, in its own words or by what it points back to.

"Nee, dat wil ik niet" after "Zou je nog naar de IC willen?" is about the IC. A clause that leans takes
the topics of the clause before it or of the question it answers; one with a lead ("PEG: ...") the lead's.
"""

from bisect import bisect_left
from collections.abc import Sequence
from operator import itemgetter

from spacy.language import Language
from spacy.tokens import Doc, Span

from extractors.attributes import turn_of
from extractors.concepts import CONCEPTS, load_lexicon
from extractors.cues import CLAUSES, word_sets
from extractors.questions import leans_on_question
from extractors.rows import to_row

POINTING_WORDS = 4
"""A word that points back ("dat wil ik niet") does so among the first words of a clause."""


@Language.component("izp_topics", requires=["doc.spans", "token.pos"], assigns=["span._.izp_topics"])
def find_topics(doc: Doc) -> Doc:
    """Sets each clause's `izp_named` (its own concepts), `izp_leans` and `izp_topics` (what it is about)."""
    concepts = [(span.start, span.label_) for span in doc.spans[CONCEPTS]]
    before: tuple[str, ...] = ()
    for clause in doc.spans[CLAUSES]:
        read = clause._
        named = _named(concepts, clause)
        leans = leans_on_question(clause) or _points_back(clause, named)
        in_lead = _named(concepts, read.izp_lead) if read.izp_lead is not None else ()
        meant = (before or _asked(clause)) if leans else ()
        topics = tuple(dict.fromkeys((*named, *in_lead, *meant)))
        read.izp_named, read.izp_leans, read.izp_topics = named, leans, topics
        before = topics
    return doc


def _named(concepts: Sequence[tuple[int, str]], part: Span) -> tuple[str, ...]:
    """Which of the concepts, each with its first token, begin in a part of the turn; each once."""
    first, last = (bisect_left(concepts, place, key=itemgetter(0)) for place in (part.start, part.end))
    return tuple(dict.fromkeys(concept for _, concept in concepts[first:last]))


def _points_back(clause: Span, named: tuple[str, ...]) -> bool:
    """Whether a clause is about what was said before: it begins with "dat", or names nothing of its own.

    A concept that says little, such as "moeder" or "nacht", is nothing of its own.
    """
    row, known = to_row(clause[:POINTING_WORDS]), word_sets()["pointing"]
    pointing = [form in known and tag != "DET" for form, tag in zip(row.forms, row.tags, strict=True)]
    return pointing[0] or (any(pointing) and all(load_lexicon()[concept].weak for concept in named))


def _asked(clause: Span) -> tuple[str, ...]:
    """The topics of the question that a clause answers, where it was just asked."""
    question: Span | None = clause._.izp_question
    if question is None or not is_just_asked(clause, question):
        return ()
    return tuple(question._.izp_topics)


def is_just_asked(clause: Span, question: Span) -> bool:
    """Whether a question stands in the turn right before the clause; one further back may be answered."""
    return bool(turn_of(clause.doc).index - turn_of(question.doc).index <= 1)
