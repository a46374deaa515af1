"""Every change that a visitor of the market could see adds a row to `shelf_change`, in the same transaction.

Rows are only ever added (and later summed up), so two sales never wait for each other because of it.
"""

from __future__ import annotations

TABLE = "shelf_change"
_FREE = "({row}.on_hand_base - {row}.reserved_base)"
_HELD = "({row}.code LIKE 'product:%' OR {row}.code LIKE 'home:%' OR {row}.code LIKE 'pack:%')"
EVERYWHERE = 0
"""Instead of a cooperative: the change may be seen in every shop."""

Watched = tuple[str, str, str, str]
WATCHED: tuple[Watched, ...] = (
    ("product", "cooperative_id", "INSERT OR UPDATE OR DELETE", ""),
    ("stock_item", "organization_id", "INSERT", _HELD.format(row="NEW")),
    (
        "stock_item",
        "organization_id",
        "UPDATE",
        f"{_HELD.format(row='NEW')} AND {_FREE.format(row='NEW')} <> {_FREE.format(row='OLD')}",
    ),
    ("merchant_account", "organization_id", "INSERT OR UPDATE OR DELETE", ""),
    ("review", "organization_id", "INSERT OR UPDATE OR DELETE", ""),
    ("organization", "", "UPDATE", ""),
    ("permit", "", "INSERT OR UPDATE OR DELETE", ""),
    ("pack", "", "UPDATE", ""),
    ("commodity", "", "UPDATE", ""),
)
"""Table, the column that names the cooperative ("" for everywhere), what is watched, and only when."""


def _events() -> list[tuple[str, str, str, str]]:
    return [
        (table, column, event, when)
        for table, column, events, when in WATCHED
        for event in events.split(" OR ")
    ]


def _name(table: str, event: str) -> str:
    return f"{TABLE}_{table}_{event.lower()}"


def sqlite() -> list[str]:
    """The triggers of SQLite."""
    made = []
    for table, column, event, when in _events():
        row = "OLD" if event == "DELETE" else "NEW"
        whose = f"{row}.{column}" if column else str(EVERYWHERE)
        made.append(
            f"CREATE TRIGGER {_name(table, event)} AFTER {event} ON {table}"
            f"{f' WHEN {when}' if when else ''}"
            f" BEGIN INSERT INTO {TABLE} (cooperative_id, moves) VALUES ({whose}, 1); END"
        )
    return made


def postgresql() -> list[str]:
    """A function for each column, and the triggers that call it."""
    made = []
    for column in sorted({column for _table, column, _events, _when in WATCHED}):
        whose = f"CASE TG_OP WHEN 'DELETE' THEN OLD.{column} ELSE NEW.{column} END" if column else EVERYWHERE
        made.append(
            f"CREATE FUNCTION {_function(column)}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" INSERT INTO {TABLE} (cooperative_id, moves) VALUES ({whose}, 1); RETURN NULL; END $$"
        )
    for table, column, event, when in _events():
        made.append(
            f"CREATE TRIGGER {_name(table, event)} AFTER {event} ON {table}"
            f" FOR EACH ROW{f' WHEN ({when})' if when else ''} EXECUTE FUNCTION {_function(column)}()"
        )
    return made


def _function(column: str) -> str:
    return f"{TABLE}_{column or 'everywhere'}"


def drop_sqlite() -> list[str]:
    """Take them away."""
    return [f"DROP TRIGGER {_name(table, event)}" for table, _column, event, _when in _events()]


def drop_postgresql() -> list[str]:
    """Take them away, functions too."""
    gone = [f"DROP TRIGGER {_name(table, event)} ON {table}" for table, _column, event, _when in _events()]
    columns = sorted({column for _table, column, _events, _when in WATCHED})
    return gone + [f"DROP FUNCTION {_function(column)}()" for column in columns]
