"""One story each, in a real browser, from form to board."""
