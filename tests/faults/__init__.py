"""Faults: what dies in the middle leaves all or nothing, and the retry gives the one result."""
