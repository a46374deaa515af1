"""The live board: which cooperatives live, which fade and why. Read-only, no facts of its own."""
