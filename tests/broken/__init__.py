"""Deliberately broken twins of real services: each harness must catch its own."""
