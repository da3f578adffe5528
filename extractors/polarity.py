"""Polarity: whether the thing itself is wanted and valued, or refused and denied.

Annotation guide, "polarity": "geen sonde meer" is negated; a wish for comfort ("dat hij geen pijn heeft")
and a wish to stop are affirmed. Worries, facts and action points are affirmed: they state what is.
"""

from collections.abc import Sequence, Set

from spacy.language import Language
from spacy.tokens import Doc, Span

import extractors.attributes  # noqa: F401  registers the attributes set here
from extractors.clauses import by_clause
from extractors.cues import CUES
from extractors.schema import Category, Polarity
from extractors.statements import STATEMENTS

DENIABLE: frozenset[Category] = frozenset(("preference", "agreement", "value", "goal"))
WANTED_AFTER_ALL = frozenset(("negation.comfort", "negation.still_wanted", "goal.no_suffering"))
"""Denials in which the matter itself is wanted: to be without pain, not to lose him."""

BARE_ANSWERS = frozenset(("answer.yes", "answer.no"))

STOPPING = "refusal.enough"
"""A wish to stop is a wish; only what someone else must stop is refused, and that has a cue of its own."""

_CONDITION_AT_END = frozenset(("als", "tenzij", "zolang", "mits", "omdat", "want", "voordat", "zodat"))
_CONDITION_AT_START = frozenset(("als", "zolang", "mocht", "wanneer"))


@Language.component("izp_polarity", requires=["doc.spans"], assigns=["span._.izp_polarity"])
def assign_polarity(doc: Doc) -> Doc:
    """Sets `izp_polarity` of the statements of a turn."""
    cues = by_clause(doc, CUES)
    for statement in doc.spans[STATEMENTS]:
        found = cues.get(statement.start, ())
        statement._.izp_polarity = polarity_of(statement, found, statement._.izp_category)
    return doc


def polarity_of(statement: Span, cues: Sequence[Span], category: Category) -> Polarity:
    """Negated where the main part of a wish, goal, value or agreement holds a refusal, otherwise affirmed.

    What stands in a condition ("als het niet anders kan") or is set apart from what is wanted ("thuis, niet
    in het ziekenhuis") refuses nothing by itself.
    """
    labels = {cue.label_ for cue in cues}
    if labels & BARE_ANSWERS:
        return _answers(statement, labels)
    if category not in DENIABLE or labels & WANTED_AFTER_ALL:
        return "affirmed"
    main = _main_part(statement)
    refusals = [
        cue
        for cue in cues
        if cue.label_.startswith("refusal.") and cue.label_ != STOPPING and cue.end - 1 in main
    ]
    contrast = "negation.contrast" in labels and not any(cue.start == statement.start for cue in refusals)
    return "negated" if refusals and not contrast else "affirmed"


def _answers(statement: Span, labels: Set[str]) -> Polarity:
    """What a bare yes or no says: "ja" to "dus geen IC meer?" refuses."""
    question: Span | None = statement._.izp_question
    asked_to_refuse = question is not None and "negation.not" in question._.izp_cues
    return "negated" if asked_to_refuse or "answer.no" in labels else "affirmed"


def _main_part(statement: Span) -> range:
    """The token offsets of a statement less a condition or reason at its start or its end."""
    doc = statement.doc
    if statement[0].lower_ in _CONDITION_AT_START:
        ends = (
            i
            for i in range(statement.start + 2, statement.end)
            if doc[i].text == "," or doc[i].lower_ == "dan"
        )
        return range(next(ends, statement.start), statement.end)
    starts = (i for i in range(statement.start + 2, statement.end) if doc[i].lower_ in _CONDITION_AT_END)
    return range(statement.start, next(starts, statement.end))
