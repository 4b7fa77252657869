"""Passerby finds the same person again in other cameras: learn, measure, find."""

__version__ = "0.1.0"
