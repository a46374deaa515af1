"""The few ways in which the product says no. The web edge turns each into one kind of page."""


class LumbungError(Exception):
    """Root of everything the product raises on purpose."""


class Refused(LumbungError):
    """A business rule says no; the person reads `message` at `field` (422).

    `message` is finished, translated text; `detail` holds figures for tests and logs, never secrets.
    """

    def __init__(self, message: str, field: str | None = None, **detail: object) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.detail = detail


class NotFound(LumbungError):
    """There is no such thing among what this person may see (404)."""


class Forbidden(LumbungError):
    """The thing is known to the person, but the act is not theirs (403)."""


class Conflict(LumbungError):
    """Somebody else was faster, or the thing has changed since it was read (409)."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class IllegalMove(Conflict):
    """The state table has no such edge."""
