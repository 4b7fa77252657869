"""One file per data set reader; protocol splits, samplers, transforms; a rendered world."""
