"""The shape of the database, one step after the other; see `migrate`."""
