"""Cuts: where within a sentence one thought ends and another begins.

A few places are sure: a semicolon, a loose dash, a second wish. A few are never cut: a condition stays
with its consequence, a limit with what it limits, a named thing with the words that take it up ("die
sonde, dat wil ik niet"). Every other place gives named evidence: the words and tags on both sides, the
mark between them, where the verbs stand, how long each side is. A table gives each piece of evidence its
weight (`patterns/cuts.json`), learned from where the quotes of annotated conversations begin and end.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from spacy.tokens import Doc, Span

from extractors.attributes import conversation_of
from extractors.cues import PATTERNS, Strict, read_yaml
from extractors.rows import row_of
from extractors.tables import Sighting, read_table

Decision = Literal["cut", "keep"]
DECISIONS: tuple[Decision, ...] = get_args(Decision)
FILE = PATTERNS / "cuts.json"

LEANING = 1.25
"""How much weight against a cut is overruled: of two thoughts in one clause one is lost, but a thought in two
pieces is still found."""
SMALL_LOSS = 0.2
"""A quote with more words around it is hardly worse up to this loss of word F1: "moeder zegt dat ..."."""
LONG_STRETCH = 7
"""More words than this without a mark can hold two thoughts without a conjunction, as in raw transcripts."""
SHORT_NAME = 4
"""The most words before a comma that only name what is spoken of ("die sonde, dat wil ik niet")."""
LONGEST_DIRECTION = 8
"""The most tokens of a stage direction, its brackets included."""


class ClauseWords(Strict):
    """The words of `patterns/clauses.yaml`."""

    filler_before: frozenset[str]
    filler_after: frozenset[str]
    filler_after_comma: frozenset[str]
    joins_always: frozenset[str]
    joins_two_verbs: frozenset[str]
    conditions: frozenset[str]
    limits: frozenset[str]
    takes_up: frozenset[str]
    wishes: frozenset[str]


WORDS = read_yaml(PATTERNS / "clauses.yaml", ClauseWords)
_JOINS = WORDS.joins_always | WORDS.joins_two_verbs
_FILLER_AFTER = WORDS.filler_after | WORDS.filler_after_comma
_DASHES = frozenset("-–—")
_NEVER_LAST = frozenset(("ADP", "DET"))
_SIZES = ("0", "1", "2", "3", "4", "4", "6", "6", "6")
_MOST = "9"
_NO_MARK = "_"
_HYPHEN = "-"
_LOOSE_DASH = "–"
_SURE = frozenset((";", _LOOSE_DASH))


@dataclass(frozen=True, slots=True)
class Line:
    """The words of a sentence; its marks stand between them.

    `at` holds each word's token offset in the `Doc`, `capitals` tells an abbreviation ("ALS") from a word.
    `marks` holds the marks before a word ("_" for none, "^" before the first), `begins` and `ends` where the
    stretch without marks around it begins and ends.
    """

    at: list[int]
    forms: list[str]
    capitals: list[bool]
    tags: list[str]
    finite: list[bool]
    marks: list[str]
    begins: list[int]
    ends: list[int]
    kind: Literal["talk", "note"]


def find_cuts(sentence: Span) -> list[int]:
    """The token offsets in the `Doc` where a new clause begins within a sentence."""
    line = read_line(sentence)
    table = load_cuts()
    cuts: list[int] = []
    start = 0
    for place in range(1, len(line.at)):
        if _is_sure(line, place) or (
            _can_be_cut(line, place)
            and not _belongs(line, start, place)
            and (
                _wishes_again(line, start, place)
                or sum(filter(None, map(table.get, cut_evidence(line, place)))) > -LEANING
            )
        ):
            cuts.append(line.at[place])
            start = place
    return cuts


def read_line(sentence: Span) -> Line:
    """The words of a sentence with what its cuts are read from."""
    at: list[int] = []
    marks: list[str] = []
    before = ""
    doc = sentence.doc
    row = row_of(doc)
    for i in range(after_stage_direction(doc, sentence.start, sentence.end), sentence.end):
        text = row.words[i]
        if text.isalnum() or any(map(str.isalnum, text)):
            at.append(i)
            marks.append(before or _NO_MARK)
            before = ""
        elif text in _DASHES:
            before += _LOOSE_DASH if i and doc[i - 1].whitespace_ else _HYPHEN
        elif not text.isspace():
            before += text
    marks[:1] = ["^"] * len(marks[:1])  # a sentence may hold marks alone
    turn = doc._.izp_turn  # None where a sentence is read by itself
    begins = [0] * len(at)
    ends = [len(at)] * len(at)
    for i in range(1, len(at)):
        begins[i] = begins[i - 1] if marks[i] == _NO_MARK else i
    for i in range(len(at) - 2, -1, -1):
        ends[i] = ends[i + 1] if marks[i + 1] == _NO_MARK else i + 1
    return Line(
        at=at,
        forms=[row.forms[i] for i in at],
        capitals=[row.words[i].isupper() for i in at],
        tags=[row.tags[i] for i in at],
        finite=[row.finite[i] for i in at],
        marks=marks,
        begins=begins,
        ends=ends,
        kind="note" if turn is not None and (turn.label is None or turn.block != "speech") else "talk",
    )


def after_stage_direction(doc: Doc, start: int, end: int) -> int:
    """Where a part goes on behind a stage direction "(lacht)" at its start; `start` where there is none."""
    words = row_of(doc).words
    if words[start] != "(":
        return start
    last = min(end, start + LONGEST_DIRECTION)
    return next((i + 1 for i in range(start + 1, last) if words[i] == ")" and i + 1 < end), start)


def _is_sure(line: Line, place: int) -> bool:
    return not _SURE.isdisjoint(line.marks[place])


def _can_be_cut(line: Line, place: int) -> bool:
    """Whether a new clause may begin at a word: behind a mark, at a conjunction, or in a long stretch."""
    if line.marks[place] != _NO_MARK or line.forms[place] in _JOINS:
        return True
    return (
        line.ends[place] - line.begins[place] > LONG_STRETCH
        and place - line.begins[place] > 1
        and len(line.at) - place > 1
        and line.tags[place - 1] not in _NEVER_LAST
        and line.tags[place] != "ADJ"
    )


def _belongs(line: Line, start: int, place: int) -> bool:
    """Whether a word belongs to what stands before it, from `start` on, whatever the evidence says."""
    word = line.forms[place]
    if word == "maar" and place + 1 < len(line.forms) and line.forms[place + 1] in WORDS.limits:
        return True
    if word in WORDS.takes_up and line.marks[place] == "," and place - start <= SHORT_NAME:
        return not any(line.finite[start:place])
    while start + 1 < place and line.forms[start] in WORDS.filler_before:
        start += 1
    is_condition = line.forms[start] in WORDS.conditions and not line.capitals[start]
    return is_condition and line.ends[start] >= place and "dan" not in line.forms[start:place]


def _wishes_again(line: Line, start: int, place: int) -> bool:
    """Whether a second wish begins at a word: two wishes are two statements (annotation guide)."""
    joined = line.forms[place] in _JOINS
    if not joined and line.marks[place] != ",":
        return False
    behind = line.forms[place + 1 : place + (3 if joined else 2)]
    return not WORDS.wishes.isdisjoint(behind) and not WORDS.wishes.isdisjoint(line.forms[start:place])


def cut_evidence(line: Line, place: int) -> Iterator[str]:
    """The evidence for and against a cut before a word, as names that the table knows."""
    forms, tags, finite = line.forms, line.tags, line.finite
    mark = line.marks[place][:2]
    begin, end = line.begins[place - 1], line.ends[place]
    word, tag, before, tag_before = forms[place], tags[place], forms[place - 1], tags[place - 1]
    after, tag_after = (forms[place + 1], tags[place + 1]) if place + 1 < end else ("$", "$")
    earlier, tag_earlier = (forms[place - 2], tags[place - 2]) if place - 2 >= begin else ("^", "^")
    said = "V" if any(finite[begin:place]) else "-"
    verb = next((i - place for i in range(place, end) if finite[i]), None)
    says, distance = ("-", "no") if verb is None else ("V", str(min(verb, 4)))
    left, right = f"{_size(place - begin)}{said}", f"{_size(end - place)}{says}"
    shape = f"{mark}{said}{says}"
    last_mark = line.marks[end][0] if end < len(forms) else "$"
    yield "always"
    yield f"mark:{mark}+{line.kind}"
    yield f"shape:{shape}+{line.kind}"
    yield f"word:{mark}{word}"
    yield f"before:{before}"
    yield f"words:{word} {after}"
    yield f"words-before:{earlier} {before}"
    yield f"tags:{mark}{tag_before}|{tag}"
    yield f"tags-after:{mark}|{tag} {tag_after}"
    yield f"tags-before:{mark}{tag_earlier} {tag_before}|"
    yield f"size:{mark}{left}|{right}"
    yield f"left:{mark}{left}"
    yield f"right:{mark}{right}"
    yield f"sentence:{mark}{_size(place)}|{_size(len(forms) - place)}"
    yield f"first:{mark}{forms[begin]}"
    yield f"first-of-all:{mark}{forms[0]}"
    yield f"verb:{mark}{distance}{said}"
    yield f"verb:{mark}{distance}+{tag}"
    yield f"around:{line.marks[begin][0]}{shape}{last_mark}"
    yield f"word:{word}+{shape}"
    yield f"word:{word}+verb:{distance}{said}+{line.kind}"


def _size(words: int) -> str:
    return _SIZES[words] if words < len(_SIZES) else _MOST


@cache
def load_cuts() -> dict[str, float]:
    """How much each piece of evidence speaks for a cut rather than against it, from `patterns/cuts.json`."""
    return {name: (cut - keep) / 100 for name, (cut, keep) in read_table(FILE, DECISIONS).items()}


def cut_examples(doc: Doc, quotes: Collection[Span]) -> Iterator[Sighting]:
    """What the annotated quotes of a turn teach about its cuts, for `learn_table`.

    A place inside a quote is kept, one where a quote begins or ends is cut. Of other places nothing is
    known, and of a place where the words cut off would hardly change the quote ("ja, ...") neither.
    """
    source = conversation_of(doc).id
    for sentence in doc.sents:
        line = read_line(sentence)
        spans = [span for quote in quotes if (span := _words_of(line, quote))]
        kept = {place for start, end in spans for place in range(start + 1, end)}
        cut = _edges(line, spans) - kept
        borders = [0, *sorted(cut), len(line.at)]
        for place in range(1, len(line.at)):
            if _is_sure(line, place) or not _can_be_cut(line, place):
                continue
            evidence = frozenset(cut_evidence(line, place))
            if place in kept:
                yield Sighting(source, evidence, "keep")
            elif place in cut and (loss := _loss(place, borders, spans)) > SMALL_LOSS:
                yield Sighting(source, evidence, "cut", min(1.0, 2 * loss))


def _words_of(line: Line, quote: Span) -> tuple[int, int] | None:
    """Where the words of a quote stand in a sentence, first and past the last; None where none does."""
    words = [i for i, at in enumerate(line.at) if quote.start <= at < quote.end]
    return (words[0], words[-1] + 1) if words else None


def _edges(line: Line, spans: Sequence[tuple[int, int]]) -> set[int]:
    """The places where quotes begin, before the filler that leads to them, and where they end."""
    edges: set[int] = set()
    for start, end in spans:
        while start > 0 and line.forms[start - 1] in WORDS.filler_before:
            start -= 1
        edges.add(start)
        if end < len(line.at) and line.forms[end] not in _FILLER_AFTER:
            edges.add(end)
    return edges - {0}


def _loss(place: int, borders: Sequence[int], spans: Sequence[tuple[int, int]]) -> float:
    """The word F1 that a quote loses when a place where it begins or ends is not cut; two quotes lose all."""
    at = borders.index(place)
    sides = (borders[at - 1], place), (place, borders[at + 1])
    quoted = [
        end - start
        for start, end in sides
        if any(quote_start < end and quote_end > start for quote_start, quote_end in spans)
    ]
    if len(quoted) == len(sides):
        return 1.0
    size = quoted[0]
    return 1 - 2 * size / (size + borders[at + 1] - borders[at - 1])
