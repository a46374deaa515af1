"""The steps to pay: none is missing, and each fits its method."""

from __future__ import annotations

import pytest

from market.payments.routes import howto
from market.payments.types import Method

BANKS = [method for method in Method if method.startswith(("va_", "bill_"))]


@pytest.mark.parametrize("method", list(Method))
def test_every_method_says_how_to_pay_and_what_comes_after(method: Method):
    assert howto.channels(method) and howto.number_name(method) and howto.afterwards(method)
    names = [str(channel.name) for channel in howto.channels(method)]
    assert len(set(names)) == len(names)
    for channel in howto.channels(method):
        assert len(channel.steps) >= 3 and all(str(step).endswith(".") for step in channel.steps)


@pytest.mark.parametrize("method", BANKS)
def test_a_bank_is_reached_by_phone_machine_and_computer(method: Method):
    phone, machine, computer = howto.channels(method)
    assert (machine.name, computer.name) == (howto.ATM, howto.WEB)
    assert phone.name not in (howto.ATM, howto.WEB)
    assert machine.steps[0] == howto.CARD


@pytest.mark.parametrize("method", BANKS)
def test_nobody_is_sent_into_another_banks_menu(method: Method):
    own = {"va_bca": "BCA", "va_bni": "BNI", "va_bri": "BRI", "va_permata": "Permata", "va_cimb": "OCTO"}
    others = {"BCA", "BRIVA", "OCTO", "Permata", "Livin", "BNI"} - {own.get(method, "Livin"), "BRIVA"}
    text = " ".join(str(step) for channel in howto.channels(method) for step in channel.steps)
    assert not [name for name in others if name in text]


def test_who_has_one_phone_keeps_the_picture_and_picks_it_from_the_gallery():
    same = next(c for c in howto.channels(Method.QRIS) if c.name == howto.OWN_PHONE)
    text = " ".join(map(str, same.steps))
    assert "Simpan gambar QR" in text and "galeri" in text
