"""Versions of templates and of the extraction, runs over many plans, and documents in an object store."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Makes the tables of templates and runs, and says of each plan and drafting what made it.

    A version that was made before gets the first template that is installed (`database.open_store`).
    """
    op.create_table(
        "templates",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("archive", sa.LargeBinary(), nullable=False),
        sa.Column("installed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_templates"),
        sa.UniqueConstraint("name", "version", name="uq_templates_name"),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("template_id", sa.String(length=64), nullable=True),
        sa.Column("extractor", sa.String(length=64), nullable=True),
        sa.Column("trial", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["template_id"], ["templates.id"], name="fk_runs_template_id_templates"),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_table(
        "run_items",
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(length=32), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_run_items_conversation_id_conversations",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_run_items_run_id_runs", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "conversation_id", name="pk_run_items"),
    )
    op.create_index("ix_run_items_conversation_id", "run_items", ["conversation_id"], unique=False)
    op.create_index("ix_run_items_waiting", "run_items", ["run_id", "state", "position"], unique=False)
    for column in (
        sa.Column("extractor", sa.String(length=64), nullable=True),
        sa.Column("differences_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("seen_by", sa.String(length=32), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("draftings", column)
    # Added and dropped in place: a batch makes the table anew on SQLite, and what refers to it goes along.
    op.add_column("drafts", sa.Column("template_id", sa.String(length=64), nullable=True))
    op.create_index("ix_drafts_template_id", "drafts", ["template_id"], unique=False)
    op.add_column("drafts", sa.Column("restyled", sa.Integer(), nullable=True))
    op.drop_column("drafts", "template")
    with op.batch_alter_table("documents") as documents:
        documents.alter_column("sealed", existing_type=sa.LargeBinary(), nullable=True)
        documents.add_column(sa.Column("object", sa.String(length=100), nullable=True))
        documents.create_unique_constraint("uq_documents_object", ["object"])
