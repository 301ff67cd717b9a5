"""Recipes of networks: the words of a command that made one, as a long job.

The figures in a shipped network's header, counted anew on the data of its recipe.
"""

import argparse
import shlex
from dataclasses import replace

from first_spike.command.data_options import add_dataset_arguments, data_choices, read_dataset
from first_spike.command.option_values import load_network
from first_spike.golden.contract.network import FloatNetwork
from first_spike.golden.errors import UserError
from first_spike.golden.inference.figures import figures
from first_spike.golden.training import defaults
from first_spike.golden.training.classes import hold_out
from first_spike.training import quantize_options, train_options
from first_spike.training.quantize_options import data_for, data_name
from first_spike.training.train import Wishes, finetuning_plan, training_plan, usual_for
from first_spike.training.train_options import wishes_of
from first_spike.training.training_jobs import finetuning_job, training_job


def recipe_words(name, recipe, pictures):
    """The words of a recipe, with the folder of pictures in its place."""
    words = shlex.split(recipe)
    if any("PICTURES" in word for word in words) and pictures is None:
        raise UserError(f"{name} is trained on pictures that are not part of this project; name their folder by "
                        f"--pictures")
    return [word.replace("PICTURES", pictures or "") for word in words]


def recipe_job(out, script, words):
    """The Job of the command `script`, train or quantize, with options `words`; what it writes is called `out`."""
    return JOBS[script](out, [*words, "--out", str(out)])


def _train(out, words):
    arguments = train_options.parse("", words)
    dataset = read_dataset(arguments.dataset, data_choices(arguments), arguments.steps)
    return training_job(out, training_plan(wishes_of(arguments), dataset, arguments.dataset), dataset)


def _quantize(out, words):
    arguments = quantize_options.parse("", words)
    network = FloatNetwork.load(arguments.float)
    network = replace(network, steps=arguments.steps or network.steps)
    name = data_name(network, arguments.float, arguments.dataset)
    dataset = data_for(network, arguments.float, name, data_choices(arguments))
    return finetuning_job(out, finetuning_plan(wishes_of(arguments), network, dataset), dataset, network)


JOBS = {"train": _train, "quantize": _quantize}


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
