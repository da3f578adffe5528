"""Certainty: firm, tentative ("misschien", "weet ik nog niet") or conditional ("alleen als ...")."""

from collections.abc import Set

from spacy.language import Language
from spacy.tokens import Doc

import extractors.attributes  # noqa: F401  registers the attributes set here
from extractors.schema import Category, Certainty
from extractors.statements import STATEMENTS

CONDITIONABLE: frozenset[Category] = frozenset(("preference", "agreement", "goal", "action_point"))
"""A condition in a fact, a value or a worry ("als het donker is, ben ik bang") only says when."""


@Language.component("izp_certainty", requires=["doc.spans"], assigns=["span._.izp_certainty"])
def assign_certainty(doc: Doc) -> Doc:
    """Sets `izp_certainty` of the statements of a turn."""
    for statement in doc.spans[STATEMENTS]:
        statement._.izp_certainty = certainty_of(statement._.izp_cues, statement._.izp_category)
    return doc


def certainty_of(cues: Set[str], category: Category) -> Certainty:
    """The certainty that the cues of a clause (their full ids) give a statement of a category."""
    if category in CONDITIONABLE and any(cue.startswith("condition.") for cue in cues):
        return "conditional"
    return "tentative" if any(cue.startswith("hedge.") for cue in cues) else "firm"
