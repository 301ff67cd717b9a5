"""Whether what was counted, or estimated, for an ECP5 finds room on a board, and by how much it does not."""

from golden.errors import UserError
from scripts.synthesis.boards import find_board
from scripts.synthesis.targets import SPOKEN, TARGETS

ECP5 = TARGETS["ecp5"]


def find_ecp5_board(name):
    """The Board called `name`; UserError for an unknown one, or one with another FPGA."""
    board = find_board(name)
    if board.device.family != ECP5.name:
        raise UserError(f"cells are counted for an ECP5 here, and {name} has the {board.device.name}: "
                        f"`scripts/bitstream.py --board {name}` says whether a design fits onto it")
    return board


def surplus(board, total):
    """{resource: (how many, how many the Board has)} of the counts `total` that are too many for it."""
    room = board.device.capacity
    return {resource: (count, room[resource]) for resource, count in total.items()
            if count > room.get(resource, count)}


def fit_sentence(board, total):
    """(whether the counts `total` fit, a sentence that says so)."""
    wrong, room = surplus(board, total), board.device.capacity
    shown = {resource: (total[resource], room[resource]) for resource in room if resource in total}
    counts = [f"{count:,} of {most:,} {_spoken(resource)}{f' ({count - most:,} too many)' if resource in wrong else ''}"
              for resource, (count, most) in shown.items()]
    return not wrong, (f"the design {'does not fit' if wrong else 'fits'} onto {board.name}, {board.device.name}: "
                       f"{', '.join(counts)}")


def short_fit(board, total):
    """The same for a column of a table."""
    wrong = surplus(board, total)
    return ", ".join(f"{count - most:,} {_spoken(resource).split()[0]} too many"
                     for resource, (count, most) in wrong.items()) or "fits"


def _spoken(resource):
    return SPOKEN.get(resource) or ECP5.units[resource]
