"""How one kind of task on “Hari ini” is shown."""

from __future__ import annotations

from dataclasses import dataclass

from market.core import money
from market.core.i18n import CountedText, LazyText, gettext


@dataclass(frozen=True)
class Task:
    """How a kind of task is shown; its texts may use %(detail)s, %(rp)s, %(amount)s; counted ones %(n)s."""

    title: LazyText
    reason: LazyText
    button: LazyText
    icon: str
    endpoint: str
    argument: str | None = None
    """The endpoint's parameter that takes the task's subject id."""

    def say(self, text: LazyText, detail: str, amount: int) -> str:
        """The text in the current language with the task's own figures."""
        if isinstance(text, CountedText):
            return text.for_count(amount, detail=detail)
        return gettext(
            str.__str__(text), detail=detail, amount=money.group(amount), rp=money.format_rp(amount)
        )
