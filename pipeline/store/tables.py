"""The tables of the store.

A column that ends in `sealed` is encrypted (`keys.seal`) and can be looked up by no one; the rest is ids,
times, states and numbers. Corrections and audit events are only ever added: triggers in the database refuse
anything else (`migrations`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    String,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Id = String(32)
Word = String(40)


class Moment(TypeDecorator[dt.datetime]):
    """A time in UTC that knows it is, on databases that forget it too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, _dialect: Dialect) -> dt.datetime | None:
        """Refuses a time without a zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(dt.UTC) if value else None

    def process_result_value(self, value: dt.datetime | None, _dialect: Dialect) -> dt.datetime | None:
        """Gives the zone back."""
        return value.replace(tzinfo=dt.UTC) if value and value.tzinfo is None else value


class Table(DeclarativeBase):
    """What all tables share: times in UTC, and names for constraints that are the same on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        dt.datetime: Moment(),
        bytes: LargeBinary(),
        str: String(),
    }


class KeyRow(Table):
    """A key for something else than a child, wrapped: that of the `audit` trail, of `accounts`."""

    __tablename__ = "keys"

    purpose: Mapped[str] = mapped_column(Word, primary_key=True)
    wrapped_by: Mapped[str] = mapped_column(String(16))
    wrapped: Mapped[bytes]


class TemplateRow(Table):
    """A version of a document template; `id` is the hash of its files, `archive` a ZIP of them.

    The one that was chosen last is that of new plans. None is ever deleted: what was made by it can be made
    again.
    """

    __tablename__ = "templates"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    version: Mapped[str] = mapped_column(String(40))
    archive: Mapped[bytes] = mapped_column(deferred=True)
    installed_at: Mapped[dt.datetime]
    chosen_at: Mapped[dt.datetime]


class UserRow(Table):
    """An account. `login` is in lower case, `role` one of `accounts.ROLES`, `function` of a behandelaar.

    `password` is an argon2 hash, None where the hospital's sign-on alone lets this person in (`subject`).
    `failures` counts wrong passwords since the last right one; until `locked_until` none is looked at.
    """

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    login: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(Word)
    function: Mapped[str | None] = mapped_column(Word)
    password: Mapped[str | None]
    subject: Mapped[str | None] = mapped_column(String(400), unique=True)
    totp_sealed: Mapped[bytes | None]
    totp_used: Mapped[int | None]
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[dt.datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime]


class SessionRow(Table):
    """Someone who is signed in. `id` is the hash of what the browser holds, `csrf` is in its forms.

    `proved_at` is when this person showed once more who they are: with the hospital's sign-on, to approve
    something, or with the password, to set up codes.
    """

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]
    proved_at: Mapped[dt.datetime | None]


class SignInRow(Table):
    """A sign-in that is half way: it waits for a code, or for the hospital's sign-on.

    `id` is the hash of what the browser holds, `sealed` what is needed to go on.
    """

    __tablename__ = "sign_ins"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    sealed: Mapped[bytes]
    created_at: Mapped[dt.datetime]


class TokenRow(Table):
    """A token of a user for the API, or a link that works once. `id` is its hash; `purpose` says which."""

    __tablename__ = "tokens"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(Word)
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime | None]
    used_at: Mapped[dt.datetime | None]


class ChildRow(Table):
    """A child who is cared for. What is known of the child is sealed with the child's own key."""

    __tablename__ = "children"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    wrapped_by: Mapped[str] = mapped_column(String(16))
    wrapped: Mapped[bytes]
    about_sealed: Mapped[bytes]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime]


class MemberRow(Table):
    """Who is in the care team of a child, and so may see the child."""

    __tablename__ = "members"

    child_id: Mapped[str] = mapped_column(ForeignKey("children.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    since: Mapped[dt.datetime]
    added_by: Mapped[str] = mapped_column(Id)


class EmergencyAccessRow(Table):
    """Access that somebody took for a while without being in the care team, with the reason."""

    __tablename__ = "emergency_access"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    child_id: Mapped[str] = mapped_column(ForeignKey("children.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    reason_sealed: Mapped[bytes]
    at: Mapped[dt.datetime]
    until: Mapped[dt.datetime]


class ConversationRow(Table):
    """A conversation that was handed in, and how far its draft is.

    `digest` is a keyed hash of the file, so that the same file of a child is known again. `state` is one of
    `conversations.State`, `error` the sentence for the user where it failed. While a worker drafts it,
    `lease_until` lies ahead; `attempts` counts how often one began. `drafting` is the newest, 0 while there
    is none. `changed_at`, `open_points` and `blocking` tell of the plan as it is now: so many points are
    open, so many stand in the way of approval.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("child_id", "digest"),
        Index("ix_conversations_waiting", "state", "lease_until"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    child_id: Mapped[str] = mapped_column(ForeignKey("children.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(Word)
    error: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[dt.datetime | None]
    drafting: Mapped[int] = mapped_column(default=0)
    open_points: Mapped[int] = mapped_column(default=0)
    blocking: Mapped[int] = mapped_column(default=0)
    source_sealed: Mapped[bytes] = mapped_column(deferred=True)
    options_sealed: Mapped[bytes]
    created_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]


class DraftingRow(Table):
    """One reading of a conversation by the program, counted from 1: what it took it for and found in it.

    An earlier one stays: an approved version shows what it was approved on. `extractor` is the version of the
    extraction (`extractors.version`) that finds this, None where it was made before that was kept. Of one
    that another version made, `differences_sealed` tells what is other than before, and `seen_by` who looked
    at that.
    """

    __tablename__ = "draftings"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
    conversation_sealed: Mapped[bytes]
    limits_sealed: Mapped[bytes]
    extractor: Mapped[str | None] = mapped_column(String(64))
    differences_sealed: Mapped[bytes | None]
    seen_by: Mapped[str | None] = mapped_column(Id)
    seen_at: Mapped[dt.datetime | None]


def _of_drafting() -> ForeignKeyConstraint:
    """That a row is part of a drafting, and goes with it."""
    return ForeignKeyConstraint(
        ["conversation_id", "drafting"],
        ["draftings.conversation_id", "draftings.number"],
        ondelete="CASCADE",
    )


class StatementRow(Table):
    """A statement as it was found, in the order of the source; `to_review` if it is one to review."""

    __tablename__ = "statements"
    __table_args__ = (_of_drafting(),)

    conversation_id: Mapped[str] = mapped_column(Id, primary_key=True)
    drafting: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    position: Mapped[int]
    to_review: Mapped[bool]
    sealed: Mapped[bytes]


class FlagRow(Table):
    """A flag as it was raised, in order."""

    __tablename__ = "flags"
    __table_args__ = (_of_drafting(),)

    conversation_id: Mapped[str] = mapped_column(Id, primary_key=True)
    drafting: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(Word)
    sealed: Mapped[bytes]


class CorrectionRow(Table):
    """One correction; `number` counts those of a conversation from 1. Never changed or deleted by itself."""

    __tablename__ = "corrections"
    __table_args__ = (UniqueConstraint("conversation_id", "id"),)

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(Word)
    target: Mapped[str] = mapped_column(String(80))
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[dt.datetime]
    sealed: Mapped[bytes]


class UnmatchedRow(Table):
    """A change in a Word document that no correction stands for, until somebody has worked it in by hand."""

    __tablename__ = "unmatched"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    position: Mapped[int]
    sealed: Mapped[bytes]
    done_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    done_at: Mapped[dt.datetime | None]


class DraftRow(Table):
    """A version of the plan of a conversation.

    `state` is `concept`, `ready` (klaar voor beoordeling) or `approved`; of the first two there is at most
    one, the newest. `content_hash` and `corrections` (how many of them it holds) are set when it is approved.
    It is shown in the template `template_id`. Of a version that was begun only to show an approved one in
    another template, `restyled` is the number of that one, as long as nothing else was changed in it.
    """

    __tablename__ = "drafts"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(Word)
    drafting: Mapped[int]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[dt.datetime]
    ready_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    ready_at: Mapped[dt.datetime | None]
    content_hash: Mapped[str | None] = mapped_column(String(64))
    corrections: Mapped[int | None]
    template_id: Mapped[str | None] = mapped_column(String(64), index=True)
    restyled: Mapped[int | None]


class ApprovalRow(Table):
    """Who approved a version, and what it was bound to. Never changed."""

    __tablename__ = "approvals"
    __table_args__ = (
        ForeignKeyConstraint(
            ["conversation_id", "number"], ["drafts.conversation_id", "drafts.number"], ondelete="CASCADE"
        ),
    )

    conversation_id: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(200))
    function: Mapped[str] = mapped_column(Word)
    at: Mapped[dt.datetime]


class DocumentRow(Table):
    """A file made from a version: that of an approved one stays, of a concept only the last is kept.

    `kind` is `docx`, `pdf` or `family`; `made_from` is the fingerprint of the plan that it shows. The sealed
    file is here, or in the object store under the name `object` (`objects`).
    """

    __tablename__ = "documents"
    __table_args__ = (
        ForeignKeyConstraint(
            ["conversation_id", "number"], ["drafts.conversation_id", "drafts.number"], ondelete="CASCADE"
        ),
    )

    conversation_id: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Word, primary_key=True)
    made_from: Mapped[str] = mapped_column(Word)
    sealed: Mapped[bytes | None] = mapped_column(deferred=True)
    object: Mapped[str | None] = mapped_column(String(100), unique=True)
    created_at: Mapped[dt.datetime]


class RunRow(Table):
    """A run over many plans, to make each again: `kind` is `rerender` or `reextract`.

    It is towards `template_id` or `extractor`. A `trial` changes no plan. `state` is `running`, `done` or
    `cancelled`.
    """

    __tablename__ = "runs"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(Word)
    template_id: Mapped[str | None] = mapped_column(ForeignKey("templates.id"))
    extractor: Mapped[str | None] = mapped_column(String(64))
    trial: Mapped[bool]
    state: Mapped[str] = mapped_column(Word)
    created_by: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]


class RunItemRow(Table):
    """A plan in a run, and what became of it; it goes with the conversation when that is erased.

    `state` is `waiting`, or one of `runs.Outcome`. While a worker has it, `lease_until` lies ahead and
    `worker` is a name that this claim alone has; `attempts` counts how often one began. `code` is the kind of
    an error, `sealed` tells what changed, for whom treats the child.
    """

    __tablename__ = "run_items"
    __table_args__ = (Index("ix_run_items_waiting", "run_id", "state", "position"),)

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int]
    state: Mapped[str] = mapped_column(Word)
    attempts: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None] = mapped_column(Id)
    lease_until: Mapped[dt.datetime | None]
    code: Mapped[str | None] = mapped_column(Word)
    milliseconds: Mapped[int | None]
    sealed: Mapped[bytes | None]
    ended_at: Mapped[dt.datetime | None]


class AuditRow(Table):
    """One event of the audit trail (NEN 7513); `mac` chains it to the one before (`audit`).

    Who and which child are ids without a foreign key: the trail outlives what it tells of.
    """

    __tablename__ = "audit"
    __table_args__ = (CheckConstraint("number > 0", name="number"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime]
    action: Mapped[str] = mapped_column(Word)
    outcome: Mapped[str] = mapped_column(Word)
    user_id: Mapped[str | None] = mapped_column(String(32), index=True)
    on_behalf_of: Mapped[str | None] = mapped_column(String(32))
    child_id: Mapped[str | None] = mapped_column(String(32), index=True)
    object: Mapped[str | None] = mapped_column(String(100))
    origin: Mapped[str | None] = mapped_column(String(64))
    mac: Mapped[str] = mapped_column(String(64))


class AuditHeadRow(Table):
    """How long the audit trail is: one row, that every new event locks and raises."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    mac: Mapped[str] = mapped_column(String(64))
