"""A rendered world: people, cameras, crops and frames, all from one seed."""
