"""`python -m passerby` is the `passerby` command."""

import sys

from passerby.cli.main import main

sys.exit(main())
