"""Bring in somebody else's network: quantize it, and compare accuracies.

FILE is an NIR graph (.nir), a PyTorch state_dict (.pt, .pth), or named arrays (.safetensors, .npz), one of 2 axes or
image-shaped per layer; or an .npy of one array or of an object array of NumPy or CuPy arrays, which is read without
executing anything in it. Weights that are integers of these bits, or such times one number, as those of
quantization-aware training, are taken as they are, with their thresholds; others are quantized.
"""

from contextlib import ExitStack
from dataclasses import fields

from first_spike.command.cli import Parser, console
from first_spike.command.data_options import (
    add_dataset_arguments,
    data_choices,
    read_dataset,
    result_table,
)
from first_spike.command.images import ChosenImages
from first_spike.command.option_values import positive
from first_spike.command.places import HELP, file, output_name, reserved
from first_spike.command.replaced import add_overwrite, keeping_older, refuse_older
from first_spike.command.silence import USUAL, silence, ties, warn
from first_spike.golden.inference.calibration import FEWEST
from first_spike.golden.training.sources import images_of_classes
from first_spike.interop.bring_in import IMAGES, bring_in
from first_spike.interop.options import (
    MOST_IMAGES,
    ForeignFile,
    add_foreign_arguments,
    costs,
    import_table,
    other_bits,
    threshold_files,
    thresholds_met,
)
from first_spike.training.results import missing_classes


def main():
    arguments = parse()
    foreign = ForeignFile(**{field.name: getattr(arguments, field.name) for field in fields(ForeignFile)})
    dataset = read_dataset(arguments.dataset, data_choices(arguments), arguments.steps)
    inputs = {"FILE": arguments.file, "--dataset": arguments.dataset} | threshold_files(arguments.threshold)
    with ExitStack() as kept:
        kept.enter_context(reserved("--out", arguments.out, (".npz",), inputs))
        if arguments.float_out:
            kept.enter_context(reserved("--float-out", arguments.float_out, (".npz",),
                                        inputs | {"--out": file(arguments.out, ".npz")}))
        outs = [out for out in (arguments.out, arguments.float_out) if out]
        for out in outs:
            refuse_older(out, (".npz",), arguments.overwrite)
        made = bring_in(foreign, dataset, arguments.bits, arguments.steps, arguments.images,
                        arguments.calibrate)
        for out, network in zip(outs, (made.network, made.float_network)):
            with keeping_older(out, (".npz",), arguments.overwrite):
                network.save(file(out, ".npz"))
    tell(foreign, made, arguments.out.name, dataset)


def tell(foreign, made, name, dataset):
    """Say what was BroughtIn of a ForeignFile under a name."""
    imported, network = made.imported, made.network
    images = ChosenImages(dataset.test_images, dataset.test_labels, dataset.name).spread(MOST_IMAGES).images
    console.print(import_table(imported, made.wholes, made.float_network, network, images))
    console.print(result_table(name, {"float": made.in_float, "integer": made.in_integers}))
    for left, why in imported.dropped.items():
        console.print(f"left out: {left}, {why}", soft_wrap=True)
    for sentence in (imported.thresholds, thresholds_met(foreign, imported.layers, made.wholes), costs(network, images),
                     f"{made.done}; {' '.join(map(str, made.bits))} bits", other_bits(made.wholes, made.bits)):
        if sentence:
            console.print(sentence, soft_wrap=True)
    warn([*imported.warnings] + missing_classes(images_of_classes(dataset, made.held))
         + silence(name, made.in_integers["silent"], USUAL) + ties(name, made.in_integers["ties"]))


def parse():
    parser = Parser(description=__doc__)
    add_foreign_arguments(parser)
    parser.add_argument("--classes", nargs="+", metavar="NAME",
                        help="class of each output neuron in the file's order (default: the data set's order)")
    parser.add_argument("--bits", type=int, nargs="+", metavar="N",
                        help="weight bits, 1 to 8, one for all layers or one per layer (default: those of the graph if "
                             "it says, or 8)")
    parser.add_argument("--steps", type=int, metavar="T",
                        help="time steps (default: those of the graph if it says, or of recordings, or 256)")
    parser.add_argument("--images", type=positive, default=IMAGES, metavar="N",
                        help="training images on which scales are chosen (default: %(default)s)")
    parser.add_argument("--calibrate", action="store_true",
                        help=f"choose thresholds of confidence and a table of probabilities on these images, at least "
                             f"{FEWEST} of each class, and keep them in NAME.npz, whose format is then 4")
    add_dataset_arguments(parser)
    parser.add_argument("--out", type=output_name, required=True, metavar="NAME",
                        help=f"write the integer network NAME.npz{HELP}")
    parser.add_argument("--float-out", type=output_name, metavar="NAME",
                        help="write the float network, for comparisons, likewise")
    add_overwrite(parser)
    return parser.parse_args()

