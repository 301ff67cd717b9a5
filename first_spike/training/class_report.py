"""How many images of each class a training has, as a table, and what is to be said of them."""

from rich.table import Table

from first_spike.command.cli import console
from first_spike.command.silence import warn
from first_spike.golden.data.dataset import TRAIN_SHARE
from first_spike.golden.training.classes import images_of_classes

FEW = 5  # held-out images of a class
NAMED = 10  # classes in a sentence


def tell_classes(dataset, held, class_weights=None):
    """Print the table and the warnings of a Dataset; held: indices of its held-out training images. class_weights: of
    the Plan, None where nothing is trained."""
    images = images_of_classes(dataset, held)
    weigh = "classes weigh alike in training, however many images they have" if class_weights == "equal" else None
    console.print(class_table(dataset.name, images, weigh))
    warn(class_warnings(images, dataset.split.get("train_per_class")))


def class_table(title, images, caption):
    """What `images_of_classes` gives, as a table for people."""
    grid = Table("class", "trained on", "held out", "tested", title=title, caption=caption)
    for name in images["tested"]:
        grid.add_row(name, *(f"{images[side][name]:,}" for side in ("trained", "held_out", "tested")))
    return grid


def class_warnings(images, asked=None):
    """Sentences on classes that are missing, that are smaller than was asked for, or of which few images are held out;
    asked: how many training images of each class, if any."""
    tested, held, sizes = images["tested"], images["held_out"], _training_sizes(images)
    small = [f"{name} ({size + tested[name]})" for name, size in sizes.items() if 0 < size < (asked or 0)]
    few = [f"{name} ({held[name]})" for name, size in sizes.items() if size and held[name] < FEW]
    return missing_classes(images) + _sentences({
        f"class {{}} has no more images than the {asked} to train on: {TRAIN_SHARE:.0%} are for training": small,
        f"fewer than {FEW} images are held out of class {{}}: what is chosen on them is chosen by chance": few})


def missing_classes(images):
    """Sentences on classes without images in the training set, in the test set, or in both."""
    there = {name: (size > 0, images["tested"][name] > 0) for name, size in _training_sizes(images).items()}
    return _sentences({sentence: [name for name, found in there.items() if found == sides] for sides, sentence in {
        (False, False): "class {} has no image at all, neither to train on nor to test; labels count classes from 0",
        (False, True): "class {} is tested, but has no image to train on",
        (True, False): "class {} has no image to test: the accuracy says nothing of it"}.items()})


def _training_sizes(images):
    return {name: images["trained"][name] + images["held_out"][name] for name in images["tested"]}


def _sentences(found):
    """Those of {sentence with a place for names: names} that have some."""
    return [sentence.format(_listed(names)) for sentence, names in found.items() if names]


def _listed(names):
    more = [f"and {len(names) - NAMED} more"] if len(names) > NAMED else []
    return ", ".join([*names[:NAMED], *more])
