"""Bring in somebody else's weights: quantize them, and compare float and integer accuracy.

FILE is an .npz or .npy of one 2-D or image-shaped array per layer, or a .npy of an object array of NumPy or CuPy
arrays, which is read without executing anything in it.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from any folder

from golden.foreign.weights import ORIENTATIONS, orient, read_arrays, to_float_network
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
from scripts.command.option_values import output_file, positive


def main():
    arguments = parse()
    dataset = read_dataset(arguments)
    rows, columns = dataset.image_shape
    layers = orient(read_arrays(arguments.file), rows * columns, arguments.orientation)
    bits = check_bits(arguments.bits, len(layers))
    float_network = to_float_network(layers, arguments.threshold, arguments.classes or list(dataset.classes),
                                     dataset.classes, arguments.steps, dataset.image_shape,
                                     f"imported from {Path(arguments.file).name}")
    held, _ = hold_out(len(dataset.train_images), min(arguments.images, len(dataset.train_images)), seed=1)
    with error_console.status("choosing scales"):
        layers = calibrate(float_network, bits, dataset.train_images[held], dataset.train_labels[held])
    network = integer_network(float_network, layers, float_network.source)
    float_network, network = figures(float_network, dataset), figures(network, dataset)
    network.save(arguments.out)
    if arguments.float_out:
        float_network.save(arguments.float_out)
    console.print(result_table(Path(arguments.out).name, {"float": float_network, "integer": network}))


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", metavar="FILE", help=".npz or .npy")
    parser.add_argument("--threshold", type=float, nargs="+", required=True, metavar="V", help="one per layer")
    parser.add_argument("--classes", nargs="+", metavar="NAME",
                        help="class of each output neuron in the file's order (default: the data set's order)")
    parser.add_argument("--bits", type=int, nargs="+", default=[8], metavar="N",
                        help="weight bits, 1 to 8, one for all layers or one per layer (default: 8)")
    parser.add_argument("--steps", type=int, default=256, metavar="T", help="time steps (default: %(default)s)")
    parser.add_argument("--orientation", choices=ORIENTATIONS, help="needed only when the shapes allow both")
    parser.add_argument("--images", type=positive, default=5000, metavar="N",
                        help="training images on which scales are chosen (default: %(default)s)")
    add_dataset_arguments(parser)
    parser.add_argument("--out", type=output_file, required=True, metavar="NAME.npz", help="integer network")
    parser.add_argument("--float-out", type=output_file, metavar="NAME.npz", help="float network, for comparisons")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
