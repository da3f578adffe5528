"""Perspective: whose view a statement is, and whether someone else speaks for them.

Whose view it is, not who speaks (annotation guide, "perspective"): what a mother tells of her child's
wishes is the child's, reported; a professional's summary is the family's, reported. In notes the
writer is no go-between. Where nothing tells, the perspective is unknown, with the reason.
"""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span

from extractors.attributes import conversation_of, people_of, previous_of, turn_of
from extractors.concepts import limit_concepts
from extractors.evidence import role_of
from extractors.people import mention
from extractors.schema import Category, Conversation, Perspective, Role
from extractors.spoken_views import named_wisher, spoken_view_chances
from extractors.statements import STATEMENTS, load_decision, reading_of
from extractors.tables import Row, log_shares
from extractors.views import PERSPECTIVES, VIEWS, view_chances, wisher
from extractors.voices import OpenSpeakers, open_speakers

UNMAPPED = "niet bekend wie deze spreker is"
BOTH_ADDRESSED = "niet bekend wie van het gezin dit zei"
UNDECIDED = "de notitie vertelt niet duidelijk wiens standpunt dit is"
NOBODY_NAMED = "de notitie noemt niet wiens standpunt dit is"
NO_VIEW_OF_OTHERS: frozenset[Category] = frozenset(("context", "agreement", "action_point"))
"""What a parent tells as a fact, agrees on or takes on is the parent's, also where it is about the child."""

LEAST = 0.5
"""With less probability than this for one perspective, it is unknown whose view a line of a note gives."""

DECISIVE = 0.7
"""The least probability with which the words alone tell whose view a statement of an unknown speaker is."""

_READERS_SHARE = 0.5
"""How much the readers count there: they read the same words that already told who speaks."""

_VIEWS: dict[Role, Perspective] = {"child": "child", "parent": "parent", "care_team": "care_team"}

_NAMED_BY: dict[Role, tuple[Role, ...]] = {
    "parent": ("child", "parent"),
    "care_team": ("child", "parent"),
    "interpreter": ("child", "parent", "care_team"),
}
"""Whose words somebody with this role gives, where a statement names them as wishing or saying it."""


@dataclass(frozen=True)
class View:
    """A perspective, whether it is reported, and why it is unknown where it is."""

    perspective: Perspective
    reported: bool = False
    reason: str | None = None


class PerspectiveFinder:
    """The component `izp_perspective`: sets whose view each statement is, whether reported, why unknown.

    `izp_perspective`, `izp_reported` and `izp_perspective_reason`.
    """

    def __call__(self, doc: Doc) -> Doc:
        """Sets the views of one turn that stands by itself."""
        return _with_views(doc, open_speakers(conversation_of(doc)))

    def pipe(self, stream: Iterable[Doc], batch_size: int = 0) -> Iterator[Doc]:  # noqa: ARG002  spaCy gives it
        """Sets the views of whole conversations, each of which is a run of turns in the stream."""
        for _, turns in itertools.groupby(stream, key=lambda doc: id(conversation_of(doc))):
            docs = list(turns)
            speakers = open_speakers(conversation_of(docs[0]))
            yield from (_with_views(doc, speakers) for doc in docs)


@Language.factory("izp_perspective", requires=["doc.spans"], assigns=["span._.izp_perspective"])
def make_perspective_finder(nlp: Language, name: str) -> PerspectiveFinder:  # noqa: ARG001  spaCy calls it with both
    """Makes the component `izp_perspective`."""
    return PerspectiveFinder()


def _with_views(doc: Doc, speakers: OpenSpeakers) -> Doc:
    turn = turn_of(doc)
    role = role_of(conversation_of(doc), turn)
    for statement in doc.spans[STATEMENTS]:
        spoken = turn.block == "speech"
        view = _spoken(statement, role, speakers) if spoken else _written(statement)
        read = statement._
        read.izp_perspective, read.izp_reported = view.perspective, view.reported
        read.izp_perspective_reason = view.reason
    return doc


def _spoken(statement: Span, role: Role | None, speakers: OpenSpeakers) -> View:
    """The view of a statement in a transcript, from who speaks and what the words tell of for whom."""
    if role == "other":
        return View("unknown", reason=UNMAPPED)
    if turn_of(statement.doc).label is None or role is None:
        return _supposed(statement, speakers)
    conversation = conversation_of(statement.doc)
    if statement._.izp_category == "action_point" and role in _VIEWS:
        return View(_owner_view(statement, conversation) or _VIEWS[role])
    named = named_wisher(statement)
    if named in _NAMED_BY.get(role, ()) and statement._.izp_category not in NO_VIEW_OF_OTHERS:
        return View(_VIEWS[named], reported=True)
    if role == "care_team" and _sums_up_for_both(statement, conversation):
        return View("unknown", reported=True, reason=BOTH_ADDRESSED)
    return _most_likely(spoken_view_chances(statement, role), statement)[0]


def _sums_up_for_both(statement: Span, conversation: Conversation) -> bool:
    """Whether a professional sums up what "je" said, where the child and a parent both spoke just before."""
    if not any(cue.startswith("summary.") for cue in statement._.izp_cues):
        return False
    words = {token.lower_ for token in statement}
    if words & {"ik", "u", "jullie"} or mention([t.text for t in statement], people_of(statement.doc)):
        return False
    return _family_heard(statement.doc, conversation) == {"child", "parent"}


def _family_heard(doc: Doc, conversation: Conversation) -> set[Role]:
    """The roles of the family members who spoke in the three turns before."""
    heard: set[Role] = set()
    before = previous_of(doc)
    for _ in range(3):
        if before is None:
            break
        role = role_of(conversation, turn_of(before))
        if role in ("child", "parent"):
            heard.add(role)
        before = previous_of(before)
    return heard


def _supposed(statement: Span, speakers: OpenSpeakers) -> View:
    """The view of what a speaker says who is not known, where all that is said tells it decisively.

    Whose wish about a treatment with limits it is, is never told by the words alone.
    """
    if not limit_concepts().isdisjoint(statement._.izp_topics):
        return View("unknown", reason=UNMAPPED)
    roles = speakers.roles(turn_of(statement.doc))
    by_speaker = [chance * spoken_view_chances(statement, role) for role, chance in roles.items()]
    view, chance = _most_likely(np.sum(by_speaker, axis=0), statement, _READERS_SHARE)
    return view if chance >= DECISIVE else View("unknown", reason=UNMAPPED)


def _most_likely(chances: Row, statement: Span, share: float = 1.0) -> tuple[View, float]:
    """The likeliest view and its chance, from what the evidence gives for `VIEWS` and what the readers do."""
    reading = share * load_decision().view * np.array(reading_of(statement, "view", VIEWS))
    both = np.exp(log_shares(np.log(np.maximum(chances, 1e-9)) + reading))
    own, told = both[::2], both[1::2]
    most = int((own + told).argmax())
    return View(PERSPECTIVES[most], bool(told[most] > own[most])), float(own[most] + told[most])


def _written(statement: Span) -> View:
    """The view of a statement in a note: whose wish it gives in so many words, else by the evidence."""
    category: Category = statement._.izp_category
    if category == "action_point":
        taken_on = _owner_view(statement, conversation_of(statement.doc))
        if taken_on in ("parent", "care_team"):
            return View(taken_on)
    named = wisher(statement)
    if named in _VIEWS and category not in ("agreement", "action_point"):
        return View(_VIEWS[named])
    chances = view_chances(statement)
    if chances is None:
        if category in NO_VIEW_OF_OTHERS:
            return View("care_team")  # what a note states without naming anyone is its writer's
        return View("unknown", reason=NOBODY_NAMED)
    view, chance = _most_likely(chances, statement)
    return view if chance >= LEAST else View("unknown", view.reported, UNDECIDED)


def _owner_view(statement: Span, conversation: Conversation) -> Perspective | None:
    owner: str | None = statement._.izp_owner
    if owner is None:
        return None
    participant = conversation.participant(owner)
    role = participant.role if participant else mention(owner.lower().split(), people_of(statement.doc))
    return _VIEWS.get(role) if role is not None else None
