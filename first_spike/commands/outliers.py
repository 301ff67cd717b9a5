"""Make images of none of a network's classes: seven kinds, by a seed.

They measure what a network notices. They are made of the test images of the network's data. --out becomes a folder
with KIND.npy for each kind, uint8 images of the network's shape, and outliers.json.
`first-spike evaluate --images FOLDER/KIND.npy` says how many of them a network with a calibration calls foreign.
"""

import json
from pathlib import Path

import numpy as np

from first_spike.command.cli import Parser, console, shown, write_json
from first_spike.command.images import add_image_arguments, as_taken, load_shown, read_images
from first_spike.command.option_values import NAMED, NetworkFile, load_network, natural, positive
from first_spike.command.places import check_places
from first_spike.golden.data.outliers import KINDS, make_outliers
from first_spike.golden.errors import UserError
from first_spike.golden.files import replacing_folder

FACTS = "outliers.json"
CONTENT = "outliers"


def main():
    arguments = parse()
    check_places(arguments, files=("out",))
    network = load_network(arguments.network)
    network.require_images("kind of outliers")
    kinds = list(dict.fromkeys(arguments.kinds or [kind for kind in KINDS if kind != "other" or arguments.other]))
    chosen = read_images(arguments, network)
    images = chosen.images.reshape(-1, *network.image_shape)
    other = None
    if arguments.other:
        other = load_shown(arguments.other, network, train=False, **as_taken(network, arguments.other)).test_images
    with replacing_folder(arguments.out, own_files, "a folder of outliers") as folder:
        for kind in kinds:
            np.save(folder / f"{kind}.npy", make_outliers(kind, images, arguments.count, arguments.seed, other))
        write_json(folder / FACTS, {"content": CONTENT, "files": [FACTS, *(f"{kind}.npy" for kind in kinds)],
                                    "network_sha256": network.sha256, "images": chosen.name,
                                    "other": arguments.other, "count": arguments.count, "seed": arguments.seed})
    for kind in kinds:
        console.print(shown(arguments.out / f"{kind}.npy"), soft_wrap=True)


def own_files(folder):
    """The files of an older folder of outliers; UserError if the folder is none."""
    try:
        content = json.loads(Path(folder, FACTS).read_text())
        if content["content"] == CONTENT and all(isinstance(name, str) for name in content["files"]):
            return set(content["files"])
    except (OSError, ValueError, KeyError, TypeError):  # not there, or not one of ours
        pass
    raise UserError(f"{folder} holds something else than outliers")


def parse():
    parser = Parser(description=__doc__.splitlines()[0])
    parser.add_argument("--network", action=NetworkFile, required=True, metavar="FILE.npz",
                        help=f"network file, of either kind, {NAMED}")
    add_image_arguments(parser)
    parser.add_argument("--other", metavar="NAME", help="data set with images of the same shape, for the kind other")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, metavar="KIND",
                        help=f"{', '.join(KINDS)} (default: all; other only with --other)")
    parser.add_argument("--count", type=positive, default=2000, metavar="N",
                        help="images of each kind (default: %(default)s)")
    parser.add_argument("--seed", type=natural, default=1, metavar="N", help="(default: %(default)s)")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER",
                        help="folder for the files; older outliers in it are replaced")
    arguments = parser.parse_args()
    if "other" in (arguments.kinds or ()) and not arguments.other:
        parser.error("--kinds other needs --other")
    return arguments
