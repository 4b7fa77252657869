"""Embeddings in, distance blocks out."""
