"""The counter of a shop: shifts with a counted drawer, sales with a receipt, limits per buyer, returns."""
