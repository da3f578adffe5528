"""Runs the migrations on the connection that `pipeline.store.database` opened, in its transaction."""

from alembic import context

from pipeline.store.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,
)
context.run_migrations()
