"""What lies on the shelf: moves, the counters that guard them, reservations, counts, repacking."""
