"""How Alembic runs here: always on a connection that the caller opened."""

from __future__ import annotations

from alembic import context

from market.core.db import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
