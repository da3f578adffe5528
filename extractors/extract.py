"""From a conversation to its findings: the pipeline of components, and the one function that runs it."""

import gc
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
from extractors.attributes import conversation_of, turn_of
from extractors.concepts import CONCEPTS, limit_concepts
from extractors.flags import find_flags
from extractors.known_people import known_people
from extractors.language import load_model
from extractors.readers import load_readers
from extractors.schema import Conversation, Findings, Named, Statement, statement_id
from extractors.statements import STATEMENTS, is_sure, load_decision
from extractors.topics import is_just_asked
from extractors.voices import with_voices

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
    """The pipeline that reads conversations, ready to be used.

    Args and errors are those of `make_pipeline`.
    """
    nlp = make_pipeline(model)
    load_readers()
    gc.freeze()  # all this stays: the garbage collector need not go through it with every conversation
    return nlp


def make_pipeline(model: str | None = None) -> Language:
    """A Dutch model and the components of this package, which read what was learned when it is needed.

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


def extract(conversation: Conversation, nlp: Language, threshold: float | None = None) -> Findings:
    """The statements and flags of a conversation, in the order of the source.

    Args:
        conversation: The conversation, as the intake read it.
        nlp: The pipeline that `load` made.
        threshold: How likely (0 to 1) a clause must be a statement to stand in the plan; a less likely one
            is `to_review`. None is the threshold the readers were fitted with.
    """
    return find(with_voices(conversation), nlp, threshold)


def find(conversation: Conversation, nlp: Language, threshold: float | None = None) -> Findings:
    """The statements and flags of a conversation whose speakers `with_voices` told; see `extract`."""
    threshold = load_decision().threshold if threshold is None else threshold
    docs = list(nlp.pipe(to_docs(conversation, nlp)))
    found = [(span, is_sure(span, threshold)) for doc in docs for span in doc.spans[STATEMENTS]]
    statements = tuple(to_record(span) for span, sure in found if sure)
    named = limits_named(docs)
    return Findings(
        conversation=conversation.id,
        statements=statements,
        to_review=tuple(to_record(span) for span, sure in found if not sure),
        flags=find_flags(conversation, statements, named),
        limits_named=named,
    )


def limits_named(docs: Sequence[Doc]) -> tuple[Named, ...]:
    """The treatments with limits that are named anywhere, each with its turns."""
    turns: dict[str, list[int]] = {}
    for doc in docs:
        for topic in dict.fromkeys(span.label_ for span in doc.spans[CONCEPTS]):
            if topic in limit_concepts():
                turns.setdefault(topic, []).append(turn_of(doc).index)
    return tuple(Named(topic=topic, turns=tuple(turns[topic])) for topic in sorted(turns))


def to_docs(conversation: Conversation, nlp: Language) -> Iterator[Doc]:
    """One tokenised `Doc` a turn, linked to the turn before it."""
    people = known_people(conversation)
    previous: Doc | None = None
    for turn in conversation.turns:
        doc = nlp.make_doc(turn.text)
        read = doc._
        read.izp_conversation, read.izp_turn = conversation, turn
        read.izp_previous, read.izp_people = previous, people
        previous = doc
        yield doc


def to_record(span: Span) -> Statement:
    """The statement that the components made of a span."""
    turn, conversation = turn_of(span.doc), conversation_of(span.doc)
    start, end = turn.start + span.start_char, turn.start + span.end_char
    read = span._
    question: Span | None = read.izp_question
    leans = question is not None and read.izp_leans and is_just_asked(span, question)
    lead: Span | None = read.izp_lead
    return Statement(
        id=statement_id(conversation.id, start, end),
        quote=span.text,
        turn=turn.index,
        start=start,
        end=end,
        begin_s=turn.begin_s,
        perspective=read.izp_perspective,
        perspective_reason=read.izp_perspective_reason,
        speaker=turn.label,
        reported=read.izp_reported,
        category=read.izp_category,
        domains=read.izp_domains,
        polarity=read.izp_polarity,
        certainty=read.izp_certainty,
        owner=read.izp_owner,
        due=read.izp_due,
        question=question.text if question is not None and leans else None,
        lead=lead.text if lead is not None else None,
        topics=read.izp_topics,
        because=read.izp_because,
        confidence=read.izp_confidence,
    )
