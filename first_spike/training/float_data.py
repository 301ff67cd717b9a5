"""The data that a float network is quantized on."""

from first_spike.command.data_options import read_dataset
from first_spike.golden.contract.base_network import shown_shape
from first_spike.golden.data.catalogue import LOADERS, USUAL
from first_spike.golden.errors import UserError
from first_spike.golden.recordings import Recordings


def data_name(network, path, name=None):
    """The name of the data set to quantize on: `name`, else the one that the file of the FloatNetwork, `path`, names;
    UserError where it names none that is at hand."""
    found = network.accuracy.get("dataset") if name is None else name
    if name is None and found not in list(LOADERS):  # anything may stand in the file
        raise UserError(f"{path} was trained on {found or 'data that it does not name'}; name the data by --dataset "
                        f"{USUAL}")
    return found


def data_for(network, path, name, choices=None):
    """The data set `name` for the FloatNetwork of the file `path`; choices: see `read_dataset`. UserError where it has
    other images or classes."""
    dataset = read_dataset(name, choices, network=network)
    if tuple(dataset.image_shape) != network.image_shape or dataset.classes != network.classes:
        raise UserError(f"{path} is for images of {shown_shape(network.image_shape)} in "
                        f"{len(network.classes)} classes, which {dataset.name} does not have")
    if isinstance(dataset.test_images, Recordings) != (network.most_events is not None):
        raise UserError(f"{path} takes {'images' if network.most_events is None else 'events'}, which "
                        f"{dataset.name} does not hold")
    return dataset
