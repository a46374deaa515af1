"""What the macros, the frame and the colours promise to every page built on them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from market.web import forms as fields
from tests.house import source
from tests.web.pages import Reader, render

FORMS = '{% import "_forms.html" as f %}'
TABLE = '{% import "_table.html" as t %}'


class Sample(fields.Form):
    item = fields.ChoiceField("Barang")
    price_rp = fields.RupiahField("Harga paling mahal")
    amount = fields.QuantityField("Jumlah")
    phone = fields.PhoneField("Telepon", required=False)
    by_on = fields.DateField("Paling lambat")
    photo = fields.PhotoField("Foto", required=False)
    ready = fields.BooleanField("Uang sudah ada")


def sample(**typed: str) -> Sample:
    form = Sample(MultiDict(typed) if typed else None)
    form.item.choices = [("1", "Beras")]
    return form


def shown(form: Sample) -> str:
    return render(
        '{% import "_forms.html" as f %}{{ f.form_open("/x", form, multipart=True) }}{{ f.fields(form) }}'
        '{{ f.submit("Simpan") }}{{ f.form_close() }}',
        form=form,
    )


def test_a_form_carries_token_and_key_once_and_every_field_its_label() -> None:
    reader = Reader(shown(sample()))
    names = [attributes.get("name") for _tag, attributes in reader.tags]
    assert names.count("csrf_token") == names.count("_idem") == 1
    labels = {attributes.get("for") for tag, attributes in reader.tags if tag == "label"}
    assert labels >= {"item", "price_rp", "amount", "phone", "by_on", "photo"}


def test_money_opens_the_keypad_for_numbers_and_a_photo_the_camera() -> None:
    inputs = {
        attributes.get("name"): attributes
        for tag, attributes in Reader(shown(sample())).tags
        if tag == "input"
    }
    assert inputs["price_rp"]["inputmode"] == "numeric"
    assert inputs["photo"]["capture"] == "environment"
    assert inputs["by_on"]["type"] == "date"
    assert "inputmode" not in inputs["amount"], "2 ton needs letters"


def test_a_wrong_field_says_why_keeps_what_was_typed_and_is_named_at_the_top() -> None:
    form = sample(price_rp='12,5"><b>', item="1", amount="2 ton", by_on="2026-11-30")
    assert not form.validate()
    html = shown(form)
    wrong = next(attributes for _tag, attributes in Reader(html).tags if attributes.get("name") == "price_rp")
    assert wrong["aria-invalid"] == "true" and wrong["value"] == '12,5"><b>'
    assert wrong["aria-describedby"] == "price_rp-error" and 'id="price_rp-error"' in html
    assert 'href="#price_rp"' in html and "<b>" not in html


def test_a_refusal_of_the_whole_form_stands_at_its_top() -> None:
    form = sample(price_rp="1", item="1", amount="2 ton", by_on="2026-11-30")
    form.form_errors.append("Uang tidak cukup.")
    assert "Uang tidak cukup." in shown(form).split('name="price_rp"')[0]


def test_one_button_posts_with_token_key_and_its_hidden_values() -> None:
    html = render(FORMS + '{{ f.action_button("/x", "Setujui", "primary", "check", version=3) }}')
    hidden = {a.get("name"): a.get("value") for tag, a in Reader(html).tags if tag == "input"}
    assert hidden == {"csrf_token": "the-token", "_idem": "the-key", "version": "3"}


def test_a_destructive_act_says_what_happens_and_asks_for_the_word() -> None:
    html = render(FORMS + '{{ f.confirm_button("/x", "Tarik", "Keluar dari putaran.", "TARIK") }}')
    assert "Keluar dari putaran." in html and 'data-confirm="TARIK"' in html and 'name="confirm"' in html


ROWS = [{"item": "<Beras>", "price_rp": 12500, "state": "open", "at": None, "href": "/b/1"}]
COLUMNS = [
    ("item", "Barang", "main"),
    ("price_rp", "Harga", "rp"),
    ("state", "Status", "state"),
    ("at", "Kapan", "when"),
]


def test_a_table_cell_knows_its_label_for_the_card_on_a_phone() -> None:
    html = render(
        TABLE + '{{ t.data_table(columns, rows, href="href", total={"price_rp": 12500}) }}',
        columns=COLUMNS,
        rows=ROWS,
    )
    assert 'data-label="Harga"' in html and "Rp12.500" in html and "&lt;Beras&gt;" in html
    assert '<a href="/b/1">' in html and html.count("<tfoot") == 1 and "–" in html


def test_a_list_of_cells_can_be_written_by_the_page() -> None:
    html = render(
        TABLE + '{% call(row) t.data_table(columns, rows) %}{{ t.cell("Barang", row.item, "main") }}'
        '{% call t.cell("", kind="act") %}<b>x</b>{% endcall %}{% endcall %}',
        columns=COLUMNS,
        rows=ROWS,
    )
    assert html.count("<td") == 2 and "<b>x</b>" in html


def test_an_empty_list_teaches_the_first_step() -> None:
    html = render(TABLE + '{{ t.empty_state("Belum ada", "Mulai di sini.", "/baru", "Pasang") }}')
    assert "Mulai di sini." in html and 'href="/baru"' in html


# The frame


def page(**context: Any) -> str:
    text = '{% extends "base.html" %}{% block title %}Stok & gudang{% endblock %}'
    return render(text, **context)


def test_the_frame_names_the_page_once_and_skips_to_it() -> None:
    html = page()
    assert html.count("<h1>") == 1 and "<h1>Stok & gudang</h1>" in html
    assert 'href="#isi"' in html and '<main class="page" id="isi"' in html and '<html lang="id">' in html
    assert 'name="viewport"' in html and 'role="status"' in html


def test_the_frame_shows_the_places_and_marks_where_one_is() -> None:
    nav = [{"label": f"T{i}", "icon": "home", "href": f"/{i}", "active": i == 1} for i in range(7)]
    actor = {"name": "Sri", "organization_name": "Koperasi <Makmur>", "role_label": "Sekretaris"}
    roles = [{"id": i, "label": f"Peran {i}", "current": i == 1} for i in (1, 2)]
    html = page(nav=nav, actor=actor, roles=roles)
    assert html.count('aria-current="page"') == 1 and "Koperasi &lt;Makmur&gt;" in html
    assert 'name="role_id" value="2"' in html and 'name="role_id" value="1"' not in html
    assert html.count('class="menu-item menu-more"') == 2, (
        "what the bottom bar has no room for is in the menu"
    )


@pytest.mark.parametrize("code", [403, 404, 405, 409, 413, 422, 429, 500, 503])
def test_an_error_says_what_happened_what_was_kept_and_what_to_do(code: int) -> None:
    html = render(f'{{% include "errors/{code}.html" %}}', message=Markup("") + "<x>", request_id="abc-1")
    said = [text.strip() for tag, text in Reader(html).texts if tag in ("h1", "p") and text.strip()]
    assert len(said) >= 3 and all(sentence.endswith(".") for sentence in said[1:3])
    assert "abc-1" in html and "<x>" not in html


def test_a_document_stands_alone_with_letterhead_and_signatures() -> None:
    html = render(
        '{% extends "_print.html" %}{% block title %}Pesanan{% endblock %}{% block back %}/p/1{% endblock %}'
        '{% block letterhead %}{{ letterhead("Koperasi Makmur") }}{% endblock %}'
        '{% block signatures %}{{ signatures([("Pemesan", "Sri")]) }}{% endblock %}'
    )
    assert (
        "<h1>Pesanan</h1>" in html
        and "Koperasi Makmur" in html
        and "signature-line" in html
        and 'href="/p/1"' in html
    )


def test_a_history_speaks_of_who_and_when() -> None:
    change = {
        "to_state": "open",
        "actor_name": "Budi",
        "at": dt.datetime(2026, 11, 22, 7, tzinfo=dt.UTC),
        "reason": "<i>",
    }
    html = render(TABLE + "{{ t.history(changes) }}", changes=[change])
    assert "Terbuka" in html and "Budi" in html and "14.00" in html and "&lt;i&gt;" in html


# Colours that can be read in the sun


def tokens() -> dict[str, str]:
    sheet = (source.ROOT / "static/tokens.css").read_text(encoding="utf-8")
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{3,6});", sheet))


def light(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


TEXT_ON = {
    "ink": ("paper", "card", "well", "gold-tint", "padi-tint", "merah-tint"),
    "ink-soft": ("paper", "card", "well"),
    "padi": ("paper", "card"),
    "padi-deep": ("padi-tint", "card", "paper"),
    "merah": ("card", "paper"),
    "merah-deep": ("merah-tint", "card", "paper"),
    "gold-ink": ("gold-tint", "card", "paper"),
    "card": ("padi", "merah", "padi-deep", "merah-deep", "ink"),
}


@pytest.mark.parametrize(
    ("text", "ground"), [(text, ground) for text, grounds in TEXT_ON.items() for ground in grounds]
)
def test_text_stands_out_from_its_ground(text: str, ground: str) -> None:
    assert contrast(tokens()[text], tokens()[ground]) >= 4.5


def test_the_edge_of_a_field_can_be_seen() -> None:
    assert contrast(tokens()["line-strong"], tokens()["paper"]) >= 3
