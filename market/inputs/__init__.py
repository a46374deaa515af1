"""Inputs: what a UMKM needs for its work, asked for through its cooperative, pooled, paid and collected."""
