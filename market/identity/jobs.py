"""Codes that leave for phones."""

from __future__ import annotations

from typing import Any

from market.core import db, jobs, messages
from market.identity.services import codes


@jobs.own_transactions
def on_sign_in_code(payload: dict[str, Any]) -> None:
    """Send one code, and forget it; no transaction is open while the gateway talks.

    A passing failure is raised, so that the job table tries again while the code lives. A crash between
    sending and forgetting may send the same code twice, with the same key.
    """
    code_id, failure = payload["code_id"], ""
    with db.transaction(read_only=True):
        message = codes.letter(code_id)
    if message is not None:
        try:
            messages.send(message)
        except messages.DeliveryFailed as error:
            if error.temporary:
                raise
            failure = str(error)
    with db.transaction():
        codes.forget(code_id, failure)
