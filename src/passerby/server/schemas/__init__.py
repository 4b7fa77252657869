"""What goes in and out of the interface, as JSON; import from the files themselves."""
