"""Order cycles: rounds that come again and again, what a cooperative may ask for in the next one, and who is
asked to take a little more so that everybody pays less."""
