"""What is derived of a Design, computed once."""

from functools import wraps
from weakref import WeakKeyDictionary


def derived(function):
    """Keep the result of a function of a Design, a sequence, for as long as the Design lives."""
    results = WeakKeyDictionary()

    @wraps(function)
    def kept(design):
        if design not in results:
            results[design] = tuple(function(design))
        return results[design]

    return kept
