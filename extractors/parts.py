"""Parts of a statement: what is said, and the conditions, reasons and reports around it.

"Als hij stikt wil ik geen buis, want dan lijdt hij" refuses in its main part only. Whether something is
refused (`extractors.polarity`) and whether it hangs on something (`extractors.certainty`) is read from
the parts. The words that open them stand in `patterns/parts.yaml`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from extractors.cues import PATTERNS, Strict, read_yaml
from extractors.rows import Row

PartKind = Literal["main", "condition", "reason", "complement", "relative", "report"]

SHORT_REPORT = 4
"""The most words before a comma that only say that something is said ("hij zei laatst, ...")."""


class PartWords(Strict):
    """The words of `patterns/parts.yaml`."""

    conditions: frozenset[str]
    conditions_first: frozenset[str]
    reasons: frozenset[str]
    reasons_inside: frozenset[str]
    relatives: frozenset[str]
    relatives_inside: frozenset[str]
    maar_stays_behind: frozenset[str]
    and_then: frozenset[str]
    compares: frozenset[str]
    resumes: frozenset[str]
    says: frozenset[str]
    fillers: frozenset[str]
    negations: frozenset[str]
    noes: frozenset[str]
    subjects: dict[str, frozenset[str]]
    verbs: dict[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a statement, as offsets into its `Row`; marks at its ends are left out."""

    kind: PartKind
    start: int
    end: int


WORDS = read_yaml(PATTERNS / "parts.yaml", PartWords)
DENIALS = WORDS.negations | WORDS.noes
_NOUNS = frozenset(("NOUN", "PROPN"))
_NAMING = frozenset(("DET", "NOUN", "PROPN", "PRON"))
_QUOTES = frozenset("'\"’‘“”")
_POINTS = frozenset(("dat", "dit"))


def by_word(classes: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """The class of each word, from the words of each class."""
    return {word: name for name, words in classes.items() for word in words}


SUBJECTS = by_word(WORDS.subjects)
VERBS = by_word(WORDS.verbs)


def cut_parts(row: Row) -> list[Part]:
    """The parts of a statement in their order; marks belong to none."""
    parts: list[Part] = []
    start, kind = 0, _first_kind(row, 0, parts)
    for i in range(len(row.forms)):
        if row.marks[i] and row.words[i] not in _QUOTES:
            _close(parts, kind, start, i)
            start = i + 1
            kind = _first_kind(row, start, parts)
        elif i > start and (opened := _opened(row, i, start, kind)):
            _close(parts, kind, start, i)
            start, kind = i, opened
    _close(parts, kind, start, len(row.forms))
    return _without_reports(row, _verb_first(row, parts))


def _verb_first(row: Row, parts: list[Part]) -> list[Part]:
    """The parts, with the first as a condition where it begins with its verb: "Is ze stervende, dan niet"."""
    for first, following in pairwise(parts[:3]):
        if first.kind != "main" or row.forms[following.start] != "dan" or first.end - first.start < 2:
            continue
        subject = row.forms[first.start + 1] in SUBJECTS or row.tags[first.start + 1] in _NAMING
        if row.finite[first.start] and subject:
            return [replace(part, kind="condition") if part is first else part for part in parts]
    return parts


def _close(parts: list[Part], kind: PartKind, start: int, end: int) -> None:
    if end > start:
        parts.append(Part(kind, start, end))


def _first_kind(row: Row, i: int, parts: Sequence[Part]) -> PartKind:
    """What a part is that begins at word `i`, the first of the statement or behind a mark."""
    if i >= len(row.forms):
        return "main"
    word = row.forms[i]
    if word in WORDS.conditions or (word in WORDS.conditions_first and i == 0):
        return "condition"
    if word in WORDS.reasons:
        return "reason"
    if parts and word in WORDS.relatives and i + 1 < len(row.forms) and not row.verb(i + 1):
        return "relative"
    if parts and parts[-1].kind == "main" and _begins_complement(row, i):
        return "complement"
    return "main"


def _opened(row: Row, i: int, start: int, kind: PartKind) -> PartKind | None:
    """What begins at word `i` within a part that has no mark before it; None where the part goes on."""
    if kind in ("condition", "reason"):
        return "main" if _resumes(row, i, start) else None
    word, before = row.forms[i], row.forms[i - 1]
    if word in WORDS.conditions and word != "behalve" and not (word == "als" and before in WORDS.compares):
        return "condition"
    if word in WORDS.reasons_inside and i - start >= 2:
        return "reason"
    if word == "maar" and before not in WORDS.maar_stays_behind:
        return "main"
    if word == "en" and i + 1 < len(row.forms):
        return "main" if row.forms[i + 1] in DENIALS | WORDS.and_then else None
    if _begins_complement(row, i) and any(row.finite[start:i]):
        return "complement"
    if word in WORDS.relatives_inside and row.tags[i - 1] in _NOUNS and i + 1 < len(row.forms):
        return None if row.verb(i + 1) else "relative"
    return None


def _resumes(row: Row, i: int, start: int) -> bool:
    """Whether the main part comes back at word `i` of a condition or reason: "... dan", "... hoeft het"."""
    if i + 1 >= len(row.forms):
        return False
    word = row.forms[i]
    if word == "dan":
        return any(row.verb(k) for k in range(start, i))
    if i - start <= 2:
        return False
    back = word in WORDS.resumes and (row.forms[i + 1] in SUBJECTS or row.forms[i + 1] in ("van", "maar"))
    return back or (row.finite[i] and row.verb(i - 1))


def _begins_complement(row: Row, i: int) -> bool:
    """Whether "dat" or "of" at word `i` opens a clause, and does not point ("dat wil ik niet")."""
    if row.forms[i] not in ("dat", "of") or i + 1 >= len(row.forms):
        return False
    word, tag = row.forms[i + 1], row.tags[i + 1]
    if word in SUBJECTS and word not in _POINTS:
        return True
    return tag in _NAMING and word not in DENIALS


def _without_reports(row: Row, parts: Sequence[Part]) -> list[Part]:
    """The parts, with those that only say that something is said marked as a report.

    What is said that way counts as the main part: "ik heb gezegd dat ik het niet wil".
    """
    told: list[Part] = []
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        if part.kind == "main" and following and _only_reports(row, part, following):
            told.append(replace(part, kind="report"))
        elif part.kind == "complement" and told and told[-1].kind == "report":
            told.append(replace(part, kind="main"))
        else:
            told.append(part)
    return told


def _only_reports(row: Row, part: Part, following: Part) -> bool:
    words = row.forms[part.start : part.end]
    if not DENIALS.isdisjoint(words):
        return False
    mark = row.forms[part.end]
    if mark == ":":
        return True
    if WORDS.says.isdisjoint(words):
        return False
    return following.kind == "complement" or (mark == "," and len(words) <= SHORT_REPORT)
