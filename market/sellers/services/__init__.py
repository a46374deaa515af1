"""What is done about sellers: counting views, telling who sells nothing."""

from market.sellers.services.counting import count_views
from market.sellers.services.telling import tell_quiet

__all__ = ["count_views", "tell_quiet"]
