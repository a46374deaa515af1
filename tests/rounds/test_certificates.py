"""The certificate of a round: what was downloaded is all that anyone needs to check the plan again."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import subprocess
import sys

import pytest

from market.core import db
from market.core.money import group
from market.rounds import queries, solver
from market.rounds.models import Assignment, AssignmentLine
from tests import factories
from tests.rounds.conftest import asked_id

READ = {"read_only": True}
FILES = ("sertifikat", "masalah", "rencana")


def text(answer) -> str:
    return answer.get_data(as_text=True)


def downloaded(browser, round_id, folder, attempt=1) -> dict[str, object]:
    """The three files as the office downloads them, also written to a folder."""
    found = {}
    for name in FILES:
        data = browser.get(f"/putaran/{round_id}/rencana/{attempt}/{name}.json").get_data()
        (folder / f"{name}.json").write_bytes(data)
        found[name] = json.loads(data)
    return found


def judged(folder) -> tuple[int, dict[str, object]]:
    """What the matcher's own command line says, far from the product: another folder, no settings."""
    command = [sys.executable, "-m", "matching", "check", "masalah.json", "rencana.json"]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(solver.ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    return done.returncode, json.loads(done.stdout)


def test_what_was_downloaded_is_judged_again_by_the_command_line_alone(market, browsers, rice, tmp_path):
    number = market.published()
    files = downloaded(browsers(market.cast.ratna), number, tmp_path)
    code, verdict = judged(tmp_path)
    assert code == 0
    assert verdict == files["sertifikat"]["verdict"]
    assert verdict["clean"] is True
    result = files["sertifikat"]["result"]
    assert verdict["cost_rp"] == result["cost_rp"] == files["rencana"]["cost_rp"] == 23_840_000
    assert verdict["certified_bound_rp"] == result["certified_bound_rp"] <= result["bound_rp"]


def test_a_plan_that_was_changed_on_the_way_is_found_out(market, browsers, rice, tmp_path):
    number = market.published()
    downloaded(browsers(market.cast.ratna), number, tmp_path)
    plan = json.loads((tmp_path / "rencana.json").read_text())
    plan["lines"][0]["quantity"] -= 1
    (tmp_path / "rencana.json").write_text(json.dumps(plan))
    assert judged(tmp_path)[0] == 1
    problem = json.loads((tmp_path / "masalah.json").read_text())
    problem["needs"][0]["ceiling_rp"] += 1
    (tmp_path / "masalah.json").write_text(json.dumps(problem))
    assert judged(tmp_path)[1]["clean"] is False


def test_the_certificate_names_inputs_search_and_people(market, browsers, rice, tmp_path):
    number = market.published()
    said = downloaded(browsers(market.cast.ratna), number, tmp_path)["sertifikat"]
    inputs = said["inputs"]
    for name, file in (("problem_file_sha256", "masalah"), ("plan_file_sha256", "rencana")):
        assert inputs[name] == hashlib.sha256((tmp_path / f"{file}.json").read_bytes()).hexdigest()
    assert (inputs["needs"], inputs["offers"], inputs["lanes"]) == (1, 2, 2)
    people = {act: who["name"] for act, who in said["people"].items()}
    assert people == {"closed": "Ratna", "ran": "Lumbung", "published": "Ratna"}
    assert said["search"]["gap"] == 0.005
    assert said["search"]["seed"] == number
    assert said["result"]["status"] in ("optimal", "within_gap")
    assert said["versions"]["ortools"].startswith("9.")
    assert said["alone"] == [{"need": f"n{rice}", "packs": 80, "alone_rp": 23_840_000}]
    page = text(browsers(market.cast.ratna).get(f"/putaran/{number}"))
    assert inputs["problem_sha256"] in page
    assert "Diterbitkan oleh" in page


def test_before_publication_the_certificate_names_no_publisher(market, browsers, rice, tmp_path):
    number = market.solved()
    said = downloaded(browsers(market.cast.ratna), number, tmp_path)["sertifikat"]
    assert said["people"]["published"] is None
    assert said["round"]["published_at"] is None


def test_the_certificate_of_a_rematch_is_checked_with_what_was_accepted(market, browsers, rice, tmp_path):
    number = market.published()
    market.answer(market.cast.nur, asked_id(number, market.cast.nur))
    market.answer(market.cast.joko, asked_id(number, market.cast.joko), decline_reason="no_stock")
    market.work()
    files = downloaded(browsers(market.cast.ratna), number, tmp_path, attempt=2)
    assert judged(tmp_path) == (0, files["sertifikat"]["verdict"])
    assert files["sertifikat"]["inputs"]["fixed"] == 1


def test_a_cooperative_reads_the_fingerprint_and_no_file(market, browsers, rice):
    number = market.published()
    browser = browsers(market.cast.sri)
    with db.transaction(**READ):
        print_ = queries.newest_plan(number).problem_sha256
    assert print_ in text(browser.get(f"/putaran/{number}"))
    for name in FILES:
        assert browser.get(f"/putaran/{number}/rencana/1/{name}.json").status_code == 403


# --- prices stay with their owners ---------------------------------------------------------------


class World:
    """A round of strangers; every price, ceiling and purse is a number that appears nowhere else."""

    def __init__(self, market, seed: int) -> None:
        self.market, self.dice = market, random.Random(seed)
        self.numbers = iter(self.dice.sample(range(261_003, 299_997, 7), 60))
        self.buyers, self.sellers = [], []
        self.secret: dict[int, list[int]] = {}
        self.price: dict[int, int] = {}
        with db.transaction():
            for name in range(4):
                home = factories.cooperative(f"Koperasi Acak {seed} {name}")
                secretary, chair = (factories.actor(role, home) for role in ("secretary", "chair"))
                self.buyers.append((secretary, chair))
            for name in range(4):
                mill = factories.supplier(f"Penggilingan Acak {seed} {name}")
                self.sellers.append(factories.actor("supplier_sales", mill))

    def number(self) -> int:
        return next(self.numbers)

    def publish(self) -> int:
        for secretary, chair in self.buyers:
            ceiling, purse = self.number() + 30_000, self.number() * 40
            self.secret[secretary.organization_id] = [ceiling, purse]
            wanted = self.dice.randrange(5, 60)
            self.market.need(wanted, by=secretary, approver=chair, ceiling_rp=ceiling, cash_rp=purse)
        for seller in self.sellers:
            first, later = sorted((self.number(), self.number()), reverse=True)
            self.secret[seller.organization_id] = [first, later]
            tiers = [(1, first), (self.dice.randrange(10, 20), later)]
            self.market.offer(seller, first, self.dice.randrange(20, 90), tiers=tiers)
        return self.market.published()

    def answer(self, round_id) -> None:
        for seller in self.sellers:
            with db.transaction(**READ):
                open_ = db.session.query(Assignment.id).filter_by(
                    organization_id=seller.organization_id, state="offered"
                )
                mine = [row.id for row in open_]
            for number in mine:
                refuse = {"decline_reason": "no_stock"} if self.dice.random() < 0.3 else {}
                self.market.answer(seller, number, **refuse)
        self.market.work()

    def told(self, organization_id, round_id) -> set[int]:
        """Supplier prices that a cooperative is told: of what it gets, and of what would help it."""
        with db.transaction(**READ):
            rows = queries.outcomes(round_id, organization_id)
            plans = queries.plans_of(round_id)
            prices = {line.price_rp for row in rows for line in _all_lines(row.need.id)}
            for plan in plans:
                for said in queries.advice_of(plan.id, [row.need.id for row in rows]).values():
                    prices |= {value for each in said for value in (each.amount or 0, each.unit_rp)}
            return prices


def _all_lines(need_id):
    return db.session.query(AssignmentLine).filter_by(need_id=need_id)


def pages_of(browser, most=60) -> dict[str, str]:
    """Everything that a person can reach by following links from home."""
    todo, seen = ["/hari-ini"], {}
    while todo and len(seen) < most:
        path = todo.pop(0)
        if path in seen or re.search(r"keluar|bahasa|\.xlsx|\.csv|\.pdf|/static/|/foto/", path):
            continue
        answer = browser.get(path)
        seen[path] = text(answer) if answer.status_code == 200 else ""
        todo += [href.split("#")[0] for href in re.findall(r'href="(/[^"]*)"', seen[path])]
    return seen


@pytest.mark.parametrize("seed", [3, 17, 2026])
def test_no_page_of_anybody_shows_a_strangers_price(market, browsers, seed):
    world = World(market, seed)
    round_id = world.publish()
    world.answer(round_id)
    people = [*(secretary for secretary, _chair in world.buyers), *world.sellers]
    for person in people:
        mine = person.organization_id
        told = world.told(mine, round_id) if person.organization_kind == "cooperative" else set()
        strange = {
            price
            for owner, prices in world.secret.items()
            if owner != mine
            for price in prices
            if price not in told
        }
        seen = pages_of(browsers(person))
        assert len(seen) > 5
        assert any(group(own) in page for own in world.secret[mine] for page in seen.values()), "looks at all"
        for name in (*FILES,):
            seen[name] = text(browsers(person).get(f"/putaran/{round_id}/rencana/1/{name}.json"))
        leaks = {
            (path, price)
            for path, page in seen.items()
            for price in strange
            if re.search(rf"(?<![\d.])({group(price)}|{price})(?![\d.]*\d)", page)
        }
        assert leaks == set(), person.organization_name
