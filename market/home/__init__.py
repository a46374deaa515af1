"""“Hari ini”: the few things this person should do today, oldest first, each with one button."""
