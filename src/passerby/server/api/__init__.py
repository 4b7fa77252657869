"""The endpoints of the interface; import from the files themselves."""
