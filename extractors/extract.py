"""From a conversation to its findings: the pipeline of components, and the one function that runs it."""

from collections.abc import Iterator, Sequence

from spacy.language import Language
from spacy.tokens import Doc, Span

import extractors.actions
import extractors.certainty
import extractors.clauses
import extractors.concepts
import extractors.cues
import extractors.domains
import extractors.perspective
import extractors.polarity
import extractors.questions
import extractors.statements  # noqa: F401  each of these registers its component
from extractors.concepts import CONCEPTS, limit_concepts
from extractors.flags import find_flags
from extractors.language import load_model
from extractors.people import known_people
from extractors.schema import Conversation, Findings, Named, Statement, Turn, statement_id
from extractors.statements import STATEMENTS
from extractors.topics import is_just_asked

COMPONENTS = (
    "izp_clauses",
    "izp_concepts",
    "izp_cues",
    "izp_questions",
    "izp_topics",
    "izp_statements",
    "izp_polarity",
    "izp_certainty",
    "izp_actions",
    "izp_perspective",
    "izp_domains",
)


def load(model: str | None = None) -> Language:
    """The pipeline that reads conversations: a Dutch model and the components of this package.

    Args:
        model: An installed spaCy pipeline to use instead of the shipped one ("nl_core_news_md").

    Raises:
        ModelError: The model is not installed or not usable.
    """
    nlp = load_model(model)
    if nlp.has_pipe("parser"):
        nlp.remove_pipe("parser")  # no component reads a parse, and it takes as long as all of them together
    for component in COMPONENTS:
        nlp.add_pipe(component)
    return nlp


def extract(conversation: Conversation, nlp: Language) -> Findings:
    """The statements and flags of a conversation, in the order of the source."""
    docs = list(nlp.pipe(to_docs(conversation, nlp)))
    statements = tuple(to_record(span) for doc in docs for span in doc.spans[STATEMENTS])
    return Findings(
        conversation=conversation.id,
        statements=statements,
        flags=find_flags(conversation, statements),
        limits_named=limits_named(docs),
    )


def limits_named(docs: Sequence[Doc]) -> tuple[Named, ...]:
    """The treatments with limits that are named anywhere, each with its turns."""
    turns: dict[str, list[int]] = {}
    for doc in docs:
        for topic in dict.fromkeys(span.label_ for span in doc.spans[CONCEPTS]):
            if topic in limit_concepts():
                turns.setdefault(topic, []).append(doc._.izp_turn.index)
    return tuple(Named(topic=topic, turns=tuple(turns[topic])) for topic in sorted(turns))


def to_docs(conversation: Conversation, nlp: Language) -> Iterator[Doc]:
    """One tokenised `Doc` a turn, linked to the turn before it."""
    people = known_people(conversation)
    previous: Doc | None = None
    for turn in conversation.turns:
        doc = nlp.make_doc(turn.text)
        doc._.izp_conversation = conversation
        doc._.izp_turn = turn
        doc._.izp_previous = previous
        doc._.izp_people = people
        previous = doc
        yield doc


def to_record(span: Span) -> Statement:
    """The statement that the components made of a span."""
    turn: Turn = span.doc._.izp_turn
    conversation: Conversation = span.doc._.izp_conversation
    start, end = turn.start + span.start_char, turn.start + span.end_char
    question: Span | None = span._.izp_question
    leans = question is not None and span._.izp_leans and is_just_asked(span, question)
    lead: Span | None = span._.izp_lead
    return Statement(
        id=statement_id(conversation.id, start, end),
        quote=span.text,
        turn=turn.index,
        start=start,
        end=end,
        begin_s=turn.begin_s,
        perspective=span._.izp_perspective,
        perspective_reason=span._.izp_perspective_reason,
        speaker=turn.label,
        reported=span._.izp_reported,
        category=span._.izp_category,
        domains=span._.izp_domains,
        polarity=span._.izp_polarity,
        certainty=span._.izp_certainty,
        owner=span._.izp_owner,
        due=span._.izp_due,
        question=question.text if question is not None and leans else None,
        lead=lead.text if lead is not None else None,
        topics=span._.izp_topics,
        because=span._.izp_because,
        confidence=span._.izp_confidence,
    )
