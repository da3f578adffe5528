"""Rows: the words of a turn as plain lists, read once for all components.

Lists are quicker to walk than tokens: spaCy makes a new object for each token that is asked for, and a new
string for each of its words.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from spacy.attrs import LEMMA, MORPH, ORTH, POS  # type: ignore[import-not-found]  # compiled, without stubs
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

QUOTES = frozenset("\"“”„«»'‘’")
"""The marks around somebody's own words."""

_VERBS = frozenset(("VERB", "AUX"))
_ROW = "izp_row"


class Row(NamedTuple):
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
        row = doc.user_data[_ROW] = _read(doc)
    return row


def _read(doc: Doc) -> Row:
    known = _known(doc.vocab)
    orths, lemmas, tags, morphs = doc.to_array([ORTH, LEMMA, POS, MORPH]).T.tolist()
    words = [known.words[orth] for orth in orths]
    classes = [known.classes[both] for both in zip(tags, morphs, strict=True)]
    return Row(
        words=[word for word, _, _ in words],
        forms=[form for _, form, _ in words],
        lemmas=[known.words[lemma][0] for lemma in lemmas],
        tags=[tag for tag, _ in classes],
        finite=[finite for _, finite in classes],
        marks=[mark for _, _, mark in words],
    )


class _Words(dict[int, tuple[str, str, bool]]):
    """Each word by its key in a vocabulary: as it stands, in lower case, and whether it is punctuation."""

    def __init__(self, vocab: Vocab) -> None:
        self._vocab = vocab

    def __missing__(self, key: int) -> tuple[str, str, bool]:
        if not key:  # no lemma
            return "", "", False
        word = self._vocab[key]
        self[key] = word.text, word.lower_, word.is_punct
        return self[key]


class _Classes(dict[tuple[int, int], tuple[str, bool]]):
    """Each word class by the keys of tag and features: its name, and whether it is a finite verb."""

    def __init__(self, vocab: Vocab) -> None:
        self._strings = vocab.strings

    def __missing__(self, key: tuple[int, int]) -> tuple[str, bool]:
        tag, features = (self._strings[part] for part in key)
        self[key] = tag, tag in _VERBS and "VerbForm=Fin" in features.split("|")
        return self[key]


class _Known(NamedTuple):
    words: _Words
    classes: _Classes


@lru_cache(maxsize=2)
def _known(vocab: Vocab) -> _Known:
    """What was read of a vocabulary before: spaCy makes a new string each time it is asked for one."""
    return _Known(_Words(vocab), _Classes(vocab))


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
