"""Members of a cooperative: who belongs to it, by number and card. Savings and dues build on this."""
