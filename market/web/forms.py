"""Fields that read what Indonesians type, and a form that keeps it when something is wrong.

A field parses with the kernel's own rules (`core.money`, `core.quantity`, `core.text`), so a page
and a spreadsheet accept the same things. Choices are passed in: a form asks no database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self, cast

from flask import request
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import BooleanField as WtBoolean
from wtforms import Field, FileField, PasswordField, SelectField, StringField
from wtforms import Form as WtForm
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import TextArea

from market.core import messages, money, quantity, text
from market.core.errors import Refused
from market.core.i18n import _, lazy

Choices = Sequence[tuple[str, str]]


class Form(WtForm):
    """A form of named fields. `load` reads the request; `guard` puts a refusal at its field."""

    @classmethod
    def load(cls, data: dict[str, Any] | None = None, **choices: Choices) -> Self:
        """The form as sent (unsafe request) or filled from `data` (first showing)."""
        sent: MultiDict[str, Any] | None = None
        if request.method == "POST":
            sent = MultiDict([*request.form.items(multi=True), *request.files.items(multi=True)])
        form = cls(sent, data=data or {})
        for name, options in choices.items():
            cast("SelectField", form[name]).choices = list(options)
        return form

    def values(self) -> dict[str, Any]:
        """What the fields read, by name."""
        return {name: field.data for name, field in self._fields.items()}

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Turn a Refused of the service into a message at its field (or above the form)."""
        try:
            yield
        except Refused as refusal:
            self.refuse(refusal)

    def refuse(self, refusal: Refused) -> None:
        """Show a refusal at its field, or above the form when it belongs to none."""
        if refusal.field in self._fields:
            field = self._fields[refusal.field]
            field.errors = [*field.errors, str(refusal)]
        else:
            self.form_errors.append(str(refusal))


class Required:
    """Something must be typed; says so in our words."""

    field_flags = {"required": True}

    def __call__(self, _form: Any, field: Field) -> None:
        if not field.raw_data or not str(field.raw_data[0]).strip():
            field.errors = []
            raise StopValidation(_("Wajib diisi."))


class Optional:
    """May stay empty; the field then holds None and nothing else is checked."""

    field_flags = {"optional": True}

    def __call__(self, _form: Any, field: Field) -> None:
        if not field.raw_data or not str(field.raw_data[0]).strip():
            field.errors = []
            field.data = None
            raise StopValidation()


def _validators(kwargs: dict[str, Any]) -> dict[str, Any]:
    required = kwargs.pop("required", True)
    first = [Required()] if required else [Optional()]
    kwargs["validators"] = [*first, *kwargs.get("validators", [])]
    return kwargs


class _Parsed(StringField):
    """A text field whose `data` is what `parse` makes of it; what was typed is shown again."""

    data: Any

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, **_validators(kwargs))

    def parse(self, typed: str) -> Any:
        raise NotImplementedError

    def show(self, value: Any) -> str:
        return str(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if valuelist and str(valuelist[0]).strip():
            try:
                self.data = self.parse(str(valuelist[0]))
            except Refused as refusal:
                raise ValueError(str(refusal)) from refusal

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.show(self.data)


class TextField(_Parsed):
    """One line of text, cleaned and limited."""

    def __init__(self, label: Any = None, max_chars: int = 200, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.max_chars = max_chars

    def parse(self, typed: str) -> str:
        return text.clean(typed, self.max_chars)


class LongTextField(TextField):
    """Several lines of text."""

    widget = TextArea()

    def parse(self, typed: str) -> str:
        return text.clean(typed, self.max_chars, multiline=True)


class SecretField(PasswordField):
    """A password: taken as typed, never shown again."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, **_validators(kwargs))


class RupiahField(_Parsed):
    """Whole rupiah: "12.500" or "Rp 12.500"."""

    def __init__(self, label: Any = None, least: int = 0, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.least = least

    def parse(self, typed: str) -> int:
        amount = money.parse_rp(typed)
        if amount < self.least:
            raise Refused(_("Paling sedikit %(least)s.", least=money.format_rp(self.least)))
        return amount

    def show(self, value: int) -> str:
        return money.group(value)


class IntegerField(_Parsed):
    """A whole number between `least` and `most`."""

    def __init__(self, label: Any = None, least: int = 0, most: int = 10**9, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.least, self.most = least, most

    def parse(self, typed: str) -> int:
        return text.whole_number(typed, least=self.least, most=self.most)


class PacksField(IntegerField):
    """A whole number of packs, at least one unless told otherwise."""

    def __init__(self, label: Any = None, least: int = 1, **kwargs: Any) -> None:
        super().__init__(label, least=least, most=10_000_000, **kwargs)


class QuantityField(_Parsed):
    """A quantity with its unit ("2 ton", "1,5 kg") in base units of the commodity."""

    def __init__(self, label: Any = None, base_unit: str = "g", **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.base_unit = base_unit

    def parse(self, typed: str) -> int:
        return quantity.parse(typed, self.base_unit)

    def show(self, value: int) -> str:
        return quantity.format_base(value, self.base_unit)


class DateField(_Parsed):
    """A day: 2026-11-22 from the phone's picker, or typed 22-11-2026."""

    def parse(self, typed: str) -> Any:
        return text.parse_date(typed)

    def show(self, value: Any) -> str:
        return str(value.isoformat())

    def __call__(self, **kwargs: Any) -> Any:
        return super().__call__(type="date", **kwargs)


class PhoneField(_Parsed):
    """An Indonesian mobile number in one normal form."""

    def parse(self, typed: str) -> str:
        return messages.normal_phone(typed)

    def __call__(self, **kwargs: Any) -> Any:
        return super().__call__(type="tel", inputmode="tel", autocomplete="tel", **kwargs)


class ChoiceField(SelectField):
    """One of the choices passed to `Form.load`; anything else is refused in our words."""

    def __init__(self, label: Any = None, coerce: Any = str, **kwargs: Any) -> None:
        super().__init__(label, coerce=coerce, choices=[], **_validators(kwargs))

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if valuelist and str(valuelist[0]).strip():
            try:
                self.data = self.coerce(valuelist[0])
            except (ValueError, TypeError, OverflowError) as error:
                raise ValueError(_("Pilih salah satu dari daftar.")) from error

    def pre_validate(self, form: Any) -> None:
        if self.data is not None and not any(match for _value, _label, match, *_rest in self.iter_choices()):
            raise ValidationError(_("Pilih salah satu dari daftar."))


class BooleanField(WtBoolean):
    """A tick."""


class _Upload(FileField):
    missing = lazy("Pilih berkas dahulu.")

    def __init__(self, label: Any = None, required: bool = True, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.needed = required

    def process_formdata(self, valuelist: list[Any]) -> None:
        given = valuelist[0] if valuelist else None
        self.data = given if isinstance(given, FileStorage) and given.filename else None

    def pre_validate(self, form: Any) -> None:
        if self.needed and self.data is None:
            raise ValidationError(str(self.missing))


class SheetField(_Upload):
    """A spreadsheet (XLSX or CSV)."""


class PhotoField(_Upload):
    """A photo from the camera or the gallery."""

    missing = lazy("Ambil atau pilih foto dahulu.")
