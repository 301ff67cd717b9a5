"""The one exception that stands for a mistake of the user, and how text of others is shown."""

from unicodedata import category

ORDERS = ("Cc", "Cf", "Cn", "Cs", "Zl", "Zp")  # categories of what a terminal obeys, or cannot show
JOINERS = "\u200c\u200d"  # of letters and of emoji, which do nothing but that


def printable(text, keep=""):
    """Return a text with an escape such as \\x1b or \\u202e in the place of each control character.

    Names of classes, files and data sets come from strangers: a terminal would obey what is in them. Letters of all
    languages stay, and so do the characters in `keep`, such as a newline.
    """
    if text.isprintable():
        return text
    kept = JOINERS + keep
    return "".join(letter.encode("unicode_escape").decode() if category(letter) in ORDERS and letter not in kept
                   else letter for letter in text)


class UserError(ValueError):
    """Bad input. Its text is one sentence on one line: what was wrong, and what would be right.

    Commands print the sentence without a traceback and exit with status 1. Control characters in names that it quotes
    are escaped.
    """

    def __str__(self):
        return printable(super().__str__())


def require_kind(value, kinds, wanted):
    """Raise UserError unless `value` is of one of the classes `kinds`; wanted: what is needed, as "a Design"."""
    if not isinstance(value, kinds):
        line = repr(value).partition("\n")[0]
        raise UserError(f"{wanted} is needed, found {type(value).__name__}: {line:.60}")
