"""Settings: safe on a laptop as they are, and a production that refuses to start unsafe."""

from __future__ import annotations

from pathlib import Path

import pytest

from market import app as application
from market import config
from market.config import ConfigError
from market.core import crypto, db

OLD, NEW, INDEX = crypto.new_key(), crypto.new_key(), crypto.new_key()


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    """A production with everything that it needs."""
    return {
        "LUMBUNG_ENV": "production",
        "LUMBUNG_DATABASE_URL": "postgresql://lumbung@db/lumbung",
        "LUMBUNG_SECRET_KEY": "s" * 40,
        "LUMBUNG_ENCRYPTION_KEYS": f"k2:{NEW},k1:{OLD}",
        "LUMBUNG_INDEX_KEY": INDEX,
        "LUMBUNG_TRUSTED_HOSTS": "lumbung.example",
        "LUMBUNG_INSTANCE": str(tmp_path),
    }


def test_a_production_with_all_it_needs_starts(production):
    assert config.load(production).production


@pytest.mark.parametrize(
    "missing", ["SECRET_KEY", "ENCRYPTION_KEYS", "INDEX_KEY", "TRUSTED_HOSTS", "DATABASE_URL"]
)
def test_a_production_that_lacks_one_thing_does_not_start(production, missing):
    del production[f"LUMBUNG_{missing}"]
    with pytest.raises(ConfigError):
        config.load(production)


@pytest.mark.parametrize(
    "changes",
    [
        {"SECRET_KEY": "short"},
        {"ENCRYPTION_KEYS": "k1:AAAA"},
        {"ENCRYPTION_KEYS": NEW},
        {"INDEX_KEY": "AAAA"},
        {"INDEX_KEY": NEW},
        {"CLOCK_OFFSET_S": "60"},
        {"FAULTPOINT": "ledger.before_head"},
        {"DATABASE_URL": "sqlite:///here.sqlite"},
        {"MESSAGES": "pigeon"},
        {"PAYMENTS": "pigeon"},
        {"MIDTRANS_BASE_URL": "http://127.0.0.1:8010"},
        {"STRIPE_BASE_URL": "http://localhost:8011"},
        {"MIDTRANS_SERVER_KEY": "SB-Mid-server-SIMULASI"},
    ],
    ids=lambda changes: "".join(changes),
)
def test_an_unsafe_or_unreadable_setting_is_refused(production, changes):
    with pytest.raises(ConfigError):
        config.load({**production, **{f"LUMBUNG_{name}": value for name, value in changes.items()}})


def test_keys_may_come_from_files_and_never_show_themselves(production, tmp_path):
    path = tmp_path / "keys"
    path.write_text(production.pop("LUMBUNG_ENCRYPTION_KEYS") + "\n")
    settings = config.load({**production, "LUMBUNG_ENCRYPTION_KEYS_FILE": str(path)})
    assert settings.keys().current == "k2"
    assert not any(secret in repr(settings) for secret in (NEW, OLD, INDEX, "s" * 40))


def test_what_production_seals_does_not_open_with_its_signing_key(production, tmp_path):
    settings = config.load({**production, "LUMBUNG_ENV": "demo", "LUMBUNG_DATABASE_URL": "sqlite://"})
    try:
        application.configure(settings)
        sealed = crypto.seal("3578010101010001", table="member", column="nik", row=7)
        crypto.configure(crypto.derive_keys(settings.secret_key))
        with pytest.raises(crypto.Unreadable):
            crypto.unseal(sealed, table="member", column="nik", row=7)
    finally:
        db.dispose()


def test_a_laptop_needs_no_setting_at_all(tmp_path):
    first, again = (config.load({"LUMBUNG_INSTANCE": str(tmp_path)}) for _n in range(2))
    assert first.keys() == again.keys() and first.env == "development"


@pytest.mark.parametrize(
    ("base_url", "midtrans", "notices", "simulation"),
    [
        (
            "http://127.0.0.1:8000",
            "http://127.0.0.1:8001",
            "http://127.0.0.1:8000",
            "http://127.0.0.1:8001/sim/",
        ),
        ("https://toko.example", "", "https://toko.example", ""),
        ("http://127.0.0.1:8000", "", "", ""),
        ("https://toko.example", "http://127.0.0.1:8001", "", "http://127.0.0.1:8001/sim/"),
    ],
    ids=["both here", "both outside", "a laptop at the real provider", "a simulation sends nothing out"],
)
def test_a_provider_is_told_where_to_send_news_only_if_it_can_reach_it(
    base_url, midtrans, notices, simulation, tmp_path
):
    settings = config.load(
        {
            "LUMBUNG_INSTANCE": str(tmp_path),
            "LUMBUNG_BASE_URL": base_url,
            "LUMBUNG_MIDTRANS_BASE_URL": midtrans,
        }
    )
    assert (settings.notices_url, settings.simulation_url) == (notices, simulation)


def test_a_key_of_the_demo_needs_its_merchant(tmp_path):
    environ = {"LUMBUNG_INSTANCE": str(tmp_path), "LUMBUNG_MIDTRANS_SERVER_KEY": "SB-Mid-server-x"}
    with pytest.raises(ConfigError, match="MERCHANT_ID"):
        config.load(environ)
    found = config.load(environ | {"LUMBUNG_MIDTRANS_MERCHANT_ID": "G1"})
    assert "SB-Mid-server-x" not in repr(found)
