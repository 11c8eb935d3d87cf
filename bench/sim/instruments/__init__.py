"""Simulated instruments: bytes in, bytes out, each a second reading of its manual."""
