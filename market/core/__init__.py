"""The shared kernel, written as a library: database, money, states, jobs. It imports no part."""
