"""Data that the generator reads, and how it was drawn: see README.md."""
