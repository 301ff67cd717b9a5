"""Load a network into a board whose design was made with loadable weights, then classify with it.

With two banks, images go to the network that the board held while the other bank is loaded; each is compared, too.
"""

import time

import numpy as np

from first_spike.boards.opened import add_board, design_asked, opened
from first_spike.boards.run import DEFAULT_COUNT, add_images, board_report, board_table, classified, finish
from first_spike.command.bars import JobBar
from first_spike.command.cli import console
from first_spike.command.images import read_images
from first_spike.command.option_values import NAMED, NetworkFile, natural
from first_spike.command.places import check_places
from first_spike.device.device import Answers
from first_spike.device.identity import LoadableDesign
from first_spike.golden.contract.base_network import EVENTS
from first_spike.golden.contract.network import Network

MEANWHILE = 20


def add_options(parser):
    parser.add_argument("networks", nargs="+", action=NetworkFile, metavar="NETWORK",
                        help=f"network file (.npz) to load, {NAMED}; into a processor several, one after the other")
    add_board(parser, weights="loadable")
    parser.add_argument("--meanwhile", type=natural, default=MEANWHILE, metavar="N",
                        help="images for the other bank during the load, where it holds --network (default: "
                             "%(default)s)")
    add_images(parser)


def work(arguments):
    """Do it; returns the exit status."""
    check_places(arguments, files=("json",), folders=("build",))
    path, = arguments.networks
    design, network = design_asked(arguments), Network.load(path)
    loadable = LoadableDesign(design)
    words = loadable.load_of(network).count
    images = read_images(arguments, network, DEFAULT_COUNT)
    with opened(arguments, design) as device:
        identity = device.identify()
        count = arguments.meanwhile if identity.banks == 2 and identity.sha256 == design.network.sha256 else 0
        meanwhile = images.images[np.arange(count) % len(images.images)]
        load, answers = loaded(device, network, loadable, meanwhile, str(arguments.port))
        figures = {"load": {"words": words, **load}, "meanwhile": None}
        console.print(f"{path.stem}: {words:,} words of 16 bits in {load['seconds']:.2f} s, "
                      f"{load['cycles']:,} cycles of the board, with {count} images meanwhile", soft_wrap=True)
        wrong = []
        if count:
            figures["meanwhile"] = board_report(design, meanwhile, None, answers, load["seconds"])
            wrong = [f"during the load, {sentence}" for sentence in figures["meanwhile"]["first"]]
        figures["images"] = classified(device, design.of(network), images, str(arguments.port))
    console.print(board_table(f"{path.stem} on {images.name}, port {arguments.port}", figures["images"]))
    return finish(arguments, figures, wrong + figures["images"]["first"], cycles=network.takes != EVENTS)


def loaded(device, network, design, images, title):
    """({"seconds", "cycles"} of the load, Answers to `images`, which were spread over it)."""
    found = []
    begin, cycles = time.monotonic(), device.cycles()
    with JobBar(title, [f"loading, {len(images)} images meanwhile"]) as bar:
        for share in device.loading(network, design):
            found += [device.classify(images[k:k + 1]) for k in range(len(found), round(share * len(images)))]
            bar.report(0, share)
    cycles = (device.cycles() - cycles) % (1 << 32)
    answers = Answers(*(np.array([getattr(each, name)[0] for each in found], np.int64) for name in ("words",
                                                                                                   "latency")))
    return {"seconds": time.monotonic() - begin, "cycles": cycles}, answers
