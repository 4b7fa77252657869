"""Distance blocks in, scores out; detection and tracking scores."""
