"""Bring in somebody else's weights: quantize them, and compare float and integer accuracy.

FILE is an .npz or .npy of one 2-D or image-shaped array per layer, or a .npy of an object array of NumPy or CuPy
arrays, which is read without executing anything in it. Weights that are integers of these bits already, as those of
quantization-aware training, are taken as they are, with their thresholds; others are quantized.
"""

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from any folder
if __name__ == "__main__":
    from scripts.command.interrupts import answer
    answer()

from golden.foreign.weights import ORIENTATIONS, integer_layers, orient, read_arrays, to_float_network
from golden.inference.figures import figures
from golden.quantization.integer import integer_network
from golden.quantization.scales import calibrate
from golden.training.loop import hold_out
from scripts.command.cli import console, error_console, run
from scripts.command.data_options import (
    add_dataset_arguments,
    check_bits,
    read_dataset,
    result_table,
)
from scripts.command.option_values import positive
from scripts.command.output_name import HELP, file, output_name, reserved
from scripts.command.silence import USUAL, silence, warn


def main():
    arguments = parse()
    dataset = read_dataset(arguments)
    rows, columns = dataset.image_shape
    layers = orient(read_arrays(arguments.file), rows * columns, arguments.orientation)
    bits = check_bits(arguments.bits, len(layers))
    float_network = to_float_network(layers, arguments.threshold, arguments.classes or list(dataset.classes),
                                     dataset.classes, arguments.steps, dataset.image_shape,
                                     f"imported from {Path(arguments.file).name}")
    inputs = {"FILE": arguments.file, "--dataset": arguments.dataset}
    with ExitStack() as kept:
        kept.enter_context(reserved("--out", arguments.out, (".npz",), inputs))
        if arguments.float_out:
            kept.enter_context(reserved("--float-out", arguments.float_out, (".npz",),
                                        inputs | {"--out": file(arguments.out, ".npz")}))
        held, _ = hold_out(len(dataset.train_images), min(arguments.images, len(dataset.train_images)), seed=1)
        chosen_on = dataset.train_images[held], dataset.train_labels[held]
        layers = integer_layers(float_network, arguments.threshold, bits)
        done = "weights and thresholds are integers already and stay as they are"
        if layers is None:
            done = f"quantized, with scales chosen on {len(held):,} training images"
            with error_console.status("choosing scales"):
                layers = calibrate(float_network, bits, *chosen_on)
        network = integer_network(float_network, layers, f"{float_network.source}, {done}")
        networks = {name: figures(made, dataset, chosen_on, USUAL)
                    for name, made in {"float": float_network, "integer": network}.items()}
        networks["integer"].save(file(arguments.out, ".npz"))
        if arguments.float_out:
            networks["float"].save(file(arguments.float_out, ".npz"))
    console.print(result_table(arguments.out.name, networks))
    console.print(f"{done}; {' '.join(map(str, bits))} bits", soft_wrap=True)
    warn(silence(arguments.out.name, networks["integer"].accuracy["silent"], USUAL))


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", metavar="FILE", help=".npz or .npy")
    parser.add_argument("--threshold", type=float, nargs="+", required=True, metavar="V", help="one per layer")
    parser.add_argument("--classes", nargs="+", metavar="NAME",
                        help="class of each output neuron in the file's order (default: the data set's order)")
    parser.add_argument("--bits", type=int, nargs="+", default=[8], metavar="N",
                        help="weight bits, 1 to 8, one for all layers or one per layer (default: 8)")
    parser.add_argument("--steps", type=int, default=256, metavar="T", help="time steps (default: %(default)s)")
    parser.add_argument("--orientation", choices=ORIENTATIONS, help="needed only when the shapes allow both")
    parser.add_argument("--images", type=positive, default=20_000, metavar="N",
                        help="training images on which scales are chosen (default: %(default)s)")
    add_dataset_arguments(parser)
    parser.add_argument("--out", type=output_name, required=True, metavar="NAME",
                        help=f"write the integer network NAME.npz{HELP}")
    parser.add_argument("--float-out", type=output_name, metavar="NAME",
                        help="write the float network, for comparisons, likewise")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
