"""Ultrasound in the mock-up: what microphones hear, sample by sample. Knows neither plant nor rig (README.md)."""
