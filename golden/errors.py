"""The one exception that stands for a mistake of the user."""


class UserError(ValueError):
    """Bad input. Its text is one sentence: what was wrong, and what would be right.

    Commands print the sentence without a traceback and exit with status 1.
    """
