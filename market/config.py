"""Settings from LUMBUNG_* environment variables only; each may also come from a file (X_FILE).

Defaults are safe for a laptop; an unsafe production refuses to start.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from market.core import crypto
from market.core.gateway import DEFAULT_BODY, DEFAULT_HEADER, HttpPort
from market.core.loopback import is_loopback

ENVIRONMENTS = ("development", "demo", "test", "production")
PROVIDERS = ("midtrans", "stripe")


class ConfigError(Exception):
    """A setting is missing, unknown or unsafe; the message says which and what to do."""


@dataclass(frozen=True)
class Settings:
    """Everything the process may know about where it runs."""

    env: str
    database_url: str
    secret_key: str = field(repr=False)
    instance_dir: Path
    clock_offset_s: int = 0
    faultpoint: str = ""
    broker_url: str = ""
    messages: str = "console"
    smtp_url: str = ""
    mail_from: str = "lumbung@localhost"
    gateway_url: str = ""
    gateway_token: str = field(default="", repr=False)
    gateway_header: str = DEFAULT_HEADER
    gateway_body: str = DEFAULT_BODY
    gateway_channel: str = "whatsapp"
    gateway_ok: str = ""
    base_url: str = "http://127.0.0.1:8000"
    trusted_hosts: tuple[str, ...] = ()
    proxies: int = 0
    embedded_worker: bool = True
    encryption_keys: str = field(default="", repr=False)
    index_key: str = field(default="", repr=False)
    payments: str = "midtrans"
    midtrans_base_url: str = ""
    midtrans_server_key: str = field(default="", repr=False)
    midtrans_merchant_id: str = ""
    stripe_base_url: str = ""

    @property
    def production(self) -> bool:
        return self.env == "production"

    @property
    def notices_url(self) -> str:
        """Where the provider can reach us; nowhere when one of the two is on this machine alone."""
        simulated = is_loopback(self.midtrans_base_url)
        return self.base_url if simulated == is_loopback(self.base_url) else ""

    @property
    def simulation_url(self) -> str:
        """Where the simulated payment provider's own pages are; empty when the provider is a real one."""
        return f"{self.midtrans_base_url}/sim/" if is_loopback(self.midtrans_base_url) else ""

    @property
    def photos_dir(self) -> Path:
        """A folder for the photos of one database: what one does not name may be another's."""
        kind, _slashes, path = self.database_url.partition(":///")
        own = kind == "sqlite" and path and path != ":memory:"
        return Path(path).with_suffix(".photos") if own else self.instance_dir / "photos"

    def gateway(self) -> HttpPort | None:
        """The way to phones, where one is set; raises ConfigError."""
        if not self.gateway_url:
            return None
        channel = "sms" if self.gateway_channel == "sms" else "whatsapp"
        try:
            if channel != self.gateway_channel:
                raise ValueError("the channel is sms or whatsapp")
            return HttpPort(
                self.gateway_url,
                self.gateway_token,
                self.gateway_header,
                self.gateway_body,
                channel,  # type: ignore[arg-type]
                self.gateway_ok,
            )
        except ValueError as error:
            raise ConfigError(f"LUMBUNG_GATEWAY_...: {error}") from error

    def keys(self) -> crypto.Keys:
        """Keys of sealed fields: their own where they are set, derived from the secret elsewhere."""
        if not self.encryption_keys and not self.index_key:
            return crypto.derive_keys(self.secret_key)
        try:
            return crypto.parse_keys(self.encryption_keys, self.index_key)
        except ValueError as error:
            raise ConfigError(
                f"LUMBUNG_ENCRYPTION_KEYS must read k1:KEY or k2:KEY,k1:KEY (the first one seals), "
                f"LUMBUNG_INDEX_KEY KEY; a KEY is 32 bytes in URL-safe base64: {error}"
            ) from error


def _read(environ: Mapping[str, str], name: str, default: str = "") -> str:
    key = f"LUMBUNG_{name}"
    if f"{key}_FILE" in environ:
        return Path(environ[f"{key}_FILE"]).read_text(encoding="utf-8").strip()
    return environ.get(key, default)


def _integer(environ: Mapping[str, str], name: str) -> int:
    text = _read(environ, name, "0")
    try:
        return int(text)
    except ValueError as error:
        raise ConfigError(f"LUMBUNG_{name} must be a whole number, not {text!r}") from error


def _secret(env: str, given: str, instance: Path) -> str:
    """The signing key; outside production one is made once and kept beside the database."""
    if given:
        if env == "production" and len(given) < 32:
            raise ConfigError("LUMBUNG_SECRET_KEY needs at least 32 characters in production")
        return given
    if env == "production":
        raise ConfigError("production needs LUMBUNG_SECRET_KEY (or LUMBUNG_SECRET_KEY_FILE)")
    if env == "test":
        return "test-" + "0" * 40
    path = instance / "secret.key"
    if not path.exists():
        instance.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(48), encoding="utf-8")
        path.chmod(0o600)
    return path.read_text(encoding="utf-8").strip()


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raises ConfigError for an unknown or unsafe value."""
    environ = os.environ if environ is None else environ
    env = _read(environ, "ENV", "development")
    if env not in ENVIRONMENTS:
        raise ConfigError(f"LUMBUNG_ENV must be one of {', '.join(ENVIRONMENTS)}, not {env!r}")
    instance = Path(_read(environ, "INSTANCE", "instance")).resolve()
    settings = Settings(
        env=env,
        database_url=_read(environ, "DATABASE_URL") or f"sqlite:///{instance / 'lumbung.sqlite'}",
        secret_key=_secret(env, _read(environ, "SECRET_KEY"), instance),
        instance_dir=instance,
        clock_offset_s=_integer(environ, "CLOCK_OFFSET_S"),
        faultpoint=_read(environ, "FAULTPOINT"),
        broker_url=_read(environ, "BROKER_URL"),
        messages=_read(environ, "MESSAGES", "console"),
        smtp_url=_read(environ, "SMTP_URL"),
        mail_from=_read(environ, "MAIL_FROM", "lumbung@localhost"),
        gateway_url=_read(environ, "GATEWAY_URL"),
        gateway_token=_read(environ, "GATEWAY_TOKEN"),
        gateway_header=_read(environ, "GATEWAY_HEADER", DEFAULT_HEADER),
        gateway_body=_read(environ, "GATEWAY_BODY", DEFAULT_BODY),
        gateway_channel=_read(environ, "GATEWAY_CHANNEL", "whatsapp"),
        gateway_ok=_read(environ, "GATEWAY_OK"),
        base_url=_read(environ, "BASE_URL", "http://127.0.0.1:8000"),
        trusted_hosts=tuple(h for h in _read(environ, "TRUSTED_HOSTS").split(",") if h),
        proxies=_integer(environ, "PROXIES"),
        embedded_worker=_read(environ, "EMBEDDED_WORKER", "1") != "0",
        encryption_keys=_read(environ, "ENCRYPTION_KEYS"),
        index_key=_read(environ, "INDEX_KEY"),
        payments=_read(environ, "PAYMENTS", "midtrans"),
        midtrans_base_url=_read(environ, "MIDTRANS_BASE_URL"),
        midtrans_server_key=_read(environ, "MIDTRANS_SERVER_KEY"),
        midtrans_merchant_id=_read(environ, "MIDTRANS_MERCHANT_ID"),
        stripe_base_url=_read(environ, "STRIPE_BASE_URL"),
    )
    _refuse_unsafe(settings)
    return settings


def _refuse_unsafe(settings: Settings) -> None:
    if settings.messages not in ("console", "smtp", "memory"):
        raise ConfigError(f"LUMBUNG_MESSAGES must be console or smtp, not {settings.messages!r}")
    if settings.messages == "smtp" and not settings.smtp_url:
        raise ConfigError("LUMBUNG_MESSAGES=smtp needs LUMBUNG_SMTP_URL")
    if settings.payments not in PROVIDERS:
        raise ConfigError(f"LUMBUNG_PAYMENTS must be one of {', '.join(PROVIDERS)}")
    if settings.midtrans_server_key and not settings.midtrans_merchant_id:
        raise ConfigError("LUMBUNG_MIDTRANS_SERVER_KEY needs LUMBUNG_MIDTRANS_MERCHANT_ID beside it")
    settings.keys()
    settings.gateway()
    if not settings.production:
        return
    if not settings.encryption_keys or not settings.index_key:
        # What is sealed must outlive a change of the signing key, and is not for those who hold that one.
        raise ConfigError("production needs LUMBUNG_ENCRYPTION_KEYS and LUMBUNG_INDEX_KEY (or ..._FILE)")
    if settings.clock_offset_s or settings.faultpoint:
        raise ConfigError("a clock offset or a fault point is refused in production")
    if any(is_loopback(url) for url in (settings.midtrans_base_url, settings.stripe_base_url) if url):
        raise ConfigError("a simulated payment provider is refused in production")
    if settings.messages == "console" and settings.gateway_url:
        raise ConfigError("production writes no messages to the console: set LUMBUNG_MESSAGES=smtp")
    if is_loopback(settings.gateway_url):
        raise ConfigError("a gateway on this machine is refused in production")
    if settings.midtrans_server_key:
        # Real merchant accounts are rows of their cooperatives, sealed and entered by two people.
        raise ConfigError("LUMBUNG_MIDTRANS_SERVER_KEY is for the demo: enter accounts in the application")
    if settings.database_url.startswith("sqlite"):
        raise ConfigError("production needs PostgreSQL: set LUMBUNG_DATABASE_URL")
    if not settings.trusted_hosts:
        raise ConfigError("production needs LUMBUNG_TRUSTED_HOSTS, the names people type")
