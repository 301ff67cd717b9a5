"""Say what a board is: what its registers tell of the design and of the network that it holds."""

from rich.table import Table

from first_spike.boards.opened import add_board, design_asked, opened
from first_spike.command.cli import console
from first_spike.command.places import check_places
from first_spike.device.identity import NO_NETWORK


def add_options(parser):
    add_board(parser)


def work(arguments):
    """Do it."""
    check_places(arguments, folders=("build",))
    with opened(arguments, design_asked(arguments)) as device:
        identity = device.identify()
    table = Table(title=f"the board at {arguments.port}", title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    weights = "constants"
    if identity.loadable:
        weights = f"loadable, {identity.banks} bank{'s' * (identity.banks > 1)}, map {identity.weight_map:08x}"
    for row in (("registers, version", "{}.{}".format(*identity.version)), ("pixels of an image", identity.inputs),
                ("classes", identity.classes), ("time steps", identity.steps), ("pixels a beat", identity.pixels),
                ("bits of a weight, by layer", ", ".join(map(str, identity.weight_bits))), ("weights", weights),
                ("network", "none" if identity.sha256 == NO_NETWORK else f"{identity.sha256[:12]}…")):
        table.add_row(*map(str, row))
    console.print(table)
