"""What `first-spike explore` says with --top processor: which networks fit which boards, with exact cycles and time."""

from rich.table import Table

from first_spike.command.cli import console, write_json
from first_spike.command.images import read_images
from first_spike.command.places import NETWORKS, check_places
from first_spike.golden.contract.network import Network
from first_spike.golden.contract.processor_fit import require_fit
from first_spike.golden.errors import UserError
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.processor_cycles import predict
from first_spike.processor.boards import BAUD, PROCESSORS, chosen_processor, load_seconds

FLOAT = "_float"  # ends the names of networks that others were quantized from


def explore_processors(arguments, count):
    """Do it; count: images of each network where nothing is said."""
    check_places(arguments, files=("json",))
    different = {chosen.limits: name for name, chosen in PROCESSORS.items()}
    boards = {name: chosen_processor(name, arguments) for name in arguments.board or different.values()}
    networks = arguments.networks or [path for path in sorted(NETWORKS.glob("*.npz")) if not path.stem.endswith(FLOAT)]
    rows = [row for path in networks for row in rows_of(arguments, path, boards, count)]
    fitting = [row for row in rows if row["fits"]]
    if fitting and all(row["why"] for row in fitting):
        raise UserError(fitting[0]["why"])
    console.print(_table(rows))
    for row in rows:
        if row["why"]:
            console.print(f"{row['network']}, {row['board']}: {row['why']}", soft_wrap=True)
    if arguments.json:
        write_json(arguments.json, {"networks": rows})


def rows_of(arguments, path, boards, count):
    """A dict for each of the boards ({name: ProcessorBoard}): `why` is None or a sentence that says what is in the way;
    cycles from result to result of images back to back, and what they and a load take."""
    network, rows, chosen = Network.load(path), [], None
    for name, own in boards.items():
        row = {"network": path.stem, "board": name, "clock_mhz": own.board.clock, "fits": False, "why": None,
               "images": 0, "cycles": None, "cycles_max": None, "us": None, "load_seconds": None}
        rows.append(row)
        try:
            require_fit(network, own.limits)
            row |= {"fits": True, "load_seconds": load_seconds(network, own.limits, BAUD, own.board.clock)}
            chosen = chosen or read_images(arguments, network).spread(arguments.count or count)
            images = chosen.images
        except UserError as error:
            row["why"] = str(error)
            continue
        cycles = predict(network, own.limits, images, infer(network, images), whole=True).interval
        row |= {"images": len(images), "cycles": float(cycles.mean()), "cycles_max": int(cycles.max()),
                "us": float(cycles.mean()) / own.board.clock}
    return rows


def _table(rows):
    table = Table(title="networks on processors, cycles from result to result", title_justify="left")
    for heading in ("network", "board", "fits", "cycles, mean", "max", "µs", "load, s"):
        table.add_column(heading, justify="left" if heading in ("network", "board", "fits") else "right",
                         overflow="fold")
    for row in rows:
        table.add_row(row["network"], row["board"], "yes" if row["fits"] else "no",
                      *(_number(row[name], form) for name, form in (("cycles", ",.1f"), ("cycles_max", ","),
                                                                    ("us", ",.1f"), ("load_seconds", ".2f"))))
    return table


def _number(value, form):
    return "–" if value is None else format(value, form)
