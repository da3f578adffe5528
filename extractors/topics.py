"""Topics: what a clause is about, in its own words or by what it points back to.

"Nee, dat wil ik niet" after "Zou je nog naar de IC willen?" is about the IC. A clause that leans takes
the topics of the clause before it or of the question it answers; one with a lead ("PEG: ...") the lead's.
"""

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

import extractors.attributes  # noqa: F401  registers the attributes set here
from extractors.clauses import by_clause
from extractors.concepts import CONCEPTS, load_lexicon
from extractors.cues import CLAUSES, word_sets
from extractors.questions import leans_on_question

POINTING_WORDS = 4
"""A word that points back ("dat wil ik niet") does so among the first words of a clause."""


@Language.component("izp_topics", requires=["doc.spans", "token.pos"], assigns=["span._.izp_topics"])
def find_topics(doc: Doc) -> Doc:
    """Sets each clause's `izp_named` (its own concepts), `izp_leans` and `izp_topics` (what it is about)."""
    concepts = by_clause(doc, CONCEPTS)
    before: Span | None = None
    for clause in doc.spans[CLAUSES]:
        named = tuple(dict.fromkeys(span.label_ for span in concepts.get(clause.start, ())))
        clause._.izp_named = named
        clause._.izp_leans = leans_on_question(clause) or _points_back(clause, named)
        meant = _meant(clause, before) if clause._.izp_leans else ()
        clause._.izp_topics = tuple(dict.fromkeys((*named, *_in_lead(clause), *meant)))
        before = clause
    return doc


def _in_lead(clause: Span) -> tuple[str, ...]:
    lead: Span | None = clause._.izp_lead
    if lead is None:
        return ()
    return tuple(span.label_ for span in clause.doc.spans[CONCEPTS] if lead.start <= span.start < lead.end)


def _points_back(clause: Span, named: tuple[str, ...]) -> bool:
    """Whether a clause is about what was said before: it begins with "dat", or names nothing of its own.

    A concept that says little, such as "moeder" or "nacht", is nothing of its own.
    """
    pointing = [i for i, token in enumerate(clause[:POINTING_WORDS]) if _is_pointing(token)]
    return pointing[:1] == [0] or (bool(pointing) and all(load_lexicon()[concept].weak for concept in named))


def _is_pointing(token: Token) -> bool:
    return token.lower_ in word_sets()["pointing"] and token.pos_ != "DET"


def _meant(clause: Span, before: Span | None) -> tuple[str, ...]:
    """The topics that a leaning clause takes over, from the nearest that has any."""
    if before is not None and before._.izp_topics:
        return tuple(before._.izp_topics)
    question: Span | None = clause._.izp_question
    if question is None or not is_just_asked(clause, question):
        return ()
    return tuple(question._.izp_topics)


def is_just_asked(clause: Span, question: Span) -> bool:
    """Whether a question stands in the turn right before the clause; one further back may be answered."""
    return bool(clause.doc._.izp_turn.index - question.doc._.izp_turn.index <= 1)
