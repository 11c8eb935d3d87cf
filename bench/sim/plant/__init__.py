"""The physics of the rig, compiled (../README.md)."""
