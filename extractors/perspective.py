"""Perspective: whose view a statement is, and whether someone else speaks for them.

Whose view it is, not who speaks (annotation guide, "perspective"): what a mother tells of her child's
wishes is the child's, reported; a professional's summary is the family's, reported. In notes the
writer is no go-between. Where nothing tells, the perspective is unknown, with the reason.
"""

from dataclasses import dataclass

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span

import extractors.attributes  # noqa: F401  registers the attributes set here
from extractors.concepts import limit_concepts
from extractors.evidence import role_of
from extractors.people import mention, mention_in
from extractors.schema import Category, Conversation, Perspective, Role, Turn
from extractors.statements import STATEMENTS, load_decision, reading_of
from extractors.tables import log_shares
from extractors.views import PERSPECTIVES, VIEWS, view_chances, wisher

UNMAPPED = "niet bekend wie deze spreker is"
BOTH_ADDRESSED = "niet bekend wie van het gezin dit zei"
UNDECIDED = "de notitie vertelt niet duidelijk wiens standpunt dit is"
NOBODY_NAMED = "de notitie noemt niet wiens standpunt dit is"
NO_VIEW_OF_OTHERS: frozenset[Category] = frozenset(("context", "agreement", "action_point"))
"""What a parent tells as a fact, agrees on or takes on is the parent's, also where it is about the child."""

LEAST = 0.5
"""With less probability than this for one perspective, it is unknown whose view a line of a note gives."""

DECISIVE = 0.8
"""The least probability with which the words alone tell whose view a statement of an unknown speaker is."""

_SUBJECT_WORDS = 3
_VIEWS: dict[Role, Perspective] = {"child": "child", "parent": "parent", "care_team": "care_team"}


@dataclass(frozen=True)
class View:
    """A perspective, whether it is reported, and why it is unknown where it is."""

    perspective: Perspective
    reported: bool = False
    reason: str | None = None


@Language.component("izp_perspective", requires=["doc.spans"], assigns=["span._.izp_perspective"])
def assign_perspective(doc: Doc) -> Doc:
    """Sets `izp_perspective`, `izp_reported` and `izp_perspective_reason` of the statements of a turn."""
    turn: Turn = doc._.izp_turn
    conversation: Conversation = doc._.izp_conversation
    role = role_of(conversation, turn)
    for statement in doc.spans[STATEMENTS]:
        spoken = turn.block == "speech"
        view = _spoken(statement, role, conversation) if spoken else _written(statement)
        statement._.izp_perspective = view.perspective
        statement._.izp_reported = view.reported
        statement._.izp_perspective_reason = view.reason
    return doc


def _spoken(statement: Span, role: Role | None, conversation: Conversation) -> View:
    """The view of a statement in a transcript, from who speaks and for whom."""
    if role == "other":
        return View("unknown", reason=UNMAPPED)
    if role is None:
        return _read(statement)
    if role == "interpreter":
        return _interpreted(statement)
    category: Category = statement._.izp_category
    if category == "action_point":
        return View(_owner_view(statement, conversation) or _VIEWS[role])
    cues = statement._.izp_cues
    if role == "care_team":
        return _given_back(statement, cues, conversation)
    if role == "parent":
        return _told_by_family(statement, cues)
    if role == "child" and "reported.says_that" in cues and mention_in(statement, len(statement)) == "parent":
        return View("parent", reported=True)
    return View(_VIEWS[role])


def _read(statement: Span) -> View:
    """The view of what a speaker says who is not known, where the words tell it decisively.

    Whose wish about a treatment with limits it is, is never told by the words alone.
    """
    if not limit_concepts().isdisjoint(statement._.izp_topics):
        return View("unknown", reason=UNMAPPED)
    chances = np.exp(reading_of(statement, "view", VIEWS))
    own, told = chances[::2], chances[1::2]
    most = int((own + told).argmax())
    if own[most] + told[most] < DECISIVE:
        return View("unknown", reason=UNMAPPED)
    return View(PERSPECTIVES[most], bool(told[most] > own[most]))


def _told_by_family(statement: Span, cues: frozenset[str]) -> View:
    """What a relative says: for the child, for somebody who is named as saying it, or for oneself."""
    if not cues & _SPEAKS_FOR or _own_words(statement):
        return View("parent")
    named = mention_in(statement, _SUBJECT_WORDS) if "reported.says_that" in cues else None
    if named in ("parent", "care_team"):
        return View(_VIEWS[named], reported=True)
    return View("parent") if statement._.izp_category in NO_VIEW_OF_OTHERS else View("child", reported=True)


def _interpreted(statement: Span) -> View:
    """An interpreter who speaks for a parent is the parent, reported; or whoever is named as saying it."""
    named = mention_in(statement, _SUBJECT_WORDS) if "reported.says_that" in statement._.izp_cues else None
    return View("parent" if named is None else _VIEWS[named], reported=True)


_VIEW_CUES = ("wish.", "refusal.", "concern.", "reported.", "value.love")
_SPEAKS_FOR = frozenset(("reported.reads_child", "reported.says_that"))


def _own_words(statement: Span) -> bool:
    """Whether a family member says "ik" or "we" before any "hij" or "ze": then it is their own view."""
    for token in statement:
        if token.lower_ in ("ik", "we", "wij", "'k"):
            return True
        if token.lower_ in ("hij", "ze", "zij", "ie"):
            return False
    return False


def _given_back(statement: Span, cues: frozenset[str], conversation: Conversation) -> View:
    """A professional's words: the family's where they are given back to it, otherwise the team's own."""
    retold = mention_in(statement, _SUBJECT_WORDS)
    if retold in ("child", "parent") and any(cue.startswith(_VIEW_CUES) for cue in cues):
        return View(_VIEWS[retold], reported=True)
    if cues & _SPEAKS_FOR and statement._.izp_category not in NO_VIEW_OF_OTHERS and not _own_words(statement):
        return View("child", reported=True)
    if not any(cue.startswith("summary.") for cue in cues) or _says(statement, "ik"):
        return View("care_team")
    named = mention(
        [token.lower_ for token in statement if token.lower_ not in ("ik", "wij")], statement.doc._.izp_people
    )
    if named not in ("child", "parent"):
        heard = _family_heard(statement.doc, conversation)
        if _says(statement, "jullie") or _says(statement, "u"):
            named = "parent"
        elif len(heard) > 1:
            return View("unknown", reported=True, reason=BOTH_ADDRESSED)
        else:
            named = next(iter(heard), None)
    return View("care_team") if named is None else View(_VIEWS[named], reported=True)


def _says(statement: Span, word: str) -> bool:
    return any(token.lower_ == word for token in statement)


def _family_heard(doc: Doc, conversation: Conversation) -> set[Role]:
    """The roles of the family members who spoke in the three turns before."""
    heard: set[Role] = set()
    before: Doc | None = doc._.izp_previous
    for _ in range(3):
        if before is None:
            break
        role = role_of(conversation, before._.izp_turn)
        if role in ("child", "parent"):
            heard.add(role)
        before = before._.izp_previous
    return heard


def _written(statement: Span) -> View:
    """The view of a statement in a note: whose wish it gives in so many words, else by the evidence."""
    category: Category = statement._.izp_category
    named = wisher(statement)
    if named in _VIEWS and category not in ("agreement", "action_point"):
        return View(_VIEWS[named])
    chances = view_chances(statement)
    if chances is None:
        if category in NO_VIEW_OF_OTHERS:
            return View("care_team")  # what a note states without naming anyone is its writer's
        return View("unknown", reason=NOBODY_NAMED)
    reading = load_decision().view * np.array(reading_of(statement, "view", VIEWS))
    chances = np.exp(log_shares(np.log(np.maximum(chances, 1e-9)) + reading))
    own, told = chances[::2], chances[1::2]
    most = int((own + told).argmax())
    reported = bool(told[most] > own[most])
    if own[most] + told[most] < LEAST:
        return View("unknown", reported, UNDECIDED)
    return View(PERSPECTIVES[most], reported)


def _owner_view(statement: Span, conversation: Conversation) -> Perspective | None:
    owner: str | None = statement._.izp_owner
    if owner is None:
        return None
    participant = conversation.participant(owner)
    role = participant.role if participant else mention(owner.lower().split(), statement.doc._.izp_people)
    return _VIEWS.get(role) if role is not None else None
