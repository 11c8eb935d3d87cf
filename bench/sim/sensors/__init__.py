"""What sensors make of true values, compiled (../README.md)."""
