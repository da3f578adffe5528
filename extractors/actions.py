"""Action points: the component that says who takes them on, and when."""

from spacy.language import Language
from spacy.tokens import Doc

from extractors.attributes import conversation_of, turn_of
from extractors.dues import due_of
from extractors.owners import owner_of
from extractors.place import Place
from extractors.statements import STATEMENTS


@Language.component("izp_actions", requires=["doc.spans"])
def izp_actions(doc: Doc) -> Doc:
    """Fills in owner and due of the action points among the statements of a turn."""
    for span in doc.spans.get(STATEMENTS, ()):
        if span._.izp_category == "action_point":
            place = Place(turn_of(doc), span.start_char, span.end_char, conversation_of(doc))
            span._.izp_owner = owner_of(place)
            span._.izp_due = due_of(place)
    return doc
