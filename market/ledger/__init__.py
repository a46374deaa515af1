"""The books: accounts, journal entries that are never changed, a hash chain over them, and statements."""
