"""The command `lumbung`: one subcommand per use, each a few lines over the services."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from market import app as application
from market import config, demo, exchange, migrations, reconcile, server, testing, verify
from market.benchmarks.runner import run as run_benchmarks
from market.catalogue import services as catalogue
from market.config import Settings
from market.core import db
from market.core.errors import LumbungError
from market.core.permissions import SYSTEM
from market.identity import services as identity
from market.worker import Worker

Command = Callable[[argparse.Namespace], int]
Commands = Any
"""argparse keeps the type of its subparsers to itself."""


def parser() -> argparse.ArgumentParser:
    """Every command of the product; the help is the list."""
    top = argparse.ArgumentParser(prog="lumbung", description="The market that makes cooperatives live.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    demo_ = _add(commands, "demo", run_demo, "load the story, solve one round, serve it")
    demo_.add_argument("--city", choices=sorted(demo.CITIES), default="surabaya")
    demo_.add_argument("--port", type=int, default=8000)
    demo_.add_argument("--reset", action="store_true", help="forget what was done and load the story again")
    demo_.add_argument("--no-serve", action="store_true", help="print the summary and stop")
    demo_.add_argument("--json", action="store_true", help="the summary as one JSON object on stdout")
    _add(commands, "test", run_test, "run the test suite on SQLite and PostgreSQL")
    serve = _add(commands, "serve", run_serve, "serve the web application (and the worker)")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--processes", type=int, default=1, help="that answer requests")
    _add(commands, "work", run_work, "run jobs until stopped")
    _add(commands, "migrate", run_migrate, "bring the database to the newest schema")
    seed = _add(commands, "seed", run_seed, "load a scenario and print its logins as JSON")
    seed.add_argument("--scenario", choices=("small", "city153"), default="small")
    seed.add_argument("--seed", type=int, default=0)
    check = _add(commands, "verify", run_verify, "check every invariant; exit 1 when one is broken")
    check.add_argument("--json", action="store_true")
    check.add_argument("--only", nargs="*", metavar="I1")
    compare = _add(
        commands, "reconcile", run_reconcile, "compare with the payment providers; exit 1 when not"
    )
    compare.add_argument("--organization", metavar="SLUG", help="one cooperative instead of all")
    compare.add_argument("--json", action="store_true")
    _add(commands, "search-rebuild", run_search_rebuild, "write the search index of products anew")
    _add(commands, "ledger-anchor", run_anchor, "print each cooperative's newest entry and hash as JSON")
    anchors = _add(
        commands, "ledger-verify", run_ledger_verify, "hold the ledger against written-down anchors"
    )
    anchors.add_argument("--anchors", type=Path, required=True)
    load = _add(commands, "import", run_import, "load needs, offers or members from a spreadsheet")
    load.add_argument("kind", choices=exchange.KINDS)
    load.add_argument("file", type=Path)
    load.add_argument("--login", required=True, help="as whom")
    out = _add(commands, "export", run_export, "write a template or a list as a spreadsheet")
    out.add_argument("kind", choices=exchange.EXPORTS)
    out.add_argument("file", type=Path)
    user = _add(commands, "create-user", run_create_user, "make an account, with a seat if wished")
    user.add_argument("login")
    user.add_argument("name")
    user.add_argument("--organization", help="slug of the organization")
    user.add_argument("--role")
    bench = _add(commands, "benchmark", run_benchmark, "measure against peers on this machine")
    bench.add_argument("arguments", nargs=argparse.REMAINDER)
    return top


def _add(commands: Commands, name: str, act: Command, help_: str) -> argparse.ArgumentParser:
    added: argparse.ArgumentParser = commands.add_parser(name, help=help_, description=help_)
    added.set_defaults(act=act)
    return added


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; business refusals and wrong settings are one line on stderr, exit 2."""
    given = list(sys.argv[1:] if argv is None else argv)
    if given[:1] == ["test"]:  # everything behind it belongs to the test runner, also what begins with a dash
        return testing.run(given[1:])
    arguments = parser().parse_args(given)
    try:
        return int(arguments.act(arguments))
    except (LumbungError, config.ConfigError) as error:
        print(f"lumbung: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _settings() -> Settings:
    settings = config.load()
    application.configure(settings)
    return settings


def _at_hand() -> None:
    """Configure the process on what there is: its own database or, where none was made, the last demo.

    Raises ConfigError where that has no schema.
    """
    settings = config.load()
    found = demo.at_hand(settings)
    if found is not settings:
        print(f"lumbung: no database of its own, taking {demo.path_of(found).name}", file=sys.stderr)
    application.configure(found)
    with db.engine().connect() as connection:
        if migrations.current(connection) != migrations.head():
            raise config.ConfigError("the database is not on the newest schema: run `lumbung migrate` first")


def run_demo(arguments: argparse.Namespace) -> int:
    """`lumbung demo`"""
    settings = demo.settings_for(arguments.city, config.load())
    application.configure(settings)
    made = demo.prepare(settings, arguments.city, arguments.reset, f"http://127.0.0.1:{arguments.port}")
    tell = partial(tell_demo, made, as_json=arguments.json)
    if arguments.no_serve:
        tell()
        return 0
    settings = demo.with_provider(settings, arguments.port)
    beside = partial(begin_demo, settings, made, tell)
    return server.serve(settings, "127.0.0.1", arguments.port, beside=beside)


def begin_demo(settings: Settings, made: demo.Prepared, tell: Callable[[], None]) -> None:
    """What stands beside the demo's pages: the simulated payment provider first, then the round."""
    if made.ours:
        demo.start_provider(settings, made.city, fresh=made.fresh)
    tell()


def tell_demo(made: demo.Prepared, as_json: bool) -> None:
    """Solve the demo's round and print what came of it."""
    summary = demo.finish(made)
    text = json.dumps(summary, ensure_ascii=False) if as_json else demo.readable(summary)
    print(text, flush=True)


def run_test(_arguments: argparse.Namespace) -> int:
    """`lumbung test`"""
    return testing.run([])


def run_serve(arguments: argparse.Namespace) -> int:
    """`lumbung serve`"""
    settings = _settings()
    _migrate()
    return server.serve(settings, arguments.host, arguments.port, processes=max(1, arguments.processes))


def run_work(_arguments: argparse.Namespace) -> int:
    """`lumbung work`"""
    _settings()
    worker = Worker()
    server.stop_on_signals(worker.stopping.set)
    worker.run()
    return 0


def _migrate() -> None:
    with db.engine().connect() as connection:
        migrations.upgrade(connection)
        connection.commit()


def run_migrate(_arguments: argparse.Namespace) -> int:
    """`lumbung migrate`"""
    _settings()
    _migrate()
    print(f"schema {migrations.head()}")
    return 0


def run_seed(arguments: argparse.Namespace) -> int:
    """`lumbung seed`"""
    _settings()
    _migrate()
    print(json.dumps(demo.seed(arguments.scenario, arguments.seed), ensure_ascii=False))
    return 0


def run_verify(arguments: argparse.Namespace) -> int:
    """`lumbung verify`"""
    _at_hand()
    with db.transaction(read_only=True):
        results = verify.run(arguments.only)
    print(verify.as_json(results) if arguments.json else verify.as_text(results))
    return 0 if all(result.ok for result in results) else 1


def run_reconcile(arguments: argparse.Namespace) -> int:
    """`lumbung reconcile`"""
    _at_hand()
    reports = reconcile.run(arguments.organization)
    print(reconcile.as_json(reports) if arguments.json else reconcile.as_text(reports))
    return 0 if all(report["equal"] for report in reports) else 1


def run_search_rebuild(_arguments: argparse.Namespace) -> int:
    """`lumbung search-rebuild`: all of it or nothing; whoever searches meanwhile has the index as it was."""
    _at_hand()
    with db.transaction():
        count = catalogue.rebuild()
    print(f"{count} products in the search index")
    return 0


def run_anchor(_arguments: argparse.Namespace) -> int:
    """`lumbung ledger-anchor`"""
    _at_hand()
    with db.transaction(read_only=True):
        print(json.dumps(verify.anchors(), ensure_ascii=False))
    return 0


def run_ledger_verify(arguments: argparse.Namespace) -> int:
    """`lumbung ledger-verify`"""
    _at_hand()
    written = json.loads(arguments.anchors.read_text(encoding="utf-8"))
    with db.transaction(read_only=True):
        faults = verify.verify_anchors(written)
    print(json.dumps({"ok": not faults, "faults": faults}, ensure_ascii=False))
    return 1 if faults else 0


def run_import(arguments: argparse.Namespace) -> int:
    """`lumbung import`"""
    _at_hand()
    return exchange.load(arguments.kind, arguments.file, arguments.login)


def run_export(arguments: argparse.Namespace) -> int:
    """`lumbung export`"""
    _at_hand()
    return exchange.write(arguments.kind, arguments.file)


def run_create_user(arguments: argparse.Namespace) -> int:
    """`lumbung create-user`: the password comes from LUMBUNG_NEW_PASSWORD or the terminal."""
    _at_hand()
    password = os.environ.get("LUMBUNG_NEW_PASSWORD") or server.ask_password()
    with db.transaction():
        user = identity.create_user(SYSTEM, arguments.login, arguments.name, password)
        if arguments.organization:
            identity.grant_role_by_slug(SYSTEM, user.id, arguments.organization, arguments.role)
    print(f"{arguments.login}: ok")
    return 0


def run_benchmark(arguments: argparse.Namespace) -> int:
    """`lumbung benchmark`"""
    return run_benchmarks(arguments.arguments)
