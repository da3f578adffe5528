"""Rows: the words of a turn as plain lists, read once for all components.

Lists are quicker to walk than tokens: spaCy makes a new object for each token that is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Doc, Span

_VERBS = frozenset(("VERB", "AUX"))
_ROW = "izp_row"


@dataclass(frozen=True, slots=True)
class Row:
    """The words of a turn, or of a part of it: as they stand, in lower case, their lemmas and word classes.

    `finite` tells which are finite verbs, `marks` which are punctuation. Offsets count from the row's start.
    """

    words: list[str]
    forms: list[str]
    lemmas: list[str]
    tags: list[str]
    finite: list[bool]
    marks: list[bool]

    def verb(self, i: int) -> bool:
        """Whether word `i` is a verb."""
        return self.tags[i] in _VERBS

    def has_verb(self) -> bool:
        """Whether any word is a verb."""
        return not _VERBS.isdisjoint(self.tags)


def row_of(doc: Doc) -> Row:
    """The row of a turn; to be asked for when the model is done with it, since it is kept with the `Doc`."""
    row: Row | None = doc.user_data.get(_ROW)
    if row is None:
        tokens = list(doc)
        tags = [token.pos_ for token in tokens]
        row = doc.user_data[_ROW] = Row(
            words=[token.text for token in tokens],
            forms=[token.lower_ for token in tokens],
            lemmas=[token.lemma_ for token in tokens],
            tags=tags,
            finite=[
                tag in _VERBS and "Fin" in token.morph.get("VerbForm", [])
                for tag, token in zip(tags, tokens, strict=True)
            ],
            marks=[token.is_punct for token in tokens],
        )
    return row


def to_row(span: Span) -> Row:
    """The row of a part of a turn."""
    row, part = row_of(span.doc), slice(span.start, span.end)
    return Row(
        row.words[part],
        row.forms[part],
        row.lemmas[part],
        row.tags[part],
        row.finite[part],
        row.marks[part],
    )
