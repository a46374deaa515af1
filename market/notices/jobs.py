"""Mail that follows a notice."""

from __future__ import annotations

from typing import Any

from market.core import messages
from market.notices import services


def on_notice_mail(payload: dict[str, Any]) -> None:
    """Send one notice; a failure is tried again by the job table."""
    services.send_mail(payload["notice_id"], messages.base_url())
