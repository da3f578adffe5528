"""The lexicon: which words stand for which concept of the field, and the component that finds them.

The words live in `patterns/concepts/*.yaml`, one file per area, written to be read and extended by a nurse.
An entry names a concept ("resuscitation"), its Dutch label, the IZP domains it belongs to and the words for
it, with sentences in which it must and must not be found. Those sentences are run as tests.

How a term is read:

- upper and lower case are the same, except for a term of capitals only (`HA`, `OK`): that keeps its case;
- `reanim*` also stands for longer words, `*beademing` for compounds that end so, `*hart*` for both;
- a term of one word is also found by its lemma, so that inflections need not be listed;
- a term of several words is found to the letter and has no star;
- a word with a hyphen or slash that is no term itself ("ic/seh") counts for its parts;
- words under `not` do not count for that entry ("huisarts" is not "huis").
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span, SpanGroup

from extractors.rows import row_of
from extractors.schema import Domain

DIRECTORY = Path(__file__).parent / "patterns" / "concepts"
CONCEPTS = "izp_concepts"
NOT = "not "  # prefix of the keys under which the matcher knows the words that do not count

_SHORTEST_STEM = 3
_SHORTEST_LEMMA = 4


class LexiconError(ValueError):
    """A file of the lexicon that cannot be read. The message names the file, the entry and the fault."""


def _well_formed(term: str) -> str:
    stem = term.strip("*")
    if stem != stem.strip() or not stem:
        raise ValueError(f"term {term!r} is empty or has spaces around it")
    if "*" in stem:
        raise ValueError(f"term {term!r}: a star stands at the start or the end only")
    if stem != term and (" " in stem or len(stem) < _SHORTEST_STEM):
        raise ValueError(f"term {term!r}: a star goes with one word of at least {_SHORTEST_STEM} letters")
    return term


Term = Annotated[str, AfterValidator(_well_formed)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Examples(_Entry):
    """Sentences in which a concept must be found (`match`), and in which it must not (`no_match`)."""

    match: list[str] = Field(min_length=1)
    no_match: list[str] = []


class Concept(_Entry):
    """One entry of the lexicon.

    `area` is the name of its file, `domains` has the most fitting first. `limit` marks a life-prolonging
    or burdensome treatment, sedation or euthanasia: only a physician, physician assistant or nurse
    specialist makes a wish about it an agreement (`treatment_limit` in the annotation guide). `weak`
    marks words that occur in talk about anything ("moeder", "nacht") and so say little about the domain.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: str = Field(min_length=1)
    domains: list[Domain] = Field(min_length=1, max_length=3)
    area: str = ""
    limit: bool = False
    weak: bool = False
    terms: list[Term] = Field(min_length=1)
    not_: list[Term] = Field(default=[], alias="not")
    examples: Examples

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        for name, values in (("domains", self.domains), ("terms", self.terms), ("not", self.not_)):
            twice = sorted(value for value, times in Counter[str](values).items() if times > 1)
            if twice:
                raise ValueError(f"{name}: named twice: {', '.join(twice)}")
        if both := sorted(set(self.terms) & set(self.not_)):
            raise ValueError(f"both under terms and under not: {', '.join(both)}")
        return self


Lexicon = dict[str, Concept]


def read_lexicon(directory: Path) -> Lexicon:
    """Reads every `*.yaml` in `directory`.

    Returns:
        The concepts by id, in the order of the files' names.

    Raises:
        LexiconError: a file is no list of entries, an entry is not well formed, or an id occurs twice.
    """
    lexicon: Lexicon = {}
    for path in sorted(directory.glob("*.yaml")):
        try:
            entries = yaml.load(path.read_text("utf-8"), Loader=_SafeLoader)  # noqa: S506  a safe loader, in C
        except yaml.YAMLError as error:
            raise LexiconError(f"{path.name}: no valid YAML: {error}") from error
        if not isinstance(entries, list):
            raise LexiconError(f"{path.name}: a list of entries is expected")
        for number, entry in enumerate(entries, start=1):
            concept = _entry(entry, f"{path.name}, entry {number}").model_copy(update={"area": path.stem})
            if concept.id in lexicon:
                raise LexiconError(f"{path.name}, entry {number}: id {concept.id!r} occurs twice")
            lexicon[concept.id] = concept
    return lexicon


@lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """The lexicon that comes with the package; read once."""
    return read_lexicon(DIRECTORY)


@lru_cache(maxsize=1)
def limit_concepts() -> frozenset[str]:
    """The ids of the treatments about which a wish is no agreement yet (`limit` in the lexicon)."""
    return frozenset(concept.id for concept in load_lexicon().values() if concept.limit)


_SafeLoader: type[yaml.CSafeLoader] | type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _entry(entry: object, place: str) -> Concept:
    try:
        return Concept.model_validate(entry)
    except ValidationError as error:
        name = entry.get("id") if isinstance(entry, dict) else None
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc']) or 'entry'}: {fault['msg']}"
            for fault in error.errors()
        )
        raise LexiconError(f"{place} ({name}): {faults}") from error


class WordIndex:
    """Which concepts a single word stands for, by its form, its lemma, or the parts of a compound.

    `terms` and `exceptions` hold pairs of a one-word term and a concept id.
    """

    def __init__(self, terms: Iterable[tuple[str, str]], exceptions: Iterable[tuple[str, str]]) -> None:
        self._terms = _WordTable(terms)
        self._exceptions = _WordTable(exceptions)
        self._known: dict[tuple[str, str], frozenset[str]] = {}

    def concepts(self, form: str, lemma: str) -> frozenset[str]:
        """The ids for a word as it stands in the text and its lemma ("" where there is none)."""
        key = (form, lemma)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._look_up(form, lemma)
        return known

    def _look_up(self, form: str, lemma: str) -> frozenset[str]:
        found = self._terms.find(form)
        if len(lemma) >= _SHORTEST_LEMMA:
            found |= self._terms.find(lemma.lower())
        if not found and len(parts := re.split(r"[-/]", form)) > 1:
            found = frozenset[str]().union(*(self._look_up(part, "") for part in parts))
        return found - self._exceptions.find(form)


class _WordTable:
    """One-word terms, exact or starred, each with its concepts."""

    def __init__(self, terms: Iterable[tuple[str, str]]) -> None:
        self._exact: dict[str, set[str]] = {}
        self._capitals: dict[str, set[str]] = {}
        self._starts: dict[str, set[str]] = {}
        self._ends: dict[str, set[str]] = {}
        self._inside: dict[str, set[str]] = {}
        for term, concept in terms:
            stem = term.strip("*")
            if term.startswith("*"):
                table = self._inside if term.endswith("*") else self._ends
            elif term.endswith("*"):
                table = self._starts
            else:
                table = self._capitals if _in_capitals(stem) else self._exact
            table.setdefault(stem if table is self._capitals else stem.lower(), set()).add(concept)

    def find(self, form: str) -> frozenset[str]:
        word = form.lower().replace("’", "'")
        found: set[str] = set(self._exact.get(word, ())) | self._capitals.get(form, set())
        for length in range(_SHORTEST_STEM, len(word) + 1):
            found |= self._starts.get(word[:length], set())
            found |= self._ends.get(word[-length:], set())
        for stem, concepts in self._inside.items():
            if stem in word:
                found |= concepts
        return frozenset(found)


def _in_capitals(term: str) -> bool:
    return term.isalpha() and term.isupper() and len(term) > 1


class ConceptFinder:
    """The component `izp_concepts`: sets `doc.spans["izp_concepts"]`, each span labelled with a concept id.

    Of the matches that start at one word the longest counts; of two of one concept that overlap, the longer,
    then the first. Spans of different concepts may overlap otherwise. They stand in the order of the text.
    """

    def __init__(self, nlp: Language, lexicon: Lexicon) -> None:
        self._matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
        words: list[tuple[str, str]] = []
        exceptions: list[tuple[str, str]] = []
        for concept in lexicon.values():
            for terms, prefix, single in ((concept.terms, "", words), (concept.not_, NOT, exceptions)):
                phrases = {term: _as_phrase(nlp, term) for term in terms}
                single += [(term, concept.id) for term, phrase in phrases.items() if phrase is None]
                self._matcher.add(prefix + concept.id, [doc for doc in phrases.values() if doc is not None])
        self._words = WordIndex(words, exceptions)

    def __call__(self, doc: Doc) -> Doc:
        """Sets the concept spans of one turn."""
        found = [*self._found_words(doc), *self._found_phrases(doc)]
        doc.spans[CONCEPTS] = SpanGroup(
            doc,
            name=CONCEPTS,
            spans=[Span(doc, start, end, label=name) for start, end, name in _longest(found)],
        )
        return doc

    def _found_words(self, doc: Doc) -> Iterator[tuple[int, int, str]]:
        row = row_of(doc)
        for at, (word, lemma) in enumerate(zip(row.words, row.lemmas, strict=True)):
            for name in self._words.concepts(word, lemma):
                yield at, at + 1, name

    def _found_phrases(self, doc: Doc) -> Iterator[tuple[int, int, str]]:
        strings = doc.vocab.strings
        for key, start, end in self._matcher(doc):
            yield start, end, strings[key]


def _as_phrase(nlp: Language, term: str) -> Doc | None:
    """A term of several tokens as the pipeline splits it; None for a single word."""
    words = term.split()
    if "*" in term or (len(words) == 1 and term.isalnum()):
        return None
    if all(word.isalnum() for word in words):
        return Doc(nlp.vocab, words=words)
    doc = nlp.make_doc(term)
    return doc if len(doc) > 1 else None


def _longest(found: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Applies the overlap rules of `ConceptFinder` to (start, end, key) triples of words and phrases."""
    barred: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for start, end, name in found:
        if name.startswith(NOT):
            barred[name.removeprefix(NOT)].append((start, end))
    allowed = [
        match
        for match in found
        if not match[2].startswith(NOT)
        and not any(
            start < match[1] and match[0] < end and end - start >= match[1] - match[0]
            for start, end in barred.get(match[2], ())
        )
    ]
    reach: dict[int, int] = {}
    for start, end, _ in allowed:
        reach[start] = max(end, reach.get(start, end))
    kept: list[tuple[int, int, str]] = []
    taken: set[tuple[int, str]] = set()
    for start, end, name in sorted(allowed, key=lambda match: (match[0] - match[1], match[0])):
        places = {(at, name) for at in range(start, end)}
        if end == reach[start] and taken.isdisjoint(places):
            kept.append((start, end, name))
            taken |= places
    return sorted(kept, key=lambda match: (match[0], match[1], match[2]))


@Language.factory("izp_concepts", assigns=["doc.spans"])
def make_concept_finder(nlp: Language, name: str) -> ConceptFinder:  # noqa: ARG001  spaCy calls it with both
    """Makes the component `izp_concepts` with the lexicon of the package."""
    return ConceptFinder(nlp, load_lexicon())
