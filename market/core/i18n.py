"""Words for people. Indonesian is the source: the message itself is the Indonesian text.

Only other languages have a catalogue (`market/translations/<locale>/LC_MESSAGES/messages.po`); it
is compiled in memory at its first use, so no binary file has to be kept in step.
"""

import datetime as dt
import html
import io
import logging
from collections.abc import Mapping
from contextvars import ContextVar, Token
from decimal import Decimal
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from types import TracebackType
from typing import Self

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from market.core import clock

DEFAULT = "id"
FOLDER = Path(__file__).resolve().parent.parent / "translations"

_log = logging.getLogger(__name__)
_locale: ContextVar[str] = ContextVar("locale", default=DEFAULT)
_strict = True


def configure(*, strict: bool) -> None:
    """Whether a message whose parameters do not fit raises (tests) or is shown as it is (production)."""
    global _strict
    _strict = strict


@cache
def available() -> tuple[str, ...]:
    """The languages one can choose, the source first."""
    found = sorted(path.parent.parent.name for path in FOLDER.glob("*/LC_MESSAGES/messages.po"))
    return (DEFAULT, *(name for name in found if name != DEFAULT))


@cache
def _catalogue(locale: str) -> NullTranslations:
    if locale == DEFAULT:
        return NullTranslations()
    with (FOLDER / locale / "LC_MESSAGES" / "messages.po").open("rb") as source:
        catalog = read_po(source, locale=locale)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(fp=compiled)


class use_locale:
    """Speak `locale` from now on; as a context manager, only inside. Unknown names mean Indonesian."""

    def __init__(self, locale: str) -> None:
        self._token: Token[str] = _locale.set(locale if locale in available() else DEFAULT)

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _locale.reset(self._token)


def current_locale() -> str:
    """The language spoken now."""
    return _locale.get()


def gettext(message: str, /, **params: object) -> str:
    """`message` in the current language, `%(name)s` filled from `params`.

    Without params the text is taken as it is, so a bare percent sign needs no doubling.
    """
    text = _catalogue(_locale.get()).gettext(message) if message else ""
    return _fill(text, params)


_ = gettext


def stored(message: str, /, **params: object) -> str:
    """`message` in Indonesian whoever acts, for a text that is kept: books and histories have one language.

    A text without params is shown in the reader's language by asking for it again: `_(row.reason)`.
    """
    return _fill(message, params)


def ngettext(one: str, many: str, n: int, /, **params: object) -> str:
    """Like gettext, choosing by `n`; `%(n)s` is filled with the grouped number."""
    text = _catalogue(_locale.get()).ngettext(one, many, n)
    return _fill(text, {"n": format_number(n), **params})


def _fill(text: str, params: Mapping[str, object]) -> str:
    if not params:
        return text
    try:
        return text % params
    except (KeyError, TypeError, ValueError):
        if _strict:
            raise
        _log.error("message does not fit its parameters: %r %s", text, sorted(params))
        return text


class LazyText(str):
    """A text that is translated when it is shown, for labels written at class level.

    It is a `str` (the Indonesian source), so that libraries that insist on one are content.
    """

    __slots__ = ("_params",)
    _params: Mapping[str, object]

    def __new__(cls, message: str, params: Mapping[str, object]) -> Self:
        text = super().__new__(cls, message)
        text._params = params
        return text

    def __str__(self) -> str:
        return gettext(str.__str__(self), **self._params)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __html__(self) -> str:
        """How a template shows it: without this Jinja would keep the Indonesian source of a `str`."""
        return html.escape(str(self))

    def __add__(self, other: str) -> str:
        return str(self) + str(other)

    def __radd__(self, other: str) -> str:
        return str(other) + str(self)


def lazy(message: str, /, **params: object) -> LazyText:
    """`message`, translated at each use."""
    return LazyText(message, params)


def in_every_language(text: str) -> list[str]:
    """A lazy text as each reader sees it, Indonesian first; any other text alone."""
    if not isinstance(text, LazyText):
        return [text]
    said = []
    for locale in available():
        with use_locale(locale):
            said.append(str(text))
    return said


class CountedText(LazyText):
    """A lazy text with a form for one and one for many; `%(n)s` is the grouped number."""

    __slots__ = ("_many",)
    _many: str

    def for_count(self, n: int, **params: object) -> str:
        """The text in the current language for this number."""
        return ngettext(str.__str__(self), self._many, n, **params)


def lazy_counted(one: str, many: str, /) -> CountedText:
    """A text that is translated when it is shown, with its number."""
    text = CountedText(one, {})
    text._many = many
    return text


@cache
def _names(locale: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    known = Locale.parse(locale)
    days, months = known.days["format"]["abbreviated"], known.months["format"]["abbreviated"]
    return tuple(days[i] for i in range(7)), tuple(months[i] for i in range(1, 13))


def format_date(day: dt.date) -> str:
    """ "Sab 21 Nov 2026"; an instant is shown as its date in western Indonesia."""
    if isinstance(day, dt.datetime):
        day = clock.wib(day).date()
    return f"{_day_month(day)} {day.year}"


def format_day(day: dt.date) -> str:
    """A date as papers write it, without the day of the week: "31 Des 2026"."""
    _days, months = _names(current_locale())
    return f"{day.day} {months[day.month - 1]} {day.year}"


def _day_month(day: dt.date) -> str:
    days, months = _names(_locale.get())
    return f"{days[day.weekday()]} {day.day} {months[day.month - 1]}"


def format_datetime(instant: dt.datetime) -> str:
    """ "Sab 21 Nov 14.05" in western Indonesian time; the year is named when it is not this year."""
    local = clock.wib(instant)
    year = "" if local.year == clock.today().year else f" {local.year}"
    dot = "." if _locale.get() == DEFAULT else ":"
    return f"{_day_month(local)}{year} {local.hour:02}{dot}{local.minute:02}"


def format_number(value: float | Decimal, digits: int = 0) -> str:
    """1250 -> "1.250"; 12.5 with one digit -> "12,5".

    The same in every language, because the fields read numbers in this notation only.
    """
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def ago(instant: dt.datetime) -> str:
    """How long since `instant`: "baru saja", "3 menit lalu"; of the future: "3 menit lagi"."""
    seconds = round((clock.now() - instant).total_seconds())
    past, distance = seconds >= 0, abs(seconds)
    if distance < 60:
        return gettext("baru saja") if past else gettext("sebentar lagi")
    if distance < 3600:
        n = distance // 60
        if past:
            return ngettext("%(n)s menit lalu", "%(n)s menit lalu", n)
        return ngettext("%(n)s menit lagi", "%(n)s menit lagi", n)
    if distance < 48 * 3600:
        n = distance // 3600
        if past:
            return ngettext("%(n)s jam lalu", "%(n)s jam lalu", n)
        return ngettext("%(n)s jam lagi", "%(n)s jam lagi", n)
    n = distance // 86400
    if past:
        return ngettext("%(n)s hari lalu", "%(n)s hari lalu", n)
    return ngettext("%(n)s hari lagi", "%(n)s hari lagi", n)
