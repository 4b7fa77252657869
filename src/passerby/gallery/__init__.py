"""The store of people seen: add, search, forget."""
