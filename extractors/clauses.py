"""Clauses: the spans of a turn that can each be a statement of their own.

A sentence with two wishes is two statements (annotation guide, "quote"). A sentence is cut where
`extractors.cuts` finds that a second thought begins; the filler around a clause ("ja, nou, eh") falls away.
"""

from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc, Span

import extractors.attributes  # noqa: F401  registers the attributes set here
from extractors.cues import CLAUSES
from extractors.cuts import WORDS, after_stage_direction, find_cuts
from extractors.rows import row_of, to_row

MAX_LEAD = 4
"""The most words before a colon that still name a subject ("PEG: liever nu") and are not a clause."""

_LOOSE_AFTER = frozenset((",", ".", ":", ";", "-", "–", "—", "/", "+", "=", "|"))
_LOOSE_BEFORE = _LOOSE_AFTER | {"...", "…", "*", "•", "?", "!"}
_PARTNERS = dict(zip("()[]“”‘’\"'", ")(][”“’‘\"'", strict=True))


@Language.component(
    "izp_clauses", requires=["token.pos", "token.morph", "token.is_sent_start"], assigns=["doc.spans"]
)
def find_clauses(doc: Doc) -> Doc:
    """Sets `doc.spans["izp_clauses"]` and each clause's `izp_lead`."""
    clauses: list[Span] = []
    marks = row_of(doc).marks
    for sentence in doc.sents:
        for start, end, lead in _cut(sentence):
            start, end = _without_filler(doc, start, end)
            if not all(marks[start:end]):
                clause = doc[start:end]
                clause._.izp_lead = lead
                clauses.append(clause)
    doc.spans[CLAUSES] = clauses
    return doc


def _cut(sentence: Span) -> Iterator[tuple[int, int, Span | None]]:
    """The pieces of a sentence as token offsets, each with the lead before it."""
    doc = sentence.doc
    words = row_of(doc).words
    start, lead = sentence.start, None
    cuts = {*find_cuts(sentence), sentence.end}
    for i in range(sentence.start, sentence.end):
        if words[i] == ":" and i + 1 < sentence.end and _is_lead(doc[start:i]):
            lead, start = doc[start:i], i + 1
        elif i + 1 in cuts and start <= i:
            yield start, i + 1, lead
            start, lead = i + 1, None


def _is_lead(before: Span) -> bool:
    """Whether words have no finite verb; an infinitive can be a thing ("tekenen en zingen")."""
    return 0 < len(before) <= MAX_LEAD and not any(to_row(before).finite)


def _without_filler(doc: Doc, start: int, end: int) -> tuple[int, int]:
    """The span without filler, stage directions "(lacht)" and loose marks around it."""
    forms = row_of(doc).forms
    while start < end:
        if (after := after_stage_direction(doc, start, end)) > start:
            start = after
        elif _is_loose(doc, start, start, end) or (
            forms[start] in WORDS.filler_before and end - start > 1 and not _asks_back(doc, start, end)
        ):
            start += 1
        else:
            break
    while end > start + 1 and _is_filler_after(doc, start, end - 1):
        end -= 1
    return start, end


def _is_loose(doc: Doc, i: int, start: int, end: int) -> bool:
    """Whether token `i` at an edge of a piece is a mark that says nothing or whose partner is elsewhere."""
    row = row_of(doc)
    text = row.words[i]
    partner = _PARTNERS.get(text)
    if partner is None:
        return text in (_LOOSE_BEFORE if i == start else _LOOSE_AFTER) or text.isspace()
    words = row.words[start:end]
    if partner == text:
        return words.count(text) % 2 == 1
    return words.count(text) > words.count(partner)


def _is_filler_after(doc: Doc, start: int, last: int) -> bool:
    """Whether the last token of a clause says nothing: "ja" does in "nog geen ja", and not behind a comma."""
    row = row_of(doc)
    word = row.forms[last]
    return (
        _is_loose(doc, last, start, last + 1)
        or word in WORDS.filler_after
        or (
            word in WORDS.filler_after_comma and last > start + 1 and row.words[last - 1] in {",", "...", "…"}
        )
    )


def _asks_back(doc: Doc, start: int, end: int) -> bool:
    """Whether only filler and marks follow, so that the first word is the whole answer ("Ja, hoor.")."""
    row = row_of(doc)
    return all(
        row.marks[i] or row.forms[i] in WORDS.filler_before or row.forms[i] in WORDS.filler_after
        for i in range(start + 1, end)
    )
