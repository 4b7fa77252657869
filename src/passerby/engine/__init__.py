"""Fitting, embedding pictures at scale, checkpoints."""
