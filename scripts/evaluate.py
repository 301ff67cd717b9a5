"""Accuracy of a network on a whole test set, by the golden model, with the strict read-out.

Every image counts: an image without an output spike is classified by its largest potential, and ties in the first step
are settled by potential, then by index. No tie counts as correct for being one.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from any folder

from rich.table import Table

from golden.contract.network import Network
from golden.inference.figures import count
from golden.inference.infer import infer
from scripts.command.cli import (
    console,
    error_console,
    run,
    write_json,
    write_predictions,
)
from scripts.command.images import add_image_arguments, read_images
from scripts.command.option_values import output_file


def main():
    arguments = parse()
    network = Network.load(arguments.network)
    chosen = read_images(arguments, network)
    with error_console.status(f"{len(chosen.images)} images"):
        result = infer(network, chosen.images)
    report = summarise(network, chosen, result)
    console.print(table(network, chosen.name, report))
    if arguments.json:
        write_json(arguments.json, report)
    if arguments.predictions:
        write_predictions(arguments.predictions, result)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--network", required=True, metavar="FILE.npz", help="integer network file")
    add_image_arguments(parser)
    parser.add_argument("--json", type=output_file, metavar="FILE", help="write the figures of the table")
    parser.add_argument("--predictions", type=output_file, metavar="FILE.npz",
                        help="write class, decision_time, silent, tie and layerK_spike_times of every image, "
                             "for the whole run")
    return parser.parse_args()


def summarise(network, chosen, result):
    """The figures of an evaluation as plain numbers; accuracies, `silent` and `ties` are shares of all images."""
    found = count(network, chosen.images, chosen.labels, result)
    return {
        "network_sha256": network.sha256,
        "images": found.images,
        "accuracy": found.mean(found.correct),
        "correct": found.correct,
        "silent": found.mean(found.silent),
        "ties": found.mean(found.ties),
        "decision_time_mean": found.mean(found.steps),
        "spikes_to_decision_mean": [found.mean(spikes) for spikes in found.spikes[1:]],
    }


def table(network, name, report):
    """The report as a table for people."""
    sizes = "-".join(map(str, (network.inputs, *network.sizes)))
    grid = Table(title=f"{sizes}, T = {network.steps}, on {name}", show_header=False)
    grid.add_row("images", f"{report['images']:,}")
    if report["accuracy"] is not None:
        grid.add_row("accuracy (strict)", f"{report['accuracy']:.2%}  ({report['correct']:,} correct)")
    grid.add_row("silent output", f"{report['silent']:.2%}")
    grid.add_row("ties in the decision step", f"{report['ties']:.2%}")
    grid.add_row("decision time, mean", f"{report['decision_time_mean']:.2f} steps")
    spikes = " + ".join(f"{mean:.1f}" for mean in report["spikes_to_decision_mean"])
    grid.add_row("spikes up to it, by layer, mean", spikes)
    return grid


if __name__ == "__main__":
    run(main)
