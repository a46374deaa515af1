"""A fresh migrated database for each test, on SQLite or on a real PostgreSQL (`--db postgresql`)."""

from __future__ import annotations

import datetime as dt
import gc
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import make_url

from market import app as application
from market import migrations
from market.config import Settings
from market.core import clock, db, faults, i18n, messages
from market.core.permissions import Actor
from market.migrations import models
from tests import cast as people
from tests import factories
from tests.support import compiled, leases, postgres, worlds

pytest_plugins = ["tests.support.noskip", "tests.support.order", "tests.support.browser"]

models.load()
compiled.install()

BEGAN = pytest.StashKey[bytes]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--db", choices=("sqlite", "postgresql"), default="sqlite", help="which database to run on"
    )


def pytest_collection_finish() -> None:
    """What was imported and collected stays: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str | Path:
    """A migrated, empty database that each test gets a copy of."""
    if request.config.getoption("--db") == "postgresql":
        return postgres.create_template(_migrate)
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    _migrate(f"sqlite:///{path}")
    return path


def _migrate(url: str) -> None:
    engine = db.make_engine(url)
    with engine.connect() as connection:
        migrations.upgrade(connection)
        connection.commit()
    engine.dispose()
    _close(url)


def _close(url: str) -> None:
    """Leaves a database that can be copied: an SQLite file without a log beside it, nobody connected."""
    db.dispose()
    if not url.startswith("sqlite"):
        return
    engine = db.make_engine(url)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


@pytest.fixture(scope="session")
def atlas(template: str | Path, tmp_path_factory: pytest.TempPathFactory) -> worlds.Atlas:
    """Copies of the template in which something has happened already."""

    def make(world: worlds.World) -> tuple[str | Path, Any]:
        folder = tmp_path_factory.mktemp("world")
        if isinstance(template, Path):
            source: str | Path = shutil.copy(template, folder / "world.sqlite")
            url = f"sqlite:///{source}"
        else:
            url = postgres.clone(template)
            source = str(make_url(url).database)
        application.configure(_settings(url, folder))
        try:
            return source, world()
        finally:
            _close(url)

    return worlds.Atlas(make)


@pytest.fixture
def world() -> worlds.World:
    """What happened before a test that asks for `began` (or `cast`): folders put their own in its place."""
    return people.begin


@pytest.fixture
def database_url(request: pytest.FixtureRequest, template: str | Path, tmp_path: Path) -> Iterator[str]:
    """The address of this test's own database."""
    source = template
    if "began" in request.fixturenames:
        made = request.getfixturevalue("atlas").of(request.getfixturevalue("world"))
        source, request.node.stash[BEGAN] = made.source, made.pickled
    if isinstance(source, Path):
        path = tmp_path / "test.sqlite"
        shutil.copy(source, path)
        yield f"sqlite:///{path}"
        return
    url = leases.shared.lend(source)
    yield url
    db.dispose()
    leases.shared.bring_back(url)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return _settings(database_url, tmp_path)


def _morning_offset_s() -> int:
    """Seconds from now to nine o'clock of today in Jakarta (or the hour in LUMBUNG_TEST_HOUR, such as 23.98).

    A test that leans on the hour it is run at would fail for some and pass for others; so each begins at one
    hour, and who looks for such tests runs the suite at another.
    """
    now = dt.datetime.now(clock.WIB)
    hour = dt.timedelta(hours=float(os.environ.get("LUMBUNG_TEST_HOUR", "9")))
    return round((dt.datetime.combine(now.date(), dt.time(), clock.WIB) + hour - now).total_seconds())


CLOCK_OFFSET_S = _morning_offset_s()


def _settings(url: str, folder: Path) -> Settings:
    return Settings(
        env="test",
        database_url=url,
        secret_key="test-" + "0" * 40,
        instance_dir=folder / "instance",
        messages="memory",
        embedded_worker=False,
        clock_offset_s=CLOCK_OFFSET_S,
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[str]:
    """The process configured on a fresh database."""
    application.configure(settings)
    yield settings.database_url
    db.dispose()
    clock.reset()
    faults.configure(None)
    i18n.use_locale(i18n.DEFAULT)
    messages.configure(messages.MemoryPort())


@pytest.fixture
def transaction(database: str) -> Iterator[None]:
    """One open transaction for tests that call services directly."""
    with db.transaction():
        yield


@pytest.fixture
def began(request: pytest.FixtureRequest, database: str, world: worlds.World) -> Any:
    """What the world returned, in this test's own copy of it; all of it committed."""
    pickled = request.node.stash.get(BEGAN, None)
    return world() if pickled is None else worlds.recall(pickled)


@pytest.fixture
def cast(began: people.Cast) -> people.Cast:
    """The cast, committed, so that requests see them."""
    return began


@cache
def _site(settings: Settings) -> Flask:
    """Routes and compiled templates of one wiring, made once per worker."""
    site = application.create_app(settings)
    site._got_first_request = True  # as in a server that runs: Flask refuses further routes and hooks
    return site


@pytest.fixture
def app(database: str, settings: Settings) -> Iterator[Flask]:
    """The wired application, as a running server has it: one object for many requests.

    A test that adds a route takes `own_app`; what it sets in the configuration is undone.
    """
    # Without the two that differ from test to test: wiring that began to read them would fail.
    site = _site(replace(settings, database_url="", instance_dir=Path("/nonexistent")))
    tables: tuple[dict[str, Any], ...] = (site.config, site.jinja_env.globals, site.jinja_env.filters)
    before = [dict(table) for table in tables]
    yield site
    for table, kept in zip(tables, before, strict=True):
        table.clear()
        table.update(kept)


@pytest.fixture
def own_app(database: str, settings: Settings) -> Flask:
    """An application of this test alone."""
    return application.create_app(settings)


class Browser:
    """A person at a browser: keeps cookies, fills in the hidden fields of forms."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()
        self.csrf_token = ""

    def login(self, actor: Actor, password: str = factories.PASSWORD) -> Browser:
        """Sign in as the person of an actor."""
        with db.transaction(read_only=True):
            login = db.session.get_one(factories.User, actor.user_id).login
        answer = self.post("/masuk", {"login": login, "password": password})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return self

    def get(self, path: str, **options):  # type: ignore[no-untyped-def]
        return self.client.get(path, **options)

    def tokens(self) -> dict[str, str]:
        """The hidden fields of a fresh form: the token of this session's first page, a key of its own."""
        if not self.csrf_token:
            page = self.client.get("/masuk", follow_redirects=True).get_data(as_text=True)
            self.csrf_token = _hidden(page, "csrf_token")
            return {"csrf_token": self.csrf_token, "_idem": _hidden(page, "_idem")}
        return {"csrf_token": self.csrf_token, "_idem": secrets.token_urlsafe(18)}

    def post(self, path: str, data: dict[str, object] | None = None, **options):  # type: ignore[no-untyped-def]
        """Send a form as the page would, with its token and a fresh key."""
        fields = {**self.tokens(), **(data or {})}
        if path in ("/masuk", "/keluar"):
            self.csrf_token = ""  # another session begins
        return self.client.post(path, data=fields, **options)


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, f"the page has no {name}"
    return found.group(1)


@pytest.fixture
def client(app: Flask) -> Browser:
    """A signed-out browser; `client.login(cast.sri)` signs in."""
    return Browser(app)


@pytest.fixture
def browsers(app: Flask):  # type: ignore[no-untyped-def]
    """Several people at once: `browsers(cast.sri)` is Sri's own signed-in browser."""
    return lambda actor: Browser(app).login(actor)
