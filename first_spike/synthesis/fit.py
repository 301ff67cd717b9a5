"""Whether what was counted, or estimated, for an ECP5 finds room on a board, and by how much it does not."""

from first_spike.golden.errors import UserError
from first_spike.synthesis.boards import find_board
from first_spike.synthesis.targets import SPOKEN, TARGETS

ECP5 = TARGETS["ecp5"]
CLOSE = "too close to call"  # for what is only estimated


def find_ecp5_board(name):
    """The Board called `name`; UserError for an unknown one, or one with another FPGA."""
    board = find_board(name)
    if board.device.family != ECP5.name:
        raise UserError(f"cells are counted for an ECP5 here, and {name} has the {board.device.name}: "
                        f"`first-spike bitstream --board {name}` says whether a design fits onto it")
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


def verdict(board, total, error=0):
    """Whether the counts `total`, of which the logic may be off by `error` either way, fit onto the Board; None where
    that is too close to call."""
    if surplus(board, {**total, "logic": total["logic"] - error}):
        return False
    return None if surplus(board, {**total, "logic": total["logic"] + error}) else True


def short_fit(board, total, error=0):
    """The same for a column of a table."""
    fits = verdict(board, total, error)
    if fits is not False:
        return "fits" if fits else CLOSE
    return ", ".join(f"{count - most:,} {_spoken(resource).split()[0]} too many"
                     for resource, (count, most) in surplus(board, total).items())


def _spoken(resource):
    return SPOKEN.get(resource) or ECP5.units[resource]
