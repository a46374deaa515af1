"""What may be done with members: joining and leaving, what is kept of them, sheets in and out."""

from market.members.services.exporting import export_register, export_with_nik
from market.members.services.identities import identity_in_full, record_identity, reveal_identity
from market.members.services.importing import (
    confirm_import,
    discard_import,
    import_template,
    preview_import,
    reject_import,
    shown_rows,
    store_import,
)
from market.members.services.joining import (
    activate,
    apply,
    apply_as,
    claim,
    decline,
    leave,
    readmit,
    renew_card,
    verify,
)

__all__ = [
    "activate",
    "apply",
    "apply_as",
    "claim",
    "confirm_import",
    "decline",
    "discard_import",
    "export_register",
    "export_with_nik",
    "identity_in_full",
    "import_template",
    "leave",
    "preview_import",
    "readmit",
    "record_identity",
    "reject_import",
    "renew_card",
    "reveal_identity",
    "shown_rows",
    "store_import",
    "verify",
]
