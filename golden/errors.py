"""The one exception that stands for a mistake of the user."""


class UserError(ValueError):
    """Bad input. Its text is one sentence: what was wrong, and what would be right.

    Commands print the sentence without a traceback and exit with status 1.
    """


def require_kind(value, kinds, wanted):
    """Raise UserError unless `value` is of one of the classes `kinds`; wanted: what is needed, as "a Design"."""
    if not isinstance(value, kinds):
        line = repr(value).partition("\n")[0]
        raise UserError(f"{wanted} is needed, found {type(value).__name__}: {line:.60}")
