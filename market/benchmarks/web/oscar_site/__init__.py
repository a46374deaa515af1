"""A django-oscar shop for comparison; runs in the benchmark's own environment, never with the product."""
