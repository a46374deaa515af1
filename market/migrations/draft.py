"""Prints the operations that would create a part's tables: `python -m market.migrations.draft ledger`."""

from __future__ import annotations

import sys

from alembic.autogenerate import render_python_code
from alembic.operations import ops
from sqlalchemy import Table

from market.core import db
from market.migrations import models

KERNEL = ("core", "places", "identity")


def tables_of(part: str) -> list[Table]:
    """The part's tables, parents first; "kernel" means core, places and identity."""
    wanted = KERNEL if part == "kernel" else (part,)
    mappers = db.Base.registry.mappers
    mine = {m.class_.__tablename__ for m in mappers if m.class_.__module__.split(".")[1] in wanted}
    return [table for table in db.Base.metadata.sorted_tables if table.name in mine]


def main(part: str) -> None:
    models.load()
    creates: list[ops.MigrateOperation] = []
    for table in tables_of(part):
        creates.append(ops.CreateTableOp.from_table(table))
        creates += [ops.CreateIndexOp.from_index(i) for i in sorted(table.indexes, key=lambda i: str(i.name))]
    code = render_python_code(ops.UpgradeOps(creates), render_as_batch=False)
    print(code.replace("market.core.db.", "db."))


if __name__ == "__main__":
    main(sys.argv[1])
