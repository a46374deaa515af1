"""The one door for what leaves the house towards people: mail, SMS, WhatsApp.

Services never call `send`; they enqueue a job, and the worker sends after the commit.
"""

import re
import smtplib
import ssl
import sys
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from typing import Literal, Protocol, TextIO
from urllib.parse import quote, unquote, urlsplit

from market.core import clock
from market.core.errors import LumbungError, Refused
from market.core.i18n import _

Channel = Literal["mail", "sms", "whatsapp"]

_MAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+", re.ASCII
)
_PHONE = re.compile(r"62[0-9]{7,13}", re.ASCII)
_KEY = re.compile(r"[A-Za-z0-9._-]{0,80}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class DeliveryFailed(LumbungError):
    """The message did not leave; `temporary` says whether trying again can help."""

    def __init__(self, reason: str, *, temporary: bool) -> None:
        super().__init__(reason)
        self.temporary = temporary


@dataclass(frozen=True)
class Message:
    """One message to one person. ValueError for an address or subject that could smuggle headers."""

    to: str
    subject: str
    text: str
    html: str | None = None
    channel: Channel = "mail"
    key: str = ""  # the same fact has the same key, so that a doubled mail can be recognised

    def __post_init__(self) -> None:
        pattern = _MAIL if self.channel == "mail" else _PHONE
        if not pattern.fullmatch(self.to):
            raise ValueError(f"not an address for {self.channel}")
        if _CONTROL.search(self.subject) or not _KEY.fullmatch(self.key):
            raise ValueError("control characters in the head of a message")


class Port(Protocol):
    """A way out. Raises DeliveryFailed."""

    def send(self, message: Message) -> None: ...


class ConsolePort:
    """Writes messages to a stream: development and demo."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    def send(self, message: Message) -> None:
        body = "\n".join(_CONTROL.sub(" ", line) for line in message.text.splitlines())
        head = f"--- {message.channel} > {message.to}: {message.subject}"
        print(head, body, sep="\n", file=self._stream or sys.stderr, flush=True)


class MemoryPort:
    """Keeps messages in a list: tests."""

    def __init__(self) -> None:
        self.sent: list[Message] = []

    def send(self, message: Message) -> None:
        self.sent.append(message)


@dataclass(frozen=True)
class SmtpPort:
    """Sends mail by SMTP; anything else is refused. `timeout_s` bounds every step of the exchange."""

    host: str
    port: int
    sender: str
    username: str = ""
    password: str = ""
    starttls: bool = True
    timeout_s: float = 10.0

    def __post_init__(self) -> None:
        if not _MAIL.fullmatch(parseaddr(self.sender)[1]) or _CONTROL.search(self.sender):
            raise ValueError("the sender is not a mail address")

    @classmethod
    def from_url(cls, url: str, sender: str) -> "SmtpPort":
        """From a setting: "smtp://user:password@host:587" (STARTTLS), or "smtp+plain://host:25" without TLS.

        A password with special signs is written percent-encoded. Raises ValueError.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtp+plain") or not parts.hostname:
            raise ValueError("a mail server is written as smtp://user:password@host:587")
        starttls = parts.scheme == "smtp"
        username, password = unquote(parts.username or ""), unquote(parts.password or "")
        if username and not starttls:
            raise ValueError("no password goes out without TLS")
        port = parts.port or (587 if starttls else 25)
        return cls(parts.hostname, port, sender, username, password, starttls=starttls)

    def __repr__(self) -> str:
        return f"SmtpPort({self.host}:{self.port})"  # never the password

    def send(self, message: Message) -> None:
        if message.channel != "mail":
            raise DeliveryFailed("this port carries mail only", temporary=False)
        mail = self._compose(message)
        try:
            self._deliver(mail)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _reply in error.recipients.values()]
            raise DeliveryFailed("recipient refused", temporary=all(code < 500 for code in codes)) from error
        except smtplib.SMTPResponseException as error:
            reason = f"mail server said {error.smtp_code}"
            raise DeliveryFailed(reason, temporary=error.smtp_code < 500) from error
        except (OSError, smtplib.SMTPException) as error:
            raise DeliveryFailed(type(error).__name__, temporary=True) from error

    def _deliver(self, mail: EmailMessage) -> None:
        server = smtplib.SMTP(self.host, self.port, timeout=self.timeout_s)
        try:
            if self.starttls:
                server.starttls(context=ssl.create_default_context())
            if self.username:
                server.login(self.username, self.password)
            server.send_message(mail)
        finally:
            # Once the mail is accepted, a clumsy farewell must not make us send it again.
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _compose(self, message: Message) -> EmailMessage:
        mail = EmailMessage()
        domain = parseaddr(self.sender)[1].rpartition("@")[2]
        mail["From"], mail["To"], mail["Subject"] = self.sender, message.to, message.subject
        mail["Date"] = format_datetime(clock.now())
        mail["Message-ID"] = f"<{message.key}@{domain}>" if message.key else make_msgid(domain=domain)
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        if message.html is not None:
            mail.add_alternative(message.html, subtype="html")
        return mail


@dataclass(frozen=True)
class SplitPort:
    """Mail one way, messages to phones another."""

    mail: Port
    phones: Port

    def send(self, message: Message) -> None:
        (self.mail if message.channel == "mail" else self.phones).send(message)


_port: Port = ConsolePort()
_base_url = ""
_phone_channel: Channel = "whatsapp"
_reaches_phones = True


def configure(port: Port, base_url: str = "", phones: Channel | None = "whatsapp") -> None:
    """Choose the way out for this process, and where people reach us (for links in messages).

    `phones` is how the port reaches a phone; None when it cannot.
    """
    global _port, _base_url, _phone_channel, _reaches_phones
    _port, _base_url = port, base_url.rstrip("/")
    _phone_channel, _reaches_phones = phones or "whatsapp", phones is not None


def phone_channel() -> Channel | None:
    """How this process reaches phones; None when it cannot."""
    return _phone_channel if _reaches_phones else None


def link(path: str) -> str:
    """The whole address of a page of ours, as it is written into messages."""
    return f"{_base_url}{path}"


def send(message: Message) -> None:
    """Hand the message to the configured port. Raises DeliveryFailed."""
    _port.send(message)


def send_or_give_up(message: Message) -> None:
    """Send; what can never arrive is given up.

    Raises DeliveryFailed for what may arrive later, so that the job that sends tries again.
    """
    try:
        send(message)
    except DeliveryFailed as failure:
        if failure.temporary:
            raise


def normal_phone(text: str) -> str:
    """An Indonesian number with its country code: "0812-3456-7890" -> "6281234567890". Raises Refused."""
    digits = re.sub(r"[\s().-]", "", text) if len(text) <= 40 else ""
    digits = digits.removeprefix("+")
    if digits.startswith("0"):
        digits = "62" + digits[1:]
    elif digits.startswith("8"):
        digits = "62" + digits
    if not _PHONE.fullmatch(digits) or digits.startswith("620"):
        raise Refused(_("Nomor telepon tidak dikenal. Tulis misalnya 0812-3456-7890."))
    return digits


def masked_phone(phone: str) -> str:
    """A number as those see it who need to recognise it, not to call it: "0812-••••-890"."""
    local = "0" + phone.removeprefix("62")
    return f"{local[:4]}-••••-{local[-3:]}" if len(local) > 8 else "••••"


def shown_phone(phone: str) -> str:
    """A number as people write it: "6281234567890" -> "0812-3456-7890"."""
    local = "0" + phone.removeprefix("62")
    return "-".join(part for part in (local[:4], local[4:8], local[8:]) if part)


def wa_link(phone: str, text: str) -> str:
    """An address that opens WhatsApp with `text` ready to send; without a phone the person chooses whom.

    Raises Refused for an unknown phone.
    """
    return f"https://wa.me/{normal_phone(phone) if phone else ''}?text={quote(text, safe='')}"
