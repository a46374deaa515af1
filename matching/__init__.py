"""Matching pooled needs with offers at least cost: a library on OR-Tools with no other dependency."""
