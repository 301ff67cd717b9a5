"""Accuracy of a network, in integers or in float, on a whole test set, by the golden model, with the strict read-out.

Every image counts: an image without an output spike is classified by its largest potential, and ties in the first step
are settled by potential, then by index. No tie counts as correct for being one.
"""

import argparse

from first_spike.command.cli import console, error_console, write_json, write_predictions
from first_spike.command.images import add_image_arguments, read_images
from first_spike.command.networks import NAMED, NetworkFile, load_network
from first_spike.command.option_values import output_file
from first_spike.command.places_to_write import check_places
from first_spike.command.silence import most_silent, most_ties, silence, ties, warn
from first_spike.comparison.evaluation import figures_table, summarise
from first_spike.golden.contract.network import Network
from first_spike.golden.inference.infer import float_infer, infer


def main():
    arguments = parse()
    check_places(arguments, files=("json", "predictions"))
    network = load_network(arguments.network)
    chosen = read_images(arguments, network)
    with error_console.status(f"{len(chosen.images)} images"):
        result = (infer if isinstance(network, Network) else float_infer)(network, chosen.images)
    report = summarise(network, chosen, result)
    console.print(figures_table(network, chosen.name, report))
    name, count = arguments.network.name, report["images"]
    report["warnings"] = warn(silence(name, report["silent"], most_silent(network, count))
                              + ties(name, report["ties"], most_ties(count)))
    if arguments.json:
        write_json(arguments.json, report)
    if arguments.predictions:
        write_predictions(arguments.predictions, result)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--network", action=NetworkFile, required=True, metavar="FILE.npz",
                        help=f"network file, of either kind, {NAMED}")
    add_image_arguments(parser)
    parser.add_argument("--json", type=output_file, metavar="FILE", help="write the figures of the table")
    parser.add_argument("--predictions", type=output_file, metavar="FILE.npz",
                        help="write class, decision_time, silent, tie and layerK_spike_times of every image, "
                             "for the whole run")
    return parser.parse_args()

