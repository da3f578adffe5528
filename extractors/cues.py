"""Cues: the turns of phrase by which Dutch speakers wish, refuse, value, fear, promise, hedge or report.

The knowledge stands in `patterns/cues/*.yaml`, one file a kind, each cue with examples that the tests
run. The component `izp_cues` finds them all in one pass; the other components read what it found.

A phrase is a row of words, each of them one of

    wil          this word (in any case)
    wil|wou      one of these words
    {want}       one of the words of the set `want` (`patterns/words.yaml`)
    <slapen>     a form of this word, by its lemma
    _            any one word
    ...          up to four words, or none; never across a comma or the end of a sentence
    niet?        this word (or one of these, or of this set), or nothing
    ^  and  $    the start and the end of a clause
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from spacy.language import Language
from spacy.tokens import Doc, Span

import extractors.attributes  # noqa: F401  registers the attributes set here
from extractors.rows import Row, to_row

PATTERNS = Path(__file__).parent / "patterns"
CLAUSES = "izp_clauses"
CUES = "izp_cues"
GAP = 4
_WORD = re.compile(r"[^\s{}<>^$?]+")

Schema = TypeVar("Schema", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Piece:
    """One place of a phrase: a word by its form or its lemma, or any word, perhaps absent."""

    kind: Literal["form", "lemma", "any"]
    words: frozenset[str] = frozenset()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """A compiled phrase. It is looked for from its anchor, the place of one of its own words, both ways.

    `beside` holds the words right before and right behind the anchor, None where those can be any. Mostly
    they are others, and there is nothing to look for.
    """

    cue_id: str
    cancels: bool
    before: tuple[Piece, ...]
    anchor: Piece
    after: tuple[Piece, ...]
    at_start: bool
    at_end: bool
    beside: tuple[frozenset[str] | None, frozenset[str] | None]


class PatternError(ValueError):
    """A pattern file breaks its schema; the message names the file and the entry."""


class Strict(BaseModel):
    """A part of a pattern file: an unknown key is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Examples(Strict):
    """Sentences that a cue must and must not be found in."""

    match: tuple[str, ...] = Field(min_length=1)
    no_match: tuple[str, ...] = ()


class Cue(Strict):
    """One way of saying something. A find that overlaps a find of `unless` does not count."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    phrases: tuple[str, ...] = Field(min_length=1)
    unless: tuple[str, ...] = ()
    examples: Examples


class CueFile(Strict):
    """All cues of one kind; the kind is the file's name."""

    about: str
    cues: tuple[Cue, ...]


class WordSets(Strict):
    """Closed sets of words that phrases name in braces, and the one form of pronouns that have several."""

    sets: dict[str, tuple[str, ...]]
    one_form: dict[str, str]


def read_yaml(path: Path, schema: type[Schema]) -> Schema:
    """A pattern file, checked by its schema.

    Raises:
        PatternError: the file is no YAML, or breaks the schema.
    """
    try:
        return schema.model_validate(yaml.load(path.read_text("utf-8"), yaml.CSafeLoader))
    except (yaml.YAMLError, ValidationError) as error:
        raise PatternError(f"{path.name}: {error}") from error


def word_sets() -> dict[str, tuple[str, ...]]:
    """The sets of `patterns/words.yaml` by name."""
    return _read_words().sets


def one_form(word: str) -> str:
    """A pronoun in the form that stands for all of its forms ("wij": we); any other word as it is."""
    return _read_words().one_form.get(word, word)


@cache
def _read_words() -> WordSets:
    return read_yaml(PATTERNS / "words.yaml", WordSets)


@cache
def load_cues() -> dict[str, Cue]:
    """All cues by their full id: the kind, a dot, and the cue's own id ("wish.want")."""
    return {
        f"{path.stem}.{cue.id}": cue
        for path in sorted((PATTERNS / "cues").glob("*.yaml"))
        for cue in read_yaml(path, CueFile).cues
    }


def compile_phrase(phrase: str, cue_id: str = "", *, cancels: bool = False) -> Phrase:
    """A phrase as the finder looks for it.

    Raises:
        PatternError: the phrase has no word of its own, or names a set that does not exist.
    """
    parts = phrase.split()
    at_start, at_end = parts[:1] == ["^"], parts[-1:] == ["$"]
    pieces: list[Piece] = []
    for part in parts[at_start : len(parts) - at_end]:
        pieces += [Piece("any", optional=True)] * GAP if part == "..." else [_compile_piece(part, phrase)]
    anchors = [i for i, piece in enumerate(pieces) if piece.words and not piece.optional]
    if not anchors:
        raise PatternError(f"phrase without a word of its own: {phrase!r}")
    anchor = min(anchors, key=lambda i: (_frequency(pieces[i]), i))
    before, after = pieces[:anchor][::-1], pieces[anchor + 1 :]
    return Phrase(
        cue_id,
        cancels,
        before=tuple(before),
        anchor=pieces[anchor],
        after=tuple(after),
        at_start=at_start,
        at_end=at_end,
        beside=(_first_words(before), _first_words(after)),
    )


def _first_words(pieces: Sequence[Piece]) -> frozenset[str] | None:
    """The forms that the first of some pieces must have; None where it can have others too."""
    needed = pieces and pieces[0].kind == "form" and not pieces[0].optional
    return pieces[0].words if needed else None


def _compile_piece(part: str, phrase: str) -> Piece:
    optional = part.endswith("?")
    part = part.removesuffix("?")
    if part == "_":
        return Piece("any", optional=optional)
    words: list[str] = []
    for word in part.strip("<>").split("|"):
        if word.startswith("{") and word.endswith("}"):
            if word[1:-1] not in word_sets():
                raise PatternError(f"unknown word set in phrase: {phrase!r}")
            words += word_sets()[word[1:-1]]
        elif _WORD.fullmatch(word):
            words.append(word)
        else:
            raise PatternError(f"no word, set or lemma: {part!r} in phrase {phrase!r}")
    return Piece("lemma" if part.startswith("<") else "form", frozenset(words), optional)


def _frequency(piece: Piece) -> int:
    """How common the words of a piece are, roughly: a phrase is quickest found from its rarest word."""
    return sum(10 if word in word_sets()["frequent"] else 1 for word in piece.words)


@cache
def _phrases(kind: Literal["form", "lemma"]) -> dict[str, tuple[Phrase, ...]]:
    """All phrases whose anchor is of a kind, by each word of it."""
    phrases: dict[str, list[Phrase]] = defaultdict(list)
    for cue_id, cue in load_cues().items():
        for cancels, texts in ((False, cue.phrases), (True, cue.unless)):
            for text in texts:
                phrase = compile_phrase(text, cue_id, cancels=cancels)
                for word in phrase.anchor.words if phrase.anchor.kind == kind else ():
                    phrases[word].append(phrase)
    return {word: tuple(found) for word, found in phrases.items()}


@Language.component("izp_cues", requires=["doc.spans", "token.lemma"], assigns=["doc.spans"])
def find_cues(doc: Doc) -> Doc:
    """Sets `doc.spans["izp_cues"]`, each span labelled with its cue's full id, and each clause's `izp_cues`.

    A cue lies within one clause (`doc.spans["izp_clauses"]`). A clause may have one cue more than once;
    of finds that start at the same word only the longest stays.
    """
    cues: list[Span] = []
    for clause in doc.spans[CLAUSES]:
        found = list(_in_clause(clause))
        clause._.izp_cues = frozenset(cue.label_ for cue in found)
        cues += found
    doc.spans[CUES] = cues
    return doc


def _in_clause(clause: Span) -> Iterator[Span]:
    row, by_form, by_lemma = to_row(clause), _phrases("form"), _phrases("lemma")
    longest: dict[tuple[int, str], int] = {}
    cancelled: list[tuple[str, int, int]] = []
    around = ["", *row.forms, ""]
    for at, (form, lemma) in enumerate(zip(row.forms, row.lemmas, strict=True)):
        for phrases in (by_form.get(form), by_lemma.get(lemma)):
            for phrase in phrases or ():
                before, behind = phrase.beside
                if (before and around[at] not in before) or (behind and around[at + 2] not in behind):
                    continue
                for start, end in _finds(phrase, at, row):
                    if phrase.cancels:
                        cancelled.append((phrase.cue_id, start, end))
                    else:
                        longest[start, phrase.cue_id] = max(end, longest.get((start, phrase.cue_id), 0))
    for (start, cue_id), end in sorted(longest.items()):
        if not any(cue_id == other and start < stop and begin < end for other, begin, stop in cancelled):
            yield Span(clause.doc, clause.start + start, clause.start + end, label=cue_id)


def _finds(phrase: Phrase, at: int, row: Row) -> Iterator[tuple[int, int]]:
    """All (start, end) of a phrase whose anchor stands at word `at` of the clause."""
    if phrase.at_start and at > len(phrase.before):
        return
    ends = _walk(phrase.after, at + 1, 1, row)
    if phrase.at_end:
        ends = {end for end in ends if all(row.marks[end:])}
    if ends:
        for start in _walk(phrase.before, at - 1, -1, row):
            if not phrase.at_start or start == -1:
                yield from ((start + 1, end) for end in ends)


def _walk(pieces: Sequence[Piece], at: int, step: int, row: Row) -> set[int]:
    """The places just past `pieces`, read from word `at` in the direction of `step`."""
    places = {at}
    for piece in pieces:
        words, column = piece.words, row.lemmas if piece.kind == "lemma" else row.forms
        past = {
            place + step
            for place in places
            if 0 <= place < len(column) and (column[place] in words if words else not row.marks[place])
        }
        places = places | past if piece.optional else past
        if not places:
            break
    return places
