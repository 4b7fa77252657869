"""The one error that is meant for the person at the keyboard."""


class PasserbyError(ValueError):
    """Something the user can mend: the message says what is wrong and what to do about it.

    The command line prints the message alone and exits with status 2; any other exception is a
    defect of ours and keeps its traceback.
    """
