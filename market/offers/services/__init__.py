"""What may be done with offers: make, change, withdraw, import; trucks, limits and authorisations."""

from market.offers.services.authorising import authorise_supplier, end_authorisation
from market.offers.services.importing import (
    discard_import,
    import_columns,
    import_offers,
    import_template,
    place_choices,
    preview_import,
)
from market.offers.services.making import (
    Trip,
    expire_old,
    make_offer,
    publish_offer,
    set_trip_rates,
    set_weight_limit,
    update_offer,
    withdraw_offer,
)
from market.offers.services.rules import above_reference, check_tiers

__all__ = [
    "Trip",
    "above_reference",
    "authorise_supplier",
    "check_tiers",
    "discard_import",
    "end_authorisation",
    "expire_old",
    "import_columns",
    "import_offers",
    "import_template",
    "make_offer",
    "place_choices",
    "preview_import",
    "publish_offer",
    "set_trip_rates",
    "set_weight_limit",
    "update_offer",
    "withdraw_offer",
]
