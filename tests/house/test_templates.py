"""Every page is plain HTML without inline code, carries its tokens, speaks through the catalogue."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from market.core import db
from market.core.states import StateTable
from market.migrations import models
from tests.house import source
from tests.web.pages import FOLDER, Reader, environment

PAGES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))
NOT_TRANSLATED = {"Lumbung", "Rp", "WhatsApp", "PDF", "CSV", "XLSX", "A4", "QRIS", "HET", "kg"}
WITH_H1 = {"base.html", "_print.html", "errors/_calm.html", "errors/_bare.html"}


def text_of(name: str) -> str:
    """The template without what Jinja takes out; what it puts in is an x."""
    raw = (FOLDER / name).read_text(encoding="utf-8")
    raw = re.sub(r"{#.*?#}", "", raw, flags=re.S)
    raw = re.sub(r"{{.*?}}", "x", raw, flags=re.S)
    return re.sub(r"{%.*?%}", "", raw, flags=re.S)


# What every template obeys


@pytest.mark.parametrize("name", PAGES)
def test_a_template_parses(name: str) -> None:
    made = environment()
    made.compile((FOLDER / name).read_text(encoding="utf-8"), name)


@pytest.mark.parametrize("name", [name for name in PAGES if not name.startswith("_")])
def test_a_page_fetches_the_script_that_renews_it_exactly_when_it_renews_itself(name: str) -> None:
    raw = (FOLDER / name).read_text(encoding="utf-8")
    if name != "base.html":
        assert ("m.htmx()" in raw) == (" hx-" in raw)


@pytest.mark.parametrize("name", PAGES)
def test_a_template_holds_no_inline_code_and_no_inline_style(name: str) -> None:
    for tag, attributes in Reader(text_of(name)).tags:
        assert tag != "style"
        assert tag != "script" or attributes.get("src"), "a script comes from a file"
        for key, value in attributes.items():
            assert not key.startswith(("on", "hx-on", "data-hx-on", ":", "@")), f"{tag} {key}"
            assert key != "style", tag
            assert "javascript:" not in (value or "").lower().replace(" ", "")


@pytest.mark.parametrize("name", [page for page in PAGES if page != "_forms.html"])
def test_an_unsafe_form_is_opened_by_the_macro_alone(name: str) -> None:
    for tag, attributes in Reader(text_of(name)).tags:
        if tag == "form":
            assert (attributes.get("method") or "").lower() in ("get", "dialog"), (
                "use forms.form_open or action_button"
            )
        assert not {"hx-delete", "hx-put", "hx-patch", "hx-post"} & set(attributes) or tag == "form"


def test_the_macros_put_token_and_key_into_each_form_they_open() -> None:
    parts = re.split(r"(?=<form)", (FOLDER / "_forms.html").read_text(encoding="utf-8"))[1:]
    assert len(parts) == 3
    for part in parts:
        assert "keys()" in part.split("</form>")[0]


@pytest.mark.parametrize("name", PAGES)
def test_what_people_read_goes_through_the_catalogue(name: str) -> None:
    for tag, text in Reader(text_of(name)).texts:
        bare = [
            word
            for word in re.findall(r"[^\W\d_]{2,}", text)
            if word.strip("x") and word not in NOT_TRANSLATED
        ]
        assert tag in ("script", "code") or not bare, f'wrap in {{{{ _("...") }}}}: {text.strip()!r}'


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_the_one_heading_that_its_frame_prints(name: str) -> None:
    raw = (FOLDER / name).read_text(encoding="utf-8")
    if name not in WITH_H1 and "block page_head" not in raw:
        assert "<h1" not in raw, "the frame prints block title as the h1"


@pytest.mark.parametrize("name", PAGES)
def test_a_named_icon_and_a_named_file_exist(name: str) -> None:
    raw = re.sub(r"{#.*?#}", "", (FOLDER / name).read_text(encoding="utf-8"), flags=re.S)
    sprite = (source.ROOT / "static/icons.svg").read_text(encoding="utf-8")
    known = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    used = set(re.findall(r'\b(?:icon|sign)\(\s*"([^"]+)"', raw)) | set(re.findall(r'\bicon="([^"]+)"', raw))
    assert used <= known
    for path in re.findall(r"static\(\s*['\"]([^'\"]+)['\"]\s*\)", raw):
        assert (source.ROOT / "static" / path).is_file(), path


# Names: the room of a view is found without searching


def views() -> Iterator[tuple[str, str]]:
    """Part and name of every function in the routes of a part."""
    for path in source.python_files("market"):
        if source.room_of(path) == "routes":
            for function in source.functions(path):
                yield source.part_of(path), function.name


def rendered() -> Iterator[tuple[Path, str]]:
    """Every template named in a call of render_template."""
    for path in source.python_files("market"):
        for node in ast.walk(source.tree(path)):
            called = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "render_template"
            if called and isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                yield path, str(node.args[0].value)


def test_a_template_is_named_after_its_route_function() -> None:
    known = {f"{part}/{name}" for part, name in views()}
    parts = {part for part, _name in views()}
    for name in PAGES:
        part, _slash, view = name.partition("/")
        if part in parts and not view.startswith("_"):
            assert f"{part}/{view.removesuffix('.html')}" in known, (
                f"{name}: no such function in {part}/routes.py"
            )


def test_a_rendered_template_exists_and_belongs_to_the_part() -> None:
    for path, name in rendered():
        assert (FOLDER / name).is_file(), f"{path.name} renders {name}"
        assert name.split("/")[0] in (source.part_of(path), "errors"), (
            f"{path} renders {name} of another part"
        )


# Words for states


def all_states() -> set[str]:
    """Every state that any object of the product may have."""
    models.load()
    held = (getattr(mapper.class_, "STATES", None) for mapper in db.Base.registry.mappers)
    return {state for table in held if isinstance(table, StateTable) for state in table.states}


def test_every_state_of_the_product_has_a_word_and_an_icon() -> None:
    states = environment().get_template("_states.html").module
    known = set(states.signs)  # type: ignore[attr-defined]
    assert all_states() <= known
    for state in known:
        assert str(states.state_word(state)).strip(), state  # type: ignore[attr-defined]
        assert "<use href=" in states.state_chip(state)  # type: ignore[attr-defined]


def test_no_state_is_told_by_its_english_name() -> None:
    raw = (FOLDER / "_states.html").read_text(encoding="utf-8")
    signs = set(environment().get_template("_states.html").module.signs)  # type: ignore[attr-defined]
    assert signs == set(re.findall(r'state == "([a-z_]+)"', raw))
