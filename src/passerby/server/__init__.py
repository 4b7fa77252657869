"""Pages and services for people, over HTTP; import from the files themselves."""
