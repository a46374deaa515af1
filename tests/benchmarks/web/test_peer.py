"""The peer has a place of its own, runs by turns with the product, and is not made up when it is missing."""

from __future__ import annotations

import ast
import json
import subprocess
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from market.benchmarks import environments
from market.benchmarks.web import oscar, peer, promises, stall
from market.benchmarks.web.bars import Row
from market.benchmarks.web.oscar import Peer
from market.benchmarks.web.shoppers import Bought
from market.benchmarks.web.speed import Effort, Pace

SITE = Path(oscar.__file__).with_name("oscar_site")
WORLD = SimpleNamespace(
    size=SimpleNamespace(sellers=3, small=5),
    seed=1,
    folder=Path("/nowhere"),
    small={"LUMBUNG_DATABASE_URL": "postgresql+psycopg://me:key@db:5433/small"},
    at_small=SimpleNamespace(
        paths={"list": ("/l",), "detail": ("/d",), "search": ("/s",), "shop": ("/toko/a", "/toko/b")}
    ),
)
AT = SimpleNamespace(small=SimpleNamespace(port=1))


@contextmanager
def _serving(*_given):
    yield Peer(2, {"list": ("/ol",), "detail": ("/od_1/",), "search": ("/os",)}, "Redis")


def _without(*_given):
    raise RuntimeError("no environment for oscar-4.2.1: a\nERROR: No matching distribution found")


def test_without_the_package_index_each_row_says_why(monkeypatch):
    monkeypatch.setattr(oscar, "python_of", _without)
    rows, paces, facts = peer.compared(WORLD, AT, Effort())
    assert [row.bar for row in rows] == list(promises.PEER.values()) and not paces and not facts
    assert {row.held for row in rows} == {None}
    assert {row.note for row in rows} == {"ERROR: No matching distribution found"}


def test_both_are_measured_by_turns_and_the_ratio_of_medians_counts(monkeypatch):
    rates, crowds = {"django-oscar": 4.0, "ours": 400.0}, []

    def race(entrants, _effort):
        assert [each.port for each in entrants] == [2, 1] * 3
        return {each.name: Pace(rates[each.name.partition(" of ")[2]], 1, 1, 1, {}) for each in entrants}

    def run(crowd):
        crowds.append(crowd)
        return Bought(1.0, {"oscar": 3.0, "lumbung": 57.0}[crowd.shop], 1, (5.0,))

    monkeypatch.setattr(oscar, "serving", _serving)
    monkeypatch.setattr(peer, "race", race)
    monkeypatch.setattr(peer.shoppers, "run", run)
    rows, _paces, facts = peer.compared(WORLD, AT, Effort(rounds=3, connections=6))
    assert [(row.measured, row.held) for row in rows] == [(100, True), (100, True), (100, True), (19, False)]
    assert [crowd.shop for crowd in crowds] == ["oscar", "lumbung"] * 4, "a warm round first"
    assert {crowd.visitors for crowd in crowds} == {6}
    assert {crowd.first for crowd in crowds} == {0, 100_000, 200_000, 300_000}
    assert facts[0] == {"django-oscar": "4.2.1", "cache": "Redis"}


def test_a_measurement_that_fails_is_no_missing_peer(monkeypatch):
    def race(*_given):
        raise RuntimeError("list answered 500")

    monkeypatch.setattr(oscar, "serving", _serving)
    monkeypatch.setattr(peer, "race", race)
    with pytest.raises(RuntimeError, match="500"):
        peer.compared(WORLD, AT, Effort())


def test_the_bars_are_those_that_were_promised():
    assert {name: bar.least for name, bar in promises.PEER.items()} == {
        "list": 100,
        "detail": 15,
        "search": 15,
        "checkout": 20,
    }
    assert Row(promises.PEER["list"], 99.9).held is False


def test_the_peer_is_told_where_its_database_is_and_nothing_of_ours(monkeypatch):
    monkeypatch.setenv("LUMBUNG_SECRET_KEY", "ours")
    told = oscar._environment(WORLD.small["LUMBUNG_DATABASE_URL"], "unix:///redis")
    database = {"NAME": "small", "USER": "me", "PASSWORD": "key", "HOST": "db", "PORT": "5433"}
    assert json.loads(told["PEER_DATABASE"]) == database
    assert told["PEER_REDIS"] == "unix:///redis"
    assert not [name for name in told if name.startswith("LUMBUNG_")]


def test_the_peer_has_as_many_goods_and_processes_as_the_product(monkeypatch):
    market, sent = stall.draw(4, 30, 3), []

    def run(_command, **given):
        sent.extend(json.loads(given["input"]))
        return subprocess.CompletedProcess([], 0, 'a warning\n{"list": "/"}\n', "")

    monkeypatch.setattr(subprocess, "run", run)
    assert oscar._filled(Path("python"), {}, market) == {"list": "/"}
    assert [good[0] for good in sent] == [good.name for good in market.goods]
    command = oscar._command(Path("python"), 80)
    assert command[command.index("--workers") + 1] == str(oscar.hosting.PROCESSES)


def test_pages_of_the_peer_are_drawn_the_same_for_the_same_seed():
    said = {"list": "/l/", "search": "/s/", "products": [[n, f"/p_{n}/"] for n in range(500)]}
    first, again, other = (oscar._paths(said, seed) for seed in (1, 1, 2))
    assert first == again and first["detail"] != other["detail"]
    assert len(set(first["detail"])) == 200 and "/s/?q=sambal+bawang" in first["search"]


def test_without_redis_the_peer_keeps_its_cache_in_memory(monkeypatch, tmp_path):
    monkeypatch.setattr(oscar.shutil, "which", lambda _name: None)
    with oscar._redis(tmp_path) as cache:
        assert cache == ""


def test_a_redis_that_does_not_start_is_no_cache(monkeypatch, tmp_path):
    monkeypatch.setattr(oscar.shutil, "which", lambda _name: "/bin/false")
    with oscar._redis(tmp_path) as cache:
        assert cache == ""


def test_an_environment_is_made_anew_for_other_packages_only(monkeypatch, tmp_path):
    asked = []

    def run(command, **_given):
        asked.append(command[2])
        tmp_path.joinpath("home").mkdir(exist_ok=True)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    for packages in (["a==1"], ["a==1"], ["a==2"], ["a==2"]):
        environments.python_of("peer", packages, tmp_path / "home")
    assert asked == ["venv", "pip"] * 2


def test_the_peer_s_site_reads_nothing_of_the_product():
    files = sorted(SITE.glob("*.py"))
    assert {file.name for file in files} >= {"settings.py", "free.py", "fill.py", "urls.py"}
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0 and not (node.module or "").startswith(("market", "matching"))
