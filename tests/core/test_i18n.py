"""Words: Indonesian is the source, other languages come from a catalogue."""

import datetime as dt
import threading

import pytest
from jinja2 import Environment
from markupsafe import escape

from market.core import clock, i18n
from market.core.i18n import _, ago, format_date, format_datetime, format_number, lazy, ngettext, use_locale

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Kebutuhan tersimpan."
msgstr "Need saved."

msgid "Sisa %(packs)s sak"
msgstr "%(packs)s bags left"

msgid "%(n)s menit lalu"
msgid_plural "%(n)s menit lalu"
msgstr[0] "%(n)s minute ago"
msgstr[1] "%(n)s minutes ago"
"""


@pytest.fixture(autouse=True)
def _english(tmp_path, monkeypatch):
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(PO, encoding="utf-8")
    monkeypatch.setattr(i18n, "FOLDER", tmp_path)
    i18n.available.cache_clear()
    i18n._catalogue.cache_clear()
    i18n.configure(strict=True)
    with use_locale("id"):
        yield
    i18n.available.cache_clear()
    i18n._catalogue.cache_clear()
    clock.reset()


def test_indonesian_is_the_message_itself():
    assert _("Kebutuhan tersimpan.") == "Kebutuhan tersimpan."
    assert _("Sisa %(packs)s sak", packs=3) == "Sisa 3 sak"
    assert _("") == ""


def test_another_language_comes_from_its_catalogue_and_untranslated_text_stays():
    with use_locale("en"):
        assert _("Kebutuhan tersimpan.") == "Need saved."
        assert _("Sisa %(packs)s sak", packs=3) == "3 bags left"
        assert _("Belum diterjemahkan") == "Belum diterjemahkan"
    assert _("Kebutuhan tersimpan.") == "Kebutuhan tersimpan."


def test_the_source_comes_first_among_the_languages():
    assert i18n.available() == ("id", "en")


@pytest.mark.parametrize("name", ["xx", "", "../../etc", "en\x00", "EN"])
def test_an_unknown_language_means_indonesian(name):
    with use_locale(name):
        assert i18n.current_locale() == "id"


def test_the_language_can_be_set_for_good_and_the_scope_gives_it_back():
    with use_locale("id"):
        use_locale("en")
        assert i18n.current_locale() == "en"
    assert i18n.current_locale() == "id"


def test_each_thread_speaks_its_own_language():
    heard = []
    with use_locale("en"):
        thread = threading.Thread(target=lambda: heard.append(i18n.current_locale()))
        thread.start()
        thread.join()
    assert heard == ["id"]


def test_a_bare_percent_sign_needs_no_doubling_without_parameters():
    assert _("Susut 5% per bulan") == "Susut 5% per bulan"


@pytest.mark.parametrize("message", ["Sisa %(sacks)s sak", "Sisa %d sak", "Naik 5% dari %(packs)s"])
def test_a_message_that_does_not_fit_raises_in_tests_and_is_shown_raw_in_production(message, caplog):
    with pytest.raises((KeyError, TypeError, ValueError)):
        _(message, packs=3)
    i18n.configure(strict=False)
    assert _(message, packs=3) == message
    assert "does not fit" in caplog.text


def test_plural_follows_the_language():
    assert ngettext("%(n)s menit lalu", "%(n)s menit lalu", 1) == "1 menit lalu"
    with use_locale("en"):
        assert ngettext("%(n)s menit lalu", "%(n)s menit lalu", 1) == "1 minute ago"
        assert ngettext("%(n)s menit lalu", "%(n)s menit lalu", 2000) == "2.000 minutes ago"


class Form:
    label = lazy("Kebutuhan tersimpan.")
    left = lazy("Sisa %(packs)s sak", packs=7)


def test_a_label_written_once_is_shown_in_the_language_of_the_reader():
    assert str(Form.label) == "Kebutuhan tersimpan."
    with use_locale("en"):
        assert str(Form.label) == "Need saved."
        assert f"{Form.left}!" == "7 bags left!"
        assert "%s" % Form.label == "Need saved."  # noqa: UP031
        assert Form.label + "!" == "Need saved.!"
        assert "> " + Form.label == "> Need saved."
    assert isinstance(Form.label, str)


def test_dates_are_short_and_indonesian():
    assert format_date(dt.date(2026, 11, 22)) == "Min 22 Nov 2026"
    assert format_date(dt.date(2026, 8, 17)) == "Sen 17 Agu 2026"
    assert format_date(dt.datetime(2026, 11, 22, 17, 30, tzinfo=dt.UTC)) == "Sen 23 Nov 2026"
    with use_locale("en"):
        assert format_date(dt.date(2026, 8, 17)) == "Mon 17 Aug 2026"


def test_instants_are_shown_in_western_indonesian_time_with_the_year_only_when_it_differs():
    clock.travel(to=dt.datetime(2026, 12, 1, tzinfo=dt.UTC))
    assert format_datetime(dt.datetime(2026, 11, 21, 7, 5, tzinfo=dt.UTC)) == "Sab 21 Nov 14.05"
    assert format_datetime(dt.datetime(2025, 11, 21, 17, 5, tzinfo=dt.UTC)) == "Sab 22 Nov 2025 00.05"
    with use_locale("en"):
        assert format_datetime(dt.datetime(2026, 11, 21, 7, 5, tzinfo=dt.UTC)) == "Sat 21 Nov 14:05"


def test_an_instant_without_zone_is_our_own_mistake():
    with pytest.raises(ValueError, match="naive"):
        format_datetime(dt.datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [(1250, 0, "1.250"), (12.5, 1, "12,5"), (-1234.5, 2, "-1.234,50"), (0, 0, "0")],
)
def test_numbers_are_written_the_way_the_fields_read_them(value, digits, shown):
    assert format_number(value, digits) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (5, "baru saja"),
        (-30, "sebentar lagi"),
        (180, "3 menit lalu"),
        (-180, "3 menit lagi"),
        (3_600, "1 jam lalu"),
        (47 * 3_600, "47 jam lalu"),
        (-2 * 3_600, "2 jam lagi"),
        (49 * 3_600, "2 hari lalu"),
        (-5 * 86_400, "5 hari lagi"),
    ],
)
def test_how_long_ago(seconds, shown):
    assert ago(clock.now() - dt.timedelta(seconds=seconds)) == shown


def test_a_lazy_text_is_translated_wherever_a_template_puts_it():
    assert escape(lazy("Kebutuhan <b>")) == "Kebutuhan &lt;b&gt;"
    template = Environment(autoescape=True).from_string("{{ a ~ '!' }} {{ a | string }}")
    with use_locale("en"):
        assert template.render(a=lazy("Kebutuhan tersimpan.")) == "Need saved.! Need saved."


def test_papers_write_a_date_without_the_day_of_the_week():
    assert i18n.format_day(dt.date(2026, 12, 31)) == "31 Des 2026"
