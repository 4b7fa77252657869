"""Rankings and scores as figures, tables and one HTML page."""
