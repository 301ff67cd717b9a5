"""What `first-spike explore` says with --top processor: which networks fit which boards, with exact cycles and time."""

from rich.table import Table

from first_spike.command.cli import Parser, console, write_json
from first_spike.command.images import add_image_arguments, read_images
from first_spike.command.option_values import NAMED, NetworkFile, output_file, positive
from first_spike.command.places import NETWORKS, check_places
from first_spike.golden.contract.network import Network
from first_spike.golden.contract.processor_fit import require_fit
from first_spike.golden.errors import UserError
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.processor_cycles import predict
from first_spike.processor.boards import BAUD, PROCESSORS, load_seconds
from first_spike.processor.command import TOP, add_limits, chosen_processor

FLOAT = "_float"  # ends the names of networks that others were quantized from


def main():
    arguments = parse()
    check_places(arguments, files=("json",))
    boards = {name: chosen_processor(arguments, name) for name in arguments.board}
    rows = [row for path in arguments.networks for row in rows_of(arguments, path, boards)]
    fitting = [row for row in rows if row["fits"]]
    if fitting and all(row["why"] for row in fitting):
        raise UserError(fitting[0]["why"])
    console.print(_table(rows))
    for row in rows:
        if row["why"]:
            console.print(f"{row['network']}, {row['board']}: {row['why']}", soft_wrap=True)
    if arguments.json:
        write_json(arguments.json, {"networks": rows})


def rows_of(arguments, path, boards):
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
            chosen = chosen or read_images(arguments, network).spread(arguments.count)
            images = chosen.images
        except UserError as error:
            row["why"] = str(error)
            continue
        cycles = predict(network, own.limits, images, infer(network, images), whole=True).interval
        row |= {"images": len(images), "cycles": float(cycles.mean()), "cycles_max": int(cycles.max()),
                "us": float(cycles.mean()) / own.board.clock}
    return rows


def parse():
    parser = Parser(description=__doc__)
    parser.add_argument("--top", choices=(TOP,), required=True, help="the processor")
    shipped = [path for path in sorted(NETWORKS.glob("*.npz")) if not path.stem.endswith(FLOAT)]
    parser.add_argument("--networks", "--network", action=NetworkFile, nargs="+", default=shipped, metavar="FILE.npz",
                        help=f"integer network files, {NAMED} (default: all of these)")
    different = {own.limits: name for name, own in PROCESSORS.items()}
    parser.add_argument("--board", nargs="+", default=list(different.values()), metavar="NAME",
                        help=f"of {', '.join(PROCESSORS)} (default: {', '.join(different.values())})")
    add_limits(parser, "the board's")
    add_image_arguments(parser)
    parser.add_argument("--count", type=positive, default=100, metavar="N",
                        help="N images, evenly spaced over all (default: 100)")
    parser.add_argument("--json", type=output_file, metavar="FILE", help="write the figures of the table")
    return parser.parse_args()


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
