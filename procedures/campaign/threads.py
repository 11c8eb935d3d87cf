"""Arithmetic in one thread: processes share the cores already, and sums differ with the number of threads."""

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Environment variables that say how many; they count when numpy is first imported."""
