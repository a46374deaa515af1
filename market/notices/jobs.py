"""Mail that follows a notice."""

from __future__ import annotations

from typing import Any

from market.core import db, jobs, messages
from market.notices import services


@jobs.own_transactions
def on_notice_mail(payload: dict[str, Any]) -> None:
    """Send one notice; no transaction is open while the mail server talks.

    A passing failure is raised, so that the job table tries again; a final one is noted. A crash
    between sending and noting may send a mail twice, with the same Message-ID.
    """
    notice_id = payload["notice_id"]
    failure = ""
    try:
        with db.transaction(read_only=True):
            mail = services.letter(notice_id)
        if mail is None:
            return
        messages.send(mail)
    except ValueError:
        failure = "not a mail address"
    except messages.DeliveryFailed as error:
        if error.temporary:
            raise
        failure = str(error)
    with db.transaction():
        if failure:
            services.mark_failed(notice_id, failure)
        else:
            services.mark_sent(notice_id)
