"""The data that a float network is quantized on."""

from first_spike.command.data_options import read_dataset
from first_spike.golden.contract.base_network import shown_shape
from first_spike.golden.data.catalogue import LOADERS, USUAL
from first_spike.golden.errors import UserError
from first_spike.golden.recordings import Recordings


def data_for(network, arguments):
    """The data set of the parsed arguments of scripts/quantize.py, else the one that the FloatNetwork's file names;
    UserError where it has other images or classes."""
    if arguments.dataset is None:
        arguments.dataset = network.accuracy.get("dataset")
        if arguments.dataset not in list(LOADERS):  # anything may stand in the file
            raise UserError(f"{arguments.float} was trained on {arguments.dataset or 'data that it does not name'}; "
                            f"name the data by --dataset {USUAL}")
    dataset = read_dataset(arguments, network)
    if tuple(dataset.image_shape) != network.image_shape or dataset.classes != network.classes:
        raise UserError(f"{arguments.float} is for images of {shown_shape(network.image_shape)} in "
                        f"{len(network.classes)} classes, which {dataset.name} does not have")
    if isinstance(dataset.test_images, Recordings) != (network.most_events is not None):
        raise UserError(f"{arguments.float} takes {'images' if network.most_events is None else 'events'}, which "
                        f"{dataset.name} does not hold")
    return dataset
