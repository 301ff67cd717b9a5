"""What the commands that quantize share: their data set, their bits, and the table of results."""

from rich.table import Table

from golden.data.catalogue import LOADERS, PICTURES
from golden.data.pictures import check_split
from golden.errors import UserError
from scripts.command.download_bar import load_shown
from scripts.command.option_values import natural, positive


def add_dataset_arguments(parser, default="mnist"):
    """Add --dataset, --image-size, --train-per-class, --split-seed and --edges to an argparse parser."""
    parser.add_argument("--dataset", default=default, metavar="NAME",
                        help=f"{', '.join(name for name in LOADERS if name != 'samples')}, a folder of idx files, or "
                             f"{PICTURES}PATH with one sub-folder of "
                             f"pictures per class (default: {default or 'the one in the file'})")
    parser.add_argument("--image-size", metavar="HxW", help=f"pictures are resized to this ({PICTURES} only)")
    parser.add_argument("--train-per-class", type=positive, metavar="N",
                        help=f"training pictures of a class ({PICTURES} only)")
    parser.add_argument("--split-seed", type=natural, metavar="N", help=f"of the training/test split ({PICTURES} only)")
    parser.add_argument("--edges", type=positive, metavar="N",
                        help=f"read the strength of edges instead of brightness, measured on " f"pictures N times as "
                                                                                               f"large ({PICTURES} "
                                                                                               f"only)")


def add_patient(parser):
    """Add --patient to an argparse parser."""
    parser.add_argument("--patient", action="store_true",
                        help="also with fewer than 1,000 held-out images take the highest of equally good output "
                             "thresholds: now and then a better decision, more silent outputs")


def read_dataset(arguments, network=None):
    """The data set that these arguments ask for; UserError when it cannot be had.

    network: pictures are read as those that it was trained on, by the size and the split in its file; arguments that
    say otherwise are refused.
    """
    given = {"split_seed": arguments.split_seed, "train_per_class": arguments.train_per_class, "edges": arguments.edges,
             "image_size": arguments.image_size and image_size(arguments.image_size)}
    given = {key: value for key, value in given.items() if value is not None}
    if not arguments.dataset.startswith(PICTURES):
        if given:
            raise UserError(f"--image-size, --train-per-class, --split-seed and --edges go with --dataset "
                            f"{PICTURES}PATH only")
        return load_shown(arguments.dataset)
    if network is not None:
        stored = check_split(network.accuracy.get("split") or {})
        wanted = {"split_seed": stored.get("seed"), "train_per_class": stored.get("train_per_class"),
                  "edges": stored.get("edges"), "image_size": network.image_shape}
        for key, value in given.items():
            if value != wanted[key]:
                raise UserError(f"--{key.replace('_', '-')} is {value}, but the network was trained with "
                                f"{wanted[key]}: leave it out")
        given = wanted
    split = {"seed": given.get("split_seed"), "train_per_class": given.get("train_per_class"),
             "edges": given.get("edges")}
    return load_shown(arguments.dataset, image_shape=given.get("image_size"),
                split={key: value for key, value in split.items() if value is not None})


def image_size(text):
    """(rows, columns) of HxW."""
    parts = text.lower().split("x")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() and int(part) > 0 for part in parts):
        raise UserError(f"--image-size takes rows x columns, such as 28x28, found {text!r}")
    return int(parts[0]), int(parts[1])


def check_bits(bits, layers):
    """One width per layer from one or several; UserError when they are out of range or too many."""
    if len(bits) not in (1, layers):
        raise UserError(f"{len(bits)} values of bits for {layers} layers; give one, or one per layer")
    if not all(1 <= width <= 8 for width in bits):
        raise UserError(f"bits must be from 1 to 8, found {' '.join(map(str, bits))}")
    return tuple(bits * layers if len(bits) == 1 else bits)


def read_options(items):
    """Pairs of name and number from a list of NAME=NUMBER."""
    options = []
    for item in items:
        name, _, value = item.partition("=")
        try:
            options.append((name, float(value)))
        except ValueError as error:
            raise UserError(f"--set takes NAME=NUMBER, found {item!r}") from error
    return tuple(options)


def result_table(title, networks):
    """Figures of networks (dict from a word to a network with figures in its header) as a table for people."""
    grid = Table("network", "accuracy (strict)", "silent", "ties", "spikes to the decision", title=title)
    for name, network in networks.items():
        figures = network.accuracy
        grid.add_row(name, f"{figures['accuracy']:.2%}", f"{figures['silent']:.2%}", f"{figures['ties']:.2%}",
                     f"{figures['events']}")
    return grid
