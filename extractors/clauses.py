"""Clauses: the spans of a turn that can each be a statement of their own.

A sentence with two wishes is two statements (annotation guide, "quote"). A sentence is cut at the
conjunctions and marks that join two thoughts; the filler around a clause ("ja, nou, eh") falls away.
"""

from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc, Span

import extractors.attributes  # noqa: F401  registers the attributes set here
from extractors.cues import CLAUSES, PATTERNS, Strict, read_yaml

MAX_LEAD = 4
"""The most words before a colon that still name a subject ("PEG: liever nu") and are not a clause."""
SHORTEST_MAIN_CLAUSE = 4
"""The fewest words before a comma that can stand without what follows it."""


class ClauseWords(Strict):
    """The words of `patterns/clauses.yaml`."""

    filler_before: frozenset[str]
    filler_after: frozenset[str]
    filler_after_comma: frozenset[str]
    joins_always: frozenset[str]
    joins_two_verbs: frozenset[str]
    subjects: frozenset[str]
    conditions: frozenset[str]
    limits: frozenset[str]


WORDS = read_yaml(PATTERNS / "clauses.yaml", ClauseWords)
_DASHES = frozenset("-–—")
_VERBS = frozenset(("VERB", "AUX"))


@Language.component(
    "izp_clauses", requires=["token.pos", "token.morph", "token.is_sent_start"], assigns=["doc.spans"]
)
def find_clauses(doc: Doc) -> Doc:
    """Sets `doc.spans["izp_clauses"]` and each clause's `izp_lead` and `izp_is_question`."""
    clauses: list[Span] = []
    for sentence in doc.sents:
        for start, end, lead in _cut(sentence):
            start, end = _without_filler(doc, start, end)
            if any(not token.is_punct for token in doc[start:end]):
                clause = doc[start:end]
                clause._.izp_lead = lead
                clauses.append(clause)
    doc.spans[CLAUSES] = clauses
    return doc


def by_clause(doc: Doc, key: str) -> dict[int, list[Span]]:
    """The spans of `doc.spans[key]` by the first token of the clause they begin in."""
    clause_of = {i: clause.start for clause in doc.spans[CLAUSES] for i in range(clause.start, clause.end)}
    found: dict[int, list[Span]] = {}
    for span in doc.spans.get(key, ()):
        if span.start in clause_of:
            found.setdefault(clause_of[span.start], []).append(span)
    return found


def _cut(sentence: Span) -> Iterator[tuple[int, int, Span | None]]:
    """The pieces of a sentence as token offsets, each with the lead before it."""
    doc = sentence.doc
    start, lead = sentence.start, None
    for i in range(sentence.start, sentence.end):
        token = doc[i]
        if token.text == ":" and _is_lead(doc[start:i]) and i + 1 < sentence.end:
            lead, start = doc[start:i], i + 1
        elif i > start and _is_cut(doc, start, i, sentence.end):
            yield start, i, lead
            start, lead = (i + 1 if token.is_punct else i), None
    if start < sentence.end:
        yield start, sentence.end, lead


def _is_lead(before: Span) -> bool:
    return 0 < len(before) <= MAX_LEAD and not _has_verb(before.doc, before.start, before.end)


def _is_cut(doc: Doc, start: int, i: int, end: int) -> bool:
    """Whether a new clause begins at token `i` of the sentence part from `start` to `end`."""
    token = doc[i]
    if token.text == ";" or (token.text in _DASHES and doc[i - 1].whitespace_):
        return True
    if i + 1 >= end or token.is_punct:
        return False
    if not _has_verb(doc, start, i) or _is_open_condition(doc, start, i):
        return False
    word = token.lower_
    if word in WORDS.joins_always:
        return end - i >= 3 and doc[i + 1].lower_ not in WORDS.limits
    if word in WORDS.joins_two_verbs:
        return _has_verb(doc, i + 1, end)
    return (
        doc[i - 1].text == ","
        and word in WORDS.subjects
        and doc[i + 1].pos_ in _VERBS
        and i - start >= SHORTEST_MAIN_CLAUSE
        and doc[start].lower_ not in WORDS.conditions
    )


def _is_open_condition(doc: Doc, start: int, i: int) -> bool:
    """Whether token `i` still stands in the condition that opens a clause ("als hij valt en ...")."""
    return doc[start].lower_ in WORDS.conditions and all(doc[j].text != "," for j in range(start, i))


def _has_verb(doc: Doc, start: int, end: int) -> bool:
    """Whether a part has a finite verb of its own; an infinitive can be a thing ("tekenen en zingen")."""
    return any(doc[i].pos_ in _VERBS and "Fin" in doc[i].morph.get("VerbForm", []) for i in range(start, end))


def _without_filler(doc: Doc, start: int, end: int) -> tuple[int, int]:
    """The span without filler, stage directions "(lacht)" and loose marks around it."""
    while start < end:
        if doc[start].text == "(" and (close := _closing(doc, start, end)) is not None and close + 1 < end:
            start = close + 1
        elif _is_loose_mark(doc[start].text) or (
            doc[start].lower_ in WORDS.filler_before and end - start > 1 and not _asks_back(doc, start, end)
        ):
            start += 1
        else:
            break
    while end > start + 1 and _is_filler_after(doc, start, end - 1):
        end -= 1
    return start, end


def _is_filler_after(doc: Doc, start: int, last: int) -> bool:
    """Whether the last token of a clause says nothing: "ja" does in "nog geen ja", and not behind a comma."""
    word = doc[last].lower_
    return (
        word in {",", ":", ".", ";"}
        or word in WORDS.filler_after
        or (word in WORDS.filler_after_comma and last > start + 1 and doc[last - 1].text in {",", "...", "…"})
    )


def _is_loose_mark(text: str) -> bool:
    return text in {",", ".", "...", "…", "-", "–", "*", "•", ":", ";", "?", "!", "/"} or text.isspace()


def _asks_back(doc: Doc, start: int, end: int) -> bool:
    """Whether only filler and marks follow, so that the first word is the whole answer ("Ja, hoor.")."""
    return all(
        token.is_punct or token.lower_ in WORDS.filler_before or token.lower_ in WORDS.filler_after
        for token in doc[start + 1 : end]
    )


def _closing(doc: Doc, start: int, end: int) -> int | None:
    return next((i for i in range(start + 1, min(end, start + 8)) if doc[i].text == ")"), None)
