"""Recipes of networks: the words of a command that made one, as a long job."""

import shlex
from dataclasses import replace

from first_spike.command.data_options import data_choices, read_dataset
from first_spike.golden.contract.float_network import FloatNetwork
from first_spike.golden.errors import UserError
from first_spike.training import quantize_options, train_options
from first_spike.training.float_data import data_for, data_name
from first_spike.training.plans import finetuning_plan, training_plan
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
