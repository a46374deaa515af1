"""The believable story: real kelurahan and price rules, invented businesses, a past that is simulated.

What happened before today was walked through with the services on a clock that was moved back, day by
day, so history, approvals, stock and books are as true as they would be in use. Nothing of it says
anything about a real cooperative or business; figures without a source are marked as assumptions in
`market/data`. The demo password is public: never load the story into a database that people use.
"""

from market.demo.provider import start as start_provider
from market.demo.provider import with_provider
from market.demo.running import CITIES, Prepared, finish, prepare, run, seed
from market.demo.storage import at_hand, path_of, settings_for
from market.demo.summary import readable

__all__ = [
    "CITIES",
    "Prepared",
    "at_hand",
    "finish",
    "path_of",
    "prepare",
    "readable",
    "run",
    "seed",
    "settings_for",
    "start_provider",
    "with_provider",
]
