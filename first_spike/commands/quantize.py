"""Bring a float network to few bits, with or without training, or sweep."""

from dataclasses import replace

import numpy as np

from first_spike.command.bars import TrainingProgress
from first_spike.command.cli import complain, console, error_console, write_json
from first_spike.command.data_options import data_choices, result_table
from first_spike.command.figure import require_matplotlib
from first_spike.command.places import file, reserved
from first_spike.command.replaced import keeping_older, refuse_older
from first_spike.command.silence import silence, ties, warn
from first_spike.golden.contract.network import FloatNetwork
from first_spike.golden.errors import UserError
from first_spike.golden.files import cache_folder
from first_spike.golden.inference.figures import figures
from first_spike.golden.quantization.grid import calibrate, integer_network
from first_spike.golden.quantization.thresholds import retune
from first_spike.golden.training import defaults
from first_spike.golden.training.adam import side_by_side
from first_spike.golden.training.loop import Training
from first_spike.golden.training.sources import hold_out
from first_spike.jobs.cluster import chosen_workers
from first_spike.training.quantize_options import (
    data_for,
    data_name,
    draw_sweep,
    parse,
    seed_for,
    sweep_all,
    sweep_table,
    trained_seed,
)
from first_spike.training.results import tell_classes
from first_spike.training.train import finetuning_plan, usual_for
from first_spike.training.train_options import wishes_of

SWEEP_STEPS = (4, 8, 16, 32, 64, 256)
SWEPT = (".json", ".png")  # what a sweep writes


def main():
    arguments = parse(__doc__)
    network = FloatNetwork.load(arguments.float)
    network = replace(network, steps=network.steps if arguments.steps is None else arguments.steps)
    arguments.seed = seed_for(network, arguments.seed)
    name, wishes = data_name(network, arguments.float, arguments.dataset), usual_for(wishes_of(arguments), network)
    dataset = data_for(network, arguments.float, name, data_choices(arguments))
    count = dataset.train_count
    held, _ = hold_out(dataset.train_labels[:count], defaults.held_out(count, dataset.kind), arguments.seed)
    warn(learned(network, len(held), arguments.seed))
    chosen_on = dataset.train_images[held], dataset.train_labels[held]
    inputs = {"--float": arguments.float, "--dataset": name}
    if network.most_events is not None:
        if arguments.sweep:
            raise UserError(f"{arguments.float} takes events, whose steps are made when they are read: --sweep is for "
                            f"networks that take images")
        chosen_on = chosen_on[0].first(network.most_events), chosen_on[1]
    if arguments.sweep:
        with reserved("--sweep", arguments.sweep, SWEPT, inputs):
            refuse_older(arguments.sweep, SWEPT, arguments.overwrite)
            tell_classes(dataset, held)
            return make_sweep(arguments, wishes.silent, network, dataset, *chosen_on)
    plan = finetuning_plan(wishes, network, dataset) if wishes.finetune else None
    with reserved("--out", arguments.out, (".npz",), inputs):
        refuse_older(arguments.out, (".npz",), arguments.overwrite)
        tell_classes(dataset, held, plan and plan.class_weights)
        made = quantize(wishes, network, dataset, plan, *chosen_on)
        _, in_float = figures(network, dataset, chosen_on, wishes.silent)
        made, shown = figures(made, dataset, chosen_on, wishes.silent)
        with keeping_older(arguments.out, (".npz",), arguments.overwrite):
            made.save(file(arguments.out, ".npz"))
    console.print(result_table(arguments.out.name, {"float": in_float, "integer": shown}))
    warn(heard_again(network, made) + silence(arguments.out.name, shown["silent"], wishes.silent)
         + ties(arguments.out.name, shown["ties"]))


def learned(network, held, seed):
    """Sentences: that of so many held-out images, drawn by `seed`, some may have been learned, where the FloatNetwork
    says that others, or fewer, were held out before."""
    own = trained_seed(network)
    if own not in (None, seed):
        return [f"--seed {seed} holds out other images than --seed {own} of the float network's training, which has "
                f"learned most of them: figures on held-out images may be too good"]
    before = network.accuracy.get("held_out")
    before = before.get("images") if isinstance(before, dict) else None
    if not isinstance(before, int) or before >= held:
        return []
    return [f"{held:,} training images are held out, but {before:,} were for the float network, which may have learned "
            f"the others: figures on held-out images may be too good"]


def heard_again(network, made):
    """Sentences: that inputs which a FloatNetwork does not hear count in the Network made of it."""
    again = np.count_nonzero(made.used_inputs & ~network.used_inputs)
    return [f"a weight of 1 bit is never 0: {again:,} of {network.inputs:,} inputs, which the float network does not "
            f"hear, count again, and each of their spikes takes time"] if again else []


def quantize(wishes, network, dataset, plan, images, labels):
    """The integer network of a FloatNetwork by Wishes; plan: how it is trained on, or None; images, labels: what is
    chosen by where it is not."""
    if plan:
        with TrainingProgress() as progress:
            return Training(plan, dataset, progress=progress).quantize(network)
    with error_console.status("choosing scales"):
        layers = calibrate(network, wishes.bits, images, labels)
    layers = retune(layers, network.steps, images, labels, wishes.silent, patient=wishes.patient)
    return integer_network(network, layers, f"{network.source}; quantized after training")


def make_sweep(arguments, silent, network, dataset, images, labels):
    require_matplotlib()
    with chosen_workers(arguments, side_by_side()) as workers:
        rows, failed = sweep_all(network, dataset, images, labels, range(1, 9), SWEEP_STEPS, silent, workers,
                                 cache_folder("sweep"))
    if failed:
        return complain(failed)
    with keeping_older(arguments.sweep, SWEPT, arguments.overwrite):
        write_json(file(arguments.sweep, ".json"), {"float": str(arguments.float), "images": len(dataset.test_images),
                                                    "held_out_images": len(images), "rows": rows})
        draw_sweep(file(arguments.sweep, ".png"), rows, arguments.float.stem)
    console.print(sweep_table(arguments.float.name, rows, len(images), len(dataset.test_images)))

