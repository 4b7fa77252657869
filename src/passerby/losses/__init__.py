"""One idea a file: a pure function, or a module if it has weights."""
