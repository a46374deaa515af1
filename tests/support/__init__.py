"""What the tests stand on: a throw-away PostgreSQL, a real browser, the order of the suite."""
