"""The figures in a shipped network's header, counted anew on the data of its recipe."""

import argparse

from first_spike.command.data_options import add_dataset_arguments, data_choices, read_dataset
from first_spike.command.networks import load_network
from first_spike.golden.errors import UserError
from first_spike.golden.inference.figures import figures
from first_spike.golden.training import defaults
from first_spike.golden.training.classes import hold_out
from first_spike.training.plans import Wishes, usual_for

SAME = ("dataset", "images", "accuracy", "silent", "ties", "events")


def renew_figures(path, words):
    """Write the header of the network file `path` with the figures that the recipe `words` (of train.py or quantize.py)
    would give it; returns a sentence. UserError where what it said of the test set was not so."""
    parser = argparse.ArgumentParser()
    add_dataset_arguments(parser, default=None)
    parser.add_argument("--held-out", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--silent", type=float)
    arguments, _ = parser.parse_known_args(words)
    network = load_network(path)
    dataset = read_dataset(arguments.dataset or network.accuracy["dataset"], data_choices(arguments), network.steps)
    most_silent = usual_for(Wishes(silent=arguments.silent), network).silent
    count = dataset.train_count
    held, _ = hold_out(dataset.train_labels[:count], arguments.held_out or defaults.held_out(count), arguments.seed)
    found, _ = figures(network, dataset, (dataset.train_images[held], dataset.train_labels[held]), most_silent)
    for name in SAME:
        if found.accuracy[name] != network.accuracy.get(name):
            raise UserError(f"{path.name} says of its {name} {network.accuracy.get(name)}, found "
                            f"{found.accuracy[name]}: train it again")
    found.save(path)
    return f"{found.accuracy['accuracy']:.2%} on the test set, {found.accuracy['held_out']['accuracy']:.2%} held out"
