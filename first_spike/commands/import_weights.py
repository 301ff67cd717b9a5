"""Bring in somebody else's network: quantize it, and compare float and integer accuracy.

FILE is an NIR graph (.nir), a PyTorch state_dict (.pt, .pth), or named arrays (.safetensors, .npz), one of 2 axes or
image-shaped per layer; or an .npy of one array or of an object array of NumPy or CuPy arrays, which is read without
executing anything in it. Weights that are integers of these bits, or such times one number, as those of
quantization-aware training, are taken as they are, with their thresholds; others are quantized.
"""

import argparse
from contextlib import ExitStack
from pathlib import Path

from first_spike.command.cli import console, error_console
from first_spike.command.data_options import (
    add_dataset_arguments,
    check_bits,
    data_choices,
    read_dataset,
    result_table,
)
from first_spike.command.option_values import positive
from first_spike.command.output_name import HELP, file, output_name, reserved
from first_spike.command.silence import USUAL, silence, ties, warn
from first_spike.golden.contract.float_network import FloatNetwork
from first_spike.golden.foreign.weights import integer_layers
from first_spike.golden.inference.figures import figures
from first_spike.golden.quantization.integer import integer_network
from first_spike.golden.quantization.scales import calibrate
from first_spike.golden.training.classes import hold_out, images_of_classes
from first_spike.interop.options import add_foreign_arguments, check_options, threshold_files
from first_spike.interop.report import MOST_IMAGES, costs, import_table, other_bits, thresholds_met, what_was_done
from first_spike.interop.sources import read_network
from first_spike.training.class_report import missing_classes


def main():
    arguments = parse()
    check_options(arguments)
    dataset = read_dataset(arguments.dataset, data_choices(arguments), arguments.steps)
    imported = read_network(arguments, dataset)
    bits = check_bits(arguments.bits or imported.bits, len(imported.layers))
    wholes = integer_layers(imported.layers, bits)
    float_network = FloatNetwork(arguments.steps or imported.steps, dataset.image_shape,
                                 [one.steady.float_layer() for one in wholes], dataset.classes,
                                 f"imported from {Path(arguments.file).name}", most_events=dataset.most_events)
    inputs = {"FILE": arguments.file, "--dataset": arguments.dataset} | threshold_files(arguments.threshold)
    with ExitStack() as kept:
        kept.enter_context(reserved("--out", arguments.out, (".npz",), inputs))
        if arguments.float_out:
            kept.enter_context(reserved("--float-out", arguments.float_out, (".npz",),
                                        inputs | {"--out": file(arguments.out, ".npz")}))
        count = dataset.train_count
        held, _ = hold_out(dataset.train_labels[:count], min(arguments.images, count), seed=1)
        chosen_on = dataset.train_images[held], dataset.train_labels[held]
        layers = [one.made for one in wholes]
        done = what_was_done(imported.layers, wholes, len(held))
        if None in layers:
            with error_console.status("choosing scales"):
                layers = calibrate(float_network, bits, *chosen_on, layers)
        network = integer_network(float_network, layers, f"{float_network.source}, {done}")
        float_network, in_float = figures(float_network, dataset, chosen_on, USUAL)
        network, shown = figures(network, dataset, chosen_on, USUAL)
        network.save(file(arguments.out, ".npz"))
        if arguments.float_out:
            float_network.save(file(arguments.float_out, ".npz"))
    images = dataset.test_images[:MOST_IMAGES]
    console.print(import_table(imported, wholes, float_network, network, images))
    console.print(result_table(arguments.out.name, {"float": in_float, "integer": shown}))
    for name, why in imported.dropped.items():
        console.print(f"left out: {name}, {why}", soft_wrap=True)
    for sentence in (imported.thresholds, thresholds_met(imported.layers, wholes), costs(network, images),
                     f"{done}; {' '.join(map(str, bits))} bits", other_bits(wholes, bits)):
        if sentence:
            console.print(sentence, soft_wrap=True)
    warn([*imported.warnings] + missing_classes(images_of_classes(dataset, held))
         + silence(arguments.out.name, shown["silent"], USUAL) + ties(arguments.out.name, shown["ties"]))


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    add_foreign_arguments(parser)
    parser.add_argument("--classes", nargs="+", metavar="NAME",
                        help="class of each output neuron in the file's order (default: the data set's order)")
    parser.add_argument("--bits", type=int, nargs="+", metavar="N",
                        help="weight bits, 1 to 8, one for all layers or one per layer (default: those of the graph if "
                             "it says, or 8)")
    parser.add_argument("--steps", type=int, metavar="T", help="time steps (default: those of the graph if it says, or "
                                                               "256)")
    parser.add_argument("--images", type=positive, default=20_000, metavar="N",
                        help="training images on which scales are chosen (default: %(default)s)")
    add_dataset_arguments(parser)
    parser.add_argument("--out", type=output_name, required=True, metavar="NAME",
                        help=f"write the integer network NAME.npz{HELP}")
    parser.add_argument("--float-out", type=output_name, metavar="NAME",
                        help="write the float network, for comparisons, likewise")
    return parser.parse_args()

