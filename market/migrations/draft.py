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
    mine = {
        mapper.local_table.name
        for mapper in db.Base.registry.mappers
        if mapper.class_.__module__.split(".")[1] in wanted
    }
    return [table for table in db.Base.metadata.sorted_tables if table.name in mine]


def main(part: str) -> None:
    models.load()
    creates = []
    for table in tables_of(part):
        creates.append(ops.CreateTableOp.from_table(table))
        creates.extend(
            ops.CreateIndexOp.from_index(index) for index in sorted(table.indexes, key=lambda i: i.name)
        )
    code = render_python_code(ops.UpgradeOps(creates), render_as_batch=False)
    print(code.replace("market.core.db.", "db."))


if __name__ == "__main__":
    main(sys.argv[1])
