"""Whole jobs, path in, path out, resumable."""
