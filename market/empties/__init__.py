"""Containers that go back: cylinders full and empty, at the supplier, with buyers, and their deposits."""
