"""A fresh migrated database for each test, on SQLite or on a real PostgreSQL (`--db postgresql`)."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from market import app as application
from market import migrations
from market.config import Settings
from market.core import clock, db, faults, i18n, messages
from market.core.permissions import Actor
from market.migrations import models
from tests import cast as people
from tests import factories
from tests.support import postgres

pytest_plugins = ["tests.support.noskip", "tests.support.order", "tests.support.browser"]

models.load()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--db", choices=("sqlite", "postgresql"), default="sqlite", help="which database to run on"
    )


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
    if url.startswith("sqlite"):
        with engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


@pytest.fixture
def database_url(template: str | Path, tmp_path: Path) -> Iterator[str]:
    """The address of this test's own database."""
    if isinstance(template, Path):
        path = tmp_path / "test.sqlite"
        shutil.copy(template, path)
        yield f"sqlite:///{path}"
        return
    url = postgres.clone(template)
    yield url
    db.dispose()
    postgres.drop(url)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        env="test",
        database_url=database_url,
        secret_key="test-" + "0" * 40,
        instance_dir=tmp_path / "instance",
        messages="memory",
        embedded_worker=False,
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
def cast(database: str) -> people.Cast:
    """The cast, committed, so that requests see them."""
    with db.transaction():
        return people.assemble()


@pytest.fixture
def app(database: str, settings: Settings) -> Flask:
    return application.create_app(settings)


class Browser:
    """A person at a browser: keeps cookies, fills in the hidden fields of forms."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

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
        """The hidden fields of a fresh form."""
        page = self.client.get("/masuk", follow_redirects=True).get_data(as_text=True)
        return {name: _hidden(page, name) for name in ("csrf_token", "_idem")}

    def post(self, path: str, data: dict[str, object] | None = None, **options):  # type: ignore[no-untyped-def]
        """Send a form as the page would, with its token and a fresh key."""
        return self.client.post(path, data={**self.tokens(), **(data or {})}, **options)


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
