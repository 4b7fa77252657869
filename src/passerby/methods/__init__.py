"""One file per published method: model, losses, step."""
