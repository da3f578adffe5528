"""Perspective: whose view a statement is, and whether someone else speaks for them.

Whose view it is, not who speaks (annotation guide, "perspective"): what a mother tells of her child's
wishes is the child's, reported; a professional's summary is the family's, reported. In notes the
writer is no go-between. Where nothing tells, the perspective is unknown, with the reason.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc, Span

import extractors.attributes  # noqa: F401  registers the attributes set here
from extractors.cues import CLAUSES, word_sets
from extractors.people import mention, mention_in
from extractors.schema import Category, Conversation, Perspective, Role, Turn
from extractors.sections import section_kinds
from extractors.statements import STATEMENTS, role_of

UNMAPPED = "niet bekend wie deze spreker is"
BOTH_ADDRESSED = "niet bekend wie van het gezin dit zei"
NOBODY_NAMED = "de notitie noemt niet wiens standpunt dit is"
NO_VIEW_OF_OTHERS: frozenset[Category] = frozenset(("context", "agreement", "action_point"))
"""What a parent tells as a fact, agrees on or takes on is the parent's, also where it is about the child."""

_SUBJECT_WORDS = 3
_OPENING = frozenset(("volgens", "vlgs", "vlgs.", "vlg", "namens", "via"))
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
    subjects = {} if turn.block == "speech" else _subjects(doc)
    for statement in doc.spans[STATEMENTS]:
        if turn.block == "speech":
            view = _spoken(statement, role, conversation)
        else:
            view = _written(statement, subjects.get(statement.start), conversation)
        statement._.izp_perspective = view.perspective
        statement._.izp_reported = view.reported
        statement._.izp_perspective_reason = view.reason
    return doc


def _spoken(statement: Span, role: Role | None, conversation: Conversation) -> View:
    """The view of a statement in a transcript, from who speaks and for whom."""
    if role in (None, "other"):
        return View("unknown", reason=UNMAPPED)
    if role == "interpreter":
        return _interpreted(statement)
    category: Category = statement._.izp_category
    if category == "action_point":
        return View(_owner_view(statement, conversation) or _VIEWS[role])
    cues = statement._.izp_cues
    if role == "care_team":
        return _given_back(statement, cues, conversation)
    if (
        role == "parent"
        and category not in NO_VIEW_OF_OTHERS
        and cues & _SPEAKS_FOR
        and not _own_words(statement)
    ):
        return View("child", reported=True)
    if role == "child" and "reported.says_that" in cues and mention_in(statement, len(statement)) == "parent":
        return View("parent", reported=True)
    return View(_VIEWS[role])


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


def _written(statement: Span, named: Role | None, conversation: Conversation) -> View:
    """The view of a statement in a note: from whom the line names, then the lines and headings above it."""
    category: Category = statement._.izp_category
    if category == "action_point":
        owner = _owner_view(statement, conversation)
        return View(owner or "care_team")
    if (category == "context" and named != "parent") or (category == "agreement" and named is None):
        return View("care_team")  # what a note states without naming anyone is its writer's
    if named is None:
        return View("care_team") if category in NO_VIEW_OF_OTHERS else View("unknown", reason=NOBODY_NAMED)
    if named == "parent" and _opens_with_source(statement) and (about := _about(statement)):
        return View(about, reported=True)
    return View(_VIEWS[named])


def _subjects(doc: Doc) -> dict[int, Role]:
    """By the first token of a clause of a note: whom it is about.

    That is whom the clause names, else the person in a heading above, else whom the clause before named,
    else the child where a heading asks about the child ("Wie ben je").
    """
    turn: Turn = doc._.izp_turn
    headed = _headed(turn.section, doc._.izp_people)
    asked: Role | None = "child" if _asks_the_child(turn.section) else None
    subjects: dict[int, Role] = {}
    before: Role | None = None
    for clause in doc.spans[CLAUSES]:
        named = _named(clause)
        before = named or before
        if subject := named or headed or before or asked:
            subjects[clause.start] = subject
    return subjects


def _named(statement: Span) -> Role | None:
    """Whom the clause names as its subject: before its colon, or in its first words."""
    lead: Span | None = statement._.izp_lead
    if lead is not None and (role := mention([token.lower_ for token in lead], statement.doc._.izp_people)):
        return role
    if _opens_with_source(statement):
        return mention_in(statement, _SUBJECT_WORDS)
    words = [token.lower_ for token in statement[:_SUBJECT_WORDS]]
    before_object = itertools.takewhile(lambda word: word not in word_sets()["not_subject"], words)
    return mention(list(before_object), statement.doc._.izp_people)


def _headed(section: Sequence[str], people: Mapping[str, Role]) -> Role | None:
    """Whom the headings above name, the nearest first; one that names several roles names nobody."""
    for heading in reversed(section):
        roles = {role for word in _words(heading) if (role := mention([word], people))}
        if roles:
            return roles.pop() if len(roles) == 1 else None
    return None


def _asks_the_child(section: Sequence[str]) -> bool:
    kinds = {kind for heading in section for kind in section_kinds(heading)}
    words = {word for heading in section for word in _words(heading)}
    return bool(kinds & {"identity", "experience"} or words & {"je", "jij", "jou"})


def _words(heading: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in heading.lower()).split()


def _opens_with_source(statement: Span) -> bool:
    return statement[0].lower_ in _OPENING


def _about(statement: Span) -> Perspective | None:
    """The child, where the clause after "volgens oma" says what the child wants or feels."""
    rest = [token.lower_ for token in statement[2:]]
    cues = statement._.izp_cues
    wants = any(cue.startswith(("wish.", "refusal.", "value.", "reported.reads")) for cue in cues)
    return (
        "child"
        if wants
        and (mention(rest, statement.doc._.izp_people) == "child" or {"hij", "ze", "zij"} & set(rest))
        else None
    )


def _owner_view(statement: Span, conversation: Conversation) -> Perspective | None:
    owner: str | None = statement._.izp_owner
    if owner is None:
        return None
    participant = conversation.participant(owner)
    role = participant.role if participant else mention(owner.lower().split(), statement.doc._.izp_people)
    return _VIEWS.get(role) if role is not None else None
