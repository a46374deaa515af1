"""Statements are counted where they are sent; the cold server keeps no page."""

from __future__ import annotations

from functools import _lru_cache_wrapper

import pytest

from market import config
from market.benchmarks.web import cold, hosting, runner, stall, statements
from market.config import Settings
from market.retail.routes import pages
from market.web import holes
from market.web.kept import Asked, Shelf


def test_each_statement_of_a_page_is_counted_once(database: str, settings: Settings, monkeypatch):
    monkeypatch.setattr(config, "load", lambda: settings)
    said = statements.counted([["ready", "/siap", ""], ["alive", "/hidup", ""]])
    ready, alive = said["ready"], said["alive"]
    assert ready["status"] == alive["status"] == 200
    assert ready["statements"] - ready["settings"] == 1
    assert ready["settings"] == (2 if database.startswith("sqlite") else 0), "strangers need no transaction"
    assert alive["statements"] == 0


ASKED = Asked(("/pasar/cari",), (7, 1))


class Noting:
    """A desk that notes what its shelf holds when it is asked."""

    def __init__(self) -> None:
        self.shelf, self.found = Shelf(), list[object]()

    def __call__(self, _environ, _start):
        self.found.append(self.shelf.get(ASKED))
        return [b""]


def test_the_cold_server_finds_nothing_on_its_shelf():
    desk = Noting()
    desk.shelf.put(ASKED, holes.page("<p>kept</p>"))
    assert cold.Forgetful(desk)({}, lambda *_said: None) == [b""]
    assert desk.found == [None]


def test_no_finished_html_is_kept_beside_the_shelf():
    kept = {each for each in vars(pages).values() if isinstance(each, _lru_cache_wrapper)}
    assert not [each for each in kept if each.__wrapped__.__annotations__.get("return") == "Markup"]


def test_a_server_of_the_benchmark_has_the_settings_of_production(tmp_path):
    settings = config.load(hosting.production("postgresql+psycopg://x@/y", tmp_path))
    assert settings.production and not settings.embedded_worker
    assert hosting.serve(80)[1:4] == ["-m", "market", "serve"]


def test_a_market_of_nothing_is_refused():
    with pytest.raises(ZeroDivisionError):
        stall.draw(0, 1, 1)


def test_unknown_groups_are_refused(capsys):
    with pytest.raises(SystemExit):
        runner.run(["--only", "everything"])
    assert "everything" in capsys.readouterr().err
