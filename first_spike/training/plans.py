"""From the options of a command to the Plan of its training."""

import hashlib

from first_spike.command.data_options import check_bits, read_options
from first_spike.golden.data.catalogue import FOLDERS, kind_of
from first_spike.golden.errors import UserError
from first_spike.golden.training import defaults
from first_spike.golden.training.classes import usual_weights
from first_spike.golden.training.layer_text import parse as parse_layers
from first_spike.golden.training.layer_text import text_of
from first_spike.golden.training.plan import Plan


def training_plan(arguments, dataset):
    """The Plan of scripts/train.py; UserError where its options make none."""
    own = dataset.split.get("steps", arguments.steps)
    if own != arguments.steps:
        raise UserError(f"{dataset.name} holds spike times of {own} steps, but the network is to have "
                        f"{arguments.steps}: say --steps {own}")
    words = parse_layers(arguments.layers) if arguments.layers else []
    depth, convolutional = len(words) or len(arguments.hidden) + 1, any(word.facts for word in words)
    if arguments.bits == [0] and (arguments.finetune or arguments.finetune_rates):
        raise UserError("--finetune and --finetune-rates train at few bits: leave them out with --bits 0")
    bits = None if arguments.bits == [0] else check_bits(arguments.bits, depth)
    count = dataset.train_count
    held_out = defaults.held_out(count) if arguments.held_out is None else arguments.held_out
    epochs = defaults.epochs(count - held_out) if arguments.epochs is None else arguments.epochs
    finetune = epochs // 5 if arguments.finetune is None else arguments.finetune
    digest = hashlib.sha256()
    for array in dataset.train_arrays:
        digest.update(array.tobytes())
    kind = kind_of(arguments.dataset)
    plan = Plan(kind + dataset.name if kind in FOLDERS else arguments.dataset, arguments.rule, tuple(arguments.hidden),
                arguments.steps, bits, epochs, finetune, arguments.seed, held_out, arguments.silent,
                layers=arguments.layers, digest=digest.hexdigest(), thin=arguments.thin, patient=arguments.patient,
                deformed=arguments.deformed, most_events=arguments.most_events,
                **_usual(arguments, dataset, arguments.dataset, count - held_out, convolutional))
    plan.settings()  # complains about unknown settings now rather than later
    return plan


def finetuning_plan(arguments, network, dataset, bits):
    """The Plan of scripts/quantize.py that trains a FloatNetwork on at few `bits`, one per layer."""
    convolutional = any(layer.kind != "dense" for layer in network.layers)
    count = dataset.train_count
    held_out = defaults.held_out(count)
    return Plan(dataset.name, "decision", () if convolutional else network.sizes[:-1], network.steps, bits, 1,
                arguments.finetune, arguments.seed, held_out, arguments.silent,
                layers=text_of(network.layers) if convolutional else "", scales=tuple(arguments.scales),
                patient=arguments.patient, deformed=arguments.deformed, most_events=network.most_events,
                **_usual(arguments, dataset, dataset.name, count - held_out, convolutional))


def _usual(arguments, dataset, name, count, convolutional):
    """What depends on the `count` images to learn from, unless options say it; name: that the Dataset is known by."""
    return {"augmentation": arguments.augment or defaults.augmentation(dataset.kind or name, count),
            "class_weights": arguments.class_weights or usual_weights(dataset.train_labels[:dataset.train_count]),
            "finetune_rates": tuple(arguments.finetune_rates or defaults.finetune_rates(count, convolutional)),
            "usual": tuple(defaults.settings(count, convolutional).items()), "options": read_options(arguments.set)}
