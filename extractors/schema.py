"""The records that every step passes on: a conversation, and what was found in it.

All models are frozen: a step gives a new record, it never changes one it was given.
Offsets count characters (Unicode code points) in `Conversation.text`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import cached_property
from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

Kind = Literal["het_belangrijk", "samenwerkingsgesprek", "pzp"]
Role = Literal["child", "parent", "care_team", "interpreter", "other"]
Perspective = Literal["child", "parent", "care_team", "unknown"]
Category = Literal["value", "goal", "preference", "agreement", "action_point", "concern", "context"]
Domain = Literal["fysiek", "psychologisch", "sociaal", "spiritueel", "pedagogisch", "veiligheid"]
Polarity = Literal["affirmed", "negated"]
Certainty = Literal["firm", "tentative", "conditional"]
FlagType = Literal[
    "conflict",
    "tentative",
    "missing_owner",
    "missing_due",
    "proxy_only",
    "treatment_limit",
    "open_question",
    "unclear_speaker",
]
Block = Literal["speech", "paragraph", "list_item", "cell", "heading", "header"]

CATEGORIES: tuple[Category, ...] = get_args(Category)
DOMAINS: tuple[Domain, ...] = get_args(Domain)
POLARITIES: tuple[Polarity, ...] = get_args(Polarity)
CERTAINTIES: tuple[Certainty, ...] = get_args(Certainty)
FLAG_TYPES: tuple[FlagType, ...] = get_args(FlagType)


class Record(BaseModel):
    """What all records share: immutable, no unknown key, and no error that quotes its input."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Participant(Record):
    """One person of the conversation.

    `label` stands in the source to the letter. `role` is None while nobody has said who this is:
    a label is mapped on evidence or left open, never guessed. `function` is the role in the
    speaker's own words ("moeder", "kinderarts"); `name` a name found beside the label.
    `because` says where the mapping comes from: "label", "header", "introduction", "address", "file" or
    "voice" (inferred from all that the speaker says: a reader should confirm it).
    """

    label: str
    role: Role | None = None
    function: str | None = None
    name: str | None = None
    because: tuple[str, ...] = ()


class Turn(Record):
    """One turn of speech, or one block of a note: the smallest part of the source that is accounted for.

    `text` equals `Conversation.text[start:end]`. `begin_s` and `end_s` are seconds into the
    recording, None where the source has no times. `section` holds the headings above a block,
    outermost first; for a table cell also the row's and the column's heading. A `heading` or
    `header` (title, date, who was there) carries no statements. `role` is only for a turn without a label:
    who spoke, where what was said tells it decisively; a reader should confirm it.
    """

    index: int = Field(ge=0)
    label: str | None = None
    role: Role | None = None
    text: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    begin_s: float | None = None
    end_s: float | None = None
    block: Block = "speech"
    section: tuple[str, ...] = ()


class Flag(Record):
    """What a reviewer must still resolve.

    `statements` holds statement ids, `turns` turn indexes; both empty when the flag is about the whole
    file. `note` is a fixed Dutch sentence, without words of the source.
    """

    type: FlagType
    statements: tuple[str, ...] = ()
    turns: tuple[int, ...] = ()
    note: str


class Conversation(Record):
    """A conversation as read from one file, whatever its format was.

    `source` is the file's name, `sha256` the hash of its bytes (hex), `format` the reader that took it.
    `text` is the normalised source: what was said and written, without timings and markup.
    """

    id: str
    source: str
    sha256: str
    format: str
    kind: Kind = "het_belangrijk"
    date: dt.date | None = None
    child: str | None = None
    text: str
    participants: tuple[Participant, ...] = ()
    turns: tuple[Turn, ...] = ()
    flags: tuple[Flag, ...] = ()

    @model_validator(mode="after")
    def _turns_stand_in_text(self) -> Self:
        for position, turn in enumerate(self.turns):
            if turn.index != position:
                raise ValueError(f"turn {position} has index {turn.index}")
            if self.text[turn.start : turn.end] != turn.text:
                raise ValueError(f"turn {position} does not stand at its span in the text")
        return self

    @cached_property
    def _by_label(self) -> dict[str, Participant]:
        return {participant.label: participant for participant in self.participants}

    def participant(self, label: str | None) -> Participant | None:
        """The participant that a turn's label stands for, or None."""
        return self._by_label.get(label) if label is not None else None


class Statement(Record):
    """Something that was said and that a plan should hold: a verbatim quote with its place and its reading.

    `quote` equals `Conversation.text[start:end]` and lies within turn `turn`. `question` is the question
    it answers, verbatim, where the quote leans on one; `lead` the words before its colon ("PEG").
    `topics` are concept ids of the lexicon ("resuscitation"), `because` the ids of the patterns that
    fired. `owner` and `due` belong to action points: who takes it, as said; an ISO date where it can be
    computed, else the words.
    `confidence` lies between 0 and 1. An unknown perspective has its reason in `perspective_reason`.
    """

    id: str
    quote: str
    turn: int = Field(ge=0)
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    begin_s: float | None = None
    perspective: Perspective
    perspective_reason: str | None = None
    speaker: str | None = None
    reported: bool = False
    category: Category
    domains: tuple[Domain, ...] = Field(min_length=1, max_length=3)
    polarity: Polarity = "affirmed"
    certainty: Certainty = "firm"
    owner: str | None = None
    due: str | None = None
    question: str | None = None
    lead: str | None = None
    topics: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    confidence: float = Field(default=1.0, ge=0.0, le=1.0)

    @model_validator(mode="after")
    def _says_why_unknown(self) -> Self:
        if (self.perspective == "unknown") != (self.perspective_reason is not None):
            raise ValueError("perspective_reason goes with an unknown perspective, and only with that")
        return self


class Named(Record):
    """The turns that name a treatment with limits (`topic`: its concept id), in a statement or not."""

    topic: str
    turns: tuple[int, ...] = Field(min_length=1)


class HeldLimits(Record):
    """The treatments with limits (`topics`: concept ids) that a statement is about, whatever the talk says.

    Its readers saw it so. None at all is told too.
    """

    statement: str
    topics: tuple[str, ...] = ()


class Findings(Record):
    """What was found in one conversation, in the order of the source.

    `limits_named` tells of every treatment with limits where it is named at all: one that somebody
    asked about was not left undiscussed, whatever came of it. `to_review` holds what may be a statement,
    with less confidence than the threshold: a reader decides. None of them is in `statements` too.
    `limits_held` holds what readers saw statements to be about; what was just found has none.
    """

    conversation: str
    statements: tuple[Statement, ...] = ()
    to_review: tuple[Statement, ...] = ()
    flags: tuple[Flag, ...] = ()
    limits_named: tuple[Named, ...] = ()
    limits_held: tuple[HeldLimits, ...] = ()

    @property
    def domains_not_discussed(self) -> tuple[Domain, ...]:
        """The domains that no statement lists, `context` left out (annotation guide)."""
        discussed = {
            domain
            for statement in self.statements
            if statement.category != "context"
            for domain in statement.domains
        }
        return tuple(domain for domain in DOMAINS if domain not in discussed)

    def unused_turns(self, conversation: Conversation) -> tuple[Turn, ...]:
        """The turns that no statement quotes, one to review included; headings and header lines left out."""
        used = {statement.turn for statement in (*self.statements, *self.to_review)}
        return tuple(
            turn
            for turn in conversation.turns
            if turn.index not in used and turn.block not in ("heading", "header")
        )


def statement_id(conversation_id: str, start: int, end: int) -> str:
    """The id of a statement: the same span of the same file gives the same id in every extraction."""
    digest = hashlib.sha256(f"{conversation_id}:{start}:{end}".encode()).hexdigest()
    return f"s{digest[:12]}"
