"""How much of somebody's file is read: what would fill the memory is refused before it is unfolded."""

from first_spike.golden.errors import UserError

MOST_NUMBERS = 1 << 26  # in a file: half a gigabyte, as float64; 160 x 250 pixels on 1,600 neurons
LARGEST = 1e9  # weight


def check_numbers(count):
    """Raise UserError where a file, or an array of it, holds more than MOST_NUMBERS numbers."""
    if count > MOST_NUMBERS:
        raise UserError(f"holds {count:,} numbers; at most {MOST_NUMBERS:,} are read")
