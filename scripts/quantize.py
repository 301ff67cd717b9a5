"""Quantize a float network to few bits, with or without quantization-aware training, or sweep over bits and steps."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from any folder
if __name__ == "__main__":
    from scripts.command.interrupts import answer
    answer()

from dataclasses import replace

from golden.contract.base_network import shown_shape
from golden.contract.float_network import FloatNetwork
from golden.data.catalogue import LOADERS, PICTURES
from golden.errors import UserError
from golden.inference.figures import figures
from golden.quantization.integer import integer_network
from golden.quantization.scales import calibrate
from golden.quantization.thresholds import retune
from golden.training import defaults
from golden.training.layer_text import text_of
from golden.training.loop import Training, hold_out
from golden.training.plan import AUGMENTATIONS, Plan
from scripts.command.cli import complain, console, error_console, run, write_json
from scripts.command.data_options import (
    add_dataset_arguments,
    add_patient,
    check_bits,
    read_dataset,
    read_options,
    result_table,
)
from scripts.command.job_options import add_jobs, chosen_workers
from scripts.command.option_values import natural, share
from scripts.command.output_name import HELP, file, output_name, reserved
from scripts.command.places import BUILD
from scripts.command.silence import warn_of_silence
from scripts.training.report import draw_sweep, sweep_table
from scripts.training.sweep_jobs import sweep_all
from scripts.training.training_bar import TrainingProgress

SWEEP_STEPS = (4, 8, 16, 32, 64, 256)


def main():
    arguments = parse()
    network = FloatNetwork.load(arguments.float)
    check_combination(arguments)
    if arguments.dataset is None:
        arguments.dataset = network.accuracy.get("dataset")
        if arguments.dataset not in list(LOADERS):  # anything may stand in the file
            raise UserError(f"{arguments.float} was trained on {arguments.dataset or 'data that it does not name'}; "
                            f"name the data by "
                            f"--dataset NAME, FOLDER or {PICTURES}PATH")
    dataset = read_dataset(arguments, network)
    if tuple(dataset.image_shape) != network.image_shape or dataset.classes != network.classes:
        raise UserError(f"{arguments.float} is for images of {shown_shape(network.image_shape)} in "
                        f"{len(network.classes)} classes, which {dataset.name} does not have")
    count = len(dataset.train_images)
    held, _ = hold_out(count, defaults.held_out(count), arguments.seed)
    chosen_on = dataset.train_images[held], dataset.train_labels[held]
    inputs = {"--float": arguments.float, "--dataset": arguments.dataset}
    if arguments.sweep:
        with reserved("--sweep", arguments.sweep, (".json", ".png"), inputs):
            return make_sweep(arguments, network, dataset, *chosen_on)
    bits = check_bits(arguments.bits or [4], len(network.layers))
    network = replace(network, steps=arguments.steps or network.steps)
    with reserved("--out", arguments.out, (".npz",), inputs):
        if arguments.finetune:
            result = finetune(arguments, network, dataset, bits, len(held))
        else:
            with error_console.status("choosing scales"):
                layers = calibrate(network, bits, *chosen_on)
            layers = retune(layers, network.steps, *chosen_on, arguments.silent, patient=arguments.patient)
            result = integer_network(network, layers, f"{network.source}; quantized after training")
        networks = {name: figures(made, dataset, chosen_on, arguments.silent)
                    for name, made in {"float": network, "integer": result}.items()}
        networks["integer"].save(file(arguments.out, ".npz"))
    console.print(result_table(arguments.out.name, networks))
    warn_of_silence(arguments.out.name, networks["integer"].accuracy["silent"], arguments.silent)


def check_combination(arguments):
    """UserError for options that go together in no way, or would have no effect."""
    training = {"--scales": arguments.scales, "--set": arguments.set, "--augment": arguments.augment,
                "--finetune-rates": arguments.finetune_rates}
    if arguments.sweep:
        alone = {"--out": arguments.out, "--bits": arguments.bits, "--steps": arguments.steps,
                 "--finetune": arguments.finetune, **training}
        odd = [name for name, value in alone.items() if value]
        if odd:
            raise UserError(f"--sweep tries all bits and steps without training: leave out {' and '.join(odd)}")
    elif arguments.out is None:
        raise UserError("name the file to write by --out, or ask for --sweep")
    elif not arguments.finetune:
        odd = [name for name, value in training.items() if value]
        if odd:
            raise UserError(f"{' and '.join(odd)} can only be given with --finetune; without it, scales are chosen by "
                            f"their accuracy")
    for name, _ in read_options(arguments.set):
        if name in ("hidden_rate", "output_rate"):
            raise UserError(f"{name} of fine-tuning is given by --finetune-rates, not by --set")


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--float", required=True, metavar="FILE.npz", help="float network")
    parser.add_argument("--bits", type=int, nargs="+", metavar="N",
                        help="weight bits, 1 to 8, one for all layers or one per layer; 2 is ternary (default: 4)")
    parser.add_argument("--steps", type=int, metavar="T", help="time steps (default: the float network's)")
    parser.add_argument("--finetune", type=natural, default=0, metavar="EPOCHS", help="of quantization-aware training")
    parser.add_argument("--finetune-rates", type=float, nargs=2, metavar="RATE",
                        help=f"its learning rates, of the hidden and the output layer ({defaults.RATES_HELP})")
    parser.add_argument("--scales", type=float, nargs="+", default=[], metavar="FACTOR",
                        help="of the levels of each layer in fine-tuning, relative to those nearest to the float "
                             "weights (default: 1)")
    parser.add_argument("--augment", metavar="KIND", help=f"{', '.join(AUGMENTATIONS)} (default: by data set)")
    parser.add_argument("--set", nargs="+", action="extend", default=[], metavar="NAME=VALUE",
                        help="other settings of the fine-tuning, such as decay=0.05")
    parser.add_argument("--silent", type=share, default=defaults.MOST_SILENT, metavar="SHARE",
                        help="largest share of held-out images without an output spike, if an output threshold gives "
                             "that (default: %(default)s)")
    add_patient(parser)
    parser.add_argument("--seed", type=natural, default=1, metavar="N",
                        help="as in training: which images are held out")
    add_dataset_arguments(parser, default=None)
    parser.add_argument("--out", type=output_name, metavar="NAME", help=f"write the integer network NAME.npz{HELP}")
    parser.add_argument("--sweep", type=output_name, metavar="NAME",
                        help="table over bits 1 to 8 and several steps; writes NAME.json and NAME.png")
    add_jobs(parser)
    return parser.parse_args()


def finetune(arguments, network, dataset, bits, held_out):
    convolutional = any(layer.kind != "dense" for layer in network.layers)
    count = len(dataset.train_images) - held_out
    plan = Plan(dataset=dataset.name, rule="decision", hidden=() if convolutional else network.sizes[:-1],
                layers=text_of(network.layers) if convolutional else "", steps=network.steps, bits=bits,
                epochs=1, finetune=arguments.finetune, seed=arguments.seed, held_out=held_out,
                most_silent=arguments.silent, augmentation=arguments.augment
                or defaults.AUGMENTATIONS.get(dataset.name, "none"),
                finetune_rates=tuple(arguments.finetune_rates or defaults.finetune_rates(count, convolutional)),
                usual=tuple(defaults.settings(count, convolutional).items()), options=read_options(arguments.set),
                scales=tuple(arguments.scales), patient=arguments.patient)
    with TrainingProgress() as progress:
        return Training(plan, dataset, progress=progress).quantize(network)


def make_sweep(arguments, network, dataset, images, labels):
    with chosen_workers(arguments) as workers:
        rows, failed = sweep_all(network, dataset, images, labels, range(1, 9), SWEEP_STEPS, arguments.silent, workers,
                                 BUILD / "sweep")
    if failed:
        return complain(failed)
    held_out = len(images)
    write_json(file(arguments.sweep, ".json"), {"float": arguments.float, "images": len(dataset.test_images),
                                                "held_out_images": held_out, "rows": rows})
    draw_sweep(file(arguments.sweep, ".png"), rows, Path(arguments.float).stem)
    console.print(sweep_table(Path(arguments.float).name, rows, held_out, len(dataset.test_images)))


if __name__ == "__main__":
    run(main)
