"""An address is on this machine only when nothing could make it another one's."""

import pytest

from market.core.loopback import is_loopback


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1",
        "http://127.0.0.1:8000/x",
        "http://localhost:1",
        "http://[::1]:8000/",
        "http://127.9.9.9",
    ],
)
def test_this_machine(url):
    assert is_loopback(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1",
        "http://",
        "http://0.0.0.0",
        "http://10.0.0.1",
        "http://127.0.0.1.nip.io",
        "http://127.0.0.1@evil.example/",
        "http://localhost.evil.example",
        "http://[::1",
        "https://api.midtrans.com",
        "http://2130706433x",
    ],
)
def test_somebody_elses(url):
    assert not is_loopback(url)
