"""Imported before NumPy: one thread for its algebra, which the solver's own processes share out instead."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
