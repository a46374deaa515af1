"""Pages of the register: people, and sheets of people."""

from market.members.routes import register, sheets
from market.members.routes.blueprint import bp

__all__ = ["bp", "register", "sheets"]
