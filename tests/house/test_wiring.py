"""The wiring is tested, not only the code: every kind of job that is written has a reader."""

from __future__ import annotations

import ast

from market import wiring
from tests.house import source


def enqueued_kinds() -> dict[str, str]:
    """Kind of job -> where it is written; a kind that is not a literal is a fault."""
    found = {}
    for path in source.python_files("market"):
        for node in ast.walk(source.tree(path)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr != "enqueue":
                continue
            kind = node.args[0]
            where = f"{path.relative_to(source.ROOT)}:{node.lineno}"
            assert isinstance(kind, ast.Constant), f"{where}: the kind of a job is a literal"
            found[str(kind.value)] = where
    return found


def test_every_job_that_is_written_has_a_handler():
    missing = {kind: where for kind, where in enqueued_kinds().items() if kind not in wiring.HANDLERS}
    assert missing == {}


def test_no_handler_waits_for_a_job_that_nobody_writes():
    assert wiring.HANDLERS.keys() - enqueued_kinds().keys() == set()


def test_only_what_is_paid_for_is_asked_about_late_money():
    """A purpose that is not asked gets no late money: it goes back."""
    assert wiring.LATE_PURPOSES.keys() <= wiring.PAYMENT_PURPOSES.keys()


def test_schedules_have_names_of_their_own():
    names = [schedule.name for schedule in wiring.SCHEDULES]
    assert len(names) == len(set(names))
    assert all(schedule.every_s >= 5 for schedule in wiring.SCHEDULES)


def test_every_part_that_keeps_photos_is_asked_before_one_is_swept_away():
    keeping = {
        path.relative_to(source.ROOT / "market").parts[0]
        for path in source.python_files("market")
        if path.name != "files.py"
        and "store_photo(" in path.read_text(encoding="utf-8")
        and "benchmarks" not in path.parts  # its database goes with its photos
    }
    assert keeping == wiring.PHOTO_KEEPERS.keys()


def notice_links() -> dict[str, str]:
    """The page that a notice leads to, with 1 for every number in it -> where it is written."""
    found = {}
    for path in source.python_files("market"):
        for node in ast.walk(source.tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "notices.notify":
                if not isinstance(node.args[-1], ast.Constant | ast.JoinedStr):
                    continue
                parts = getattr(node.args[-1], "values", [node.args[-1]])
                text = "".join(str(part.value) if isinstance(part, ast.Constant) else "1" for part in parts)
                found[text] = f"{path.relative_to(source.ROOT)}:{node.lineno}"
    return found


def test_every_notice_leads_to_a_page_that_exists(app):
    known, links = app.url_map.bind("127.0.0.1"), notice_links()
    assert len(links) > 5
    nowhere = {link: where for link, where in links.items() if not known.test(link.split("?")[0], "GET")}
    assert nowhere == {}
