"""One file a step, named NUMBER_WHAT.py; its revision is the number."""
