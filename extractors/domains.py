"""The domains of a statement: which of the six of the IZP it belongs to, the most fitting first.

The concepts of the lexicon tell: those in the statement itself most, then those in the question it
answers and in the rest of its turn, then what was talked about shortly before. Its category and the headings
above it tip the scales. How much each counts stands in `patterns/domains.yaml`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from pydantic import Field
from spacy.language import Language
from spacy.tokens import Doc, Span

from extractors.attributes import previous_of, turn_of
from extractors.concepts import CONCEPTS, Concept, load_lexicon
from extractors.cues import PATTERNS, Strict, read_yaml
from extractors.schema import DOMAINS, Category, Domain
from extractors.statements import STATEMENTS, load_decision, reading_of

FALLBACK = "domain.fallback"
MOST_DOMAINS = 3
_NAMED = "izp_named_concepts"

if not Doc.has_extension("izp_lately"):
    Doc.set_extension("izp_lately", default=None)

Points = Mapping[Domain, float]
_Named = tuple[int, int, Concept]


class Places(Strict):
    """How much the points of a concept count by the place it was found in."""

    statement: float
    question: float
    turn: float
    turn_before: float
    heading: float
    lately: float


class Scales(Strict):
    """The weights of `patterns/domains.yaml`; the file says what each means."""

    shares: tuple[float, ...] = Field(min_length=MOST_DOMAINS, max_length=MOST_DOMAINS)
    weak: float
    places: Places
    fading: float
    question_lately: float
    categories: dict[Category, dict[Domain, float]]
    named_heading: float
    headings: dict[Domain, tuple[str, ...]]
    further_domain: float


@cache
def load_scales() -> Scales:
    """The weights, read once."""
    return read_yaml(PATTERNS / "domains.yaml", Scales)


class Evidence(NamedTuple):
    """What tells about the domains of one statement: concepts by where they were found, and more.

    `lately` holds the points of what was talked about shortly before (see `remember`), `headings` the
    headings above the statement as they stand there, `reading` the log probabilities of the trained readers.
    """

    statement: tuple[Concept, ...] = ()
    question: tuple[Concept, ...] = ()
    turn: tuple[Concept, ...] = ()
    turn_before: tuple[Concept, ...] = ()
    heading: tuple[Concept, ...] = ()
    headings: tuple[str, ...] = ()
    lately: Points = MappingProxyType({})
    category: Category | None = None
    reading: Points = MappingProxyType({})

    @property
    def is_thin(self) -> bool:
        """Whether nothing in or directly about the statement speaks for a domain: it will be a guess."""
        told = self.statement + self.question + self.heading
        return all(concept.weak for concept in told) and not named_domains(self.headings)


def rank_domains(evidence: Evidence) -> tuple[Domain, ...]:
    """The one to three domains that the evidence speaks for, best first.

    The points of all places are added up; the domain with the most is the first. Another is named too where
    its odds, on the logarithmic scale on which the weights were chosen, come near those of the first.
    """
    weights = weigh_domains(evidence)
    ranked = sorted(DOMAINS, key=lambda domain: -weights[domain])
    nearness = math.log(load_scales().further_domain)
    return tuple(
        domain for domain in ranked[:MOST_DOMAINS] if weights[domain] - weights[ranked[0]] >= nearness
    )


def weigh_domains(evidence: Evidence) -> dict[Domain, float]:
    """The weight of each domain, given the evidence."""
    scales = load_scales()
    places = scales.places
    weights = dict.fromkeys(DOMAINS, 0.0)

    def add(points: Points, factor: float) -> None:
        for domain, value in points.items():
            weights[domain] += factor * value

    add(points_of(evidence.statement), places.statement)
    add(evened(points_of(evidence.question)), places.question)
    add(evened(points_of(evidence.turn)), places.turn)
    add(evened(points_of(evidence.turn_before)), places.turn_before)
    add(evened(points_of(evidence.heading)), places.heading)
    add(dict.fromkeys(named_domains(evidence.headings), 1.0), scales.named_heading)
    add(evidence.lately, places.lately)
    if evidence.category is not None:
        add(scales.categories.get(evidence.category, {}), 1.0)
    add(evidence.reading, load_decision().domain)
    return weights


def points_of(concepts: Iterable[Concept]) -> Points:
    """What some concepts bring to each of their domains; a concept that is named twice counts once."""
    scales = load_scales()
    points: dict[Domain, float] = defaultdict(float)
    for concept in {concept.id: concept for concept in concepts}.values():
        for domain, share in zip(concept.domains, scales.shares, strict=False):
            points[domain] += share * (scales.weak if concept.weak else 1.0)
    return points


def evened(points: Points) -> Points:
    """The same points on a scale up to 1, so that a long turn weighs little more than a short one."""
    total = sum(points.values())
    return {domain: value / (1 + total) for domain, value in points.items()}


def named_domains(headings: Iterable[str]) -> tuple[Domain, ...]:
    """The domains that headings name outright ("Sociaal", "Medisch, kort")."""
    words = [word for heading in headings for word in heading.lower().split()]
    stems = load_scales().headings
    return tuple(
        domain
        for domain in DOMAINS
        if any(word.startswith(stem) for word in words for stem in stems.get(domain, ()))
    )


def remember(lately: Points, evidence: Evidence) -> Points:
    """What was talked about lately, once the statement with this evidence has been made."""
    scales = load_scales()
    said, asked = evened(points_of(evidence.statement)), evened(points_of(evidence.question))
    return {
        domain: scales.fading * lately.get(domain, 0.0)
        + said.get(domain, 0.0)
        + scales.question_lately * asked.get(domain, 0.0)
        for domain in DOMAINS
    }


class DomainRanker:
    """The component `izp_domains`: sets `izp_domains` on each statement.

    Where that is a guess from the surroundings, `izp_because` gets `domain.fallback`. The component stands
    after `izp_concepts` and `izp_statements`.
    """

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp
        self._lexicon = load_lexicon()
        self._headings: dict[str, tuple[Concept, ...]] = {}

    def __call__(self, doc: Doc) -> Doc:
        """Sets the domains of the statements of one turn."""
        before = previous_of(doc)
        lately: Points = (before._.izp_lately if before is not None else None) or {}
        named = self._named(doc)
        each_once = {} if before is None else {concept.id: concept for *_, concept in self._named(before)}
        named_before = tuple(each_once.values())
        for statement in doc.spans.get(STATEMENTS, ()):
            evidence = self._evidence(statement, named, named_before, lately)
            read = statement._
            read.izp_domains = rank_domains(evidence)
            if evidence.is_thin:
                read.izp_because = (*read.izp_because, FALLBACK)
            lately = remember(lately, evidence)
        doc._.izp_lately = lately
        return doc

    def _evidence(
        self, statement: Span, named: Sequence[_Named], before: tuple[Concept, ...], lately: Points
    ) -> Evidence:
        """The evidence of a statement, given the concepts of its turn, and those of the turn before."""
        headings = turn_of(statement.doc).section
        read = statement._
        question: Span | None = read.izp_question
        start, end = statement.start, statement.end
        return Evidence(
            statement=tuple(concept for first, last, concept in named if first < end and start < last),
            question=() if question is None else self._within(question),
            turn=tuple(concept for first, last, concept in named if first >= end or start >= last),
            turn_before=before,
            heading=tuple(concept for heading in headings for concept in self._in_heading(heading)),
            headings=headings,
            lately=lately,
            category=read.izp_category,
            reading=dict(zip(DOMAINS, reading_of(statement, "domain", DOMAINS), strict=True)),
        )

    def _named(self, doc: Doc) -> list[_Named]:
        """The concepts of a turn, each with its first token and the one after its last."""
        if (
            _NAMED not in doc.user_data
        ):  # asked for by every statement that answers a question, and by later turns
            spans = doc.spans.get(CONCEPTS, ())
            doc.user_data[_NAMED] = [(span.start, span.end, self._lexicon[span.label_]) for span in spans]
        named: list[_Named] = doc.user_data[_NAMED]
        return named

    def _within(self, part: Span) -> tuple[Concept, ...]:
        start, end = part.start, part.end
        return tuple(c for first, last, c in self._named(part.doc) if first < end and start < last)

    def _in_heading(self, heading: str) -> tuple[Concept, ...]:
        if heading not in self._headings:
            doc = self._nlp.get_pipe("izp_concepts")(self._nlp.make_doc(heading))
            self._headings[heading] = tuple(concept for *_, concept in self._named(doc))
        return self._headings[heading]


@Language.factory("izp_domains", requires=["doc.spans"], assigns=["span._.izp_domains", "span._.izp_because"])
def make_domain_ranker(nlp: Language, name: str) -> DomainRanker:  # noqa: ARG001  spaCy calls it with both
    """Makes the component `izp_domains`."""
    return DomainRanker(nlp)
