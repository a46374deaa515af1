"""What people are told: an inbox inside the product and, where there is an address, a message."""
