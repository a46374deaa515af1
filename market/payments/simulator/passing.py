"""Time in the simulation: what is due happens, in the order of its time."""

from __future__ import annotations

from market.payments.simulator import acts, outbox, payouts
from market.payments.simulator.world import World


def pass_time(world: World) -> int | None:
    """Do what is due by now; returns when the next thing is due, if ever."""
    with world.lock:
        acts.sweep(world)
        payouts.sweep(world)
    outbox.send_due(world)
    with world.lock:
        times = [acts.next_at(world), payouts.next_at(world), outbox.next_at(world)]
    return min((at for at in times if at is not None), default=None)


def advance(world: World, seconds: int) -> int:
    """Let so many seconds pass, stopping at everything that happens in between; returns the new time."""
    end = world.clock.now() + seconds
    next_at = pass_time(world)
    while next_at is not None and next_at <= end:
        world.clock.move(max(0, next_at - world.clock.now()))
        next_at = pass_time(world)
    world.clock.move(end - world.clock.now())
    return world.clock.now()
