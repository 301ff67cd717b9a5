"""How many images of each class a training has, as a table, and what is to be said of them."""

from rich.table import Table

from golden.data.split import TRAIN_SHARE
from golden.training.classes import images_of_classes
from scripts.command.cli import console
from scripts.command.silence import warn

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
    """Sentences on classes that are missing on a side, or of which few images are held out; asked: how many training
    images of each class were asked for, if any."""
    trained, held, tested = (images[side] for side in ("trained", "held_out", "tested"))
    read = {name: trained[name] + held[name] for name in tested}
    rules = [
        ([name for name in tested if not read[name] and not tested[name]],
         "no image of class {} is there, to train or to test: nothing names it. Labels count classes from 0"),
        ([name for name in tested if not trained[name] and (held[name] or tested[name])],
         "no image of class {} is trained on: those that are tested will hardly be named rightly"),
        ([name for name in tested if read[name] and not tested[name]],
         "no image of class {} is tested: the accuracy says nothing of it"),
        ([f"{name} ({read[name] + tested[name]})" for name in tested if 0 < read[name] < (asked or 0)],
         f"class {{}} has no more images than the {asked} to train on: {TRAIN_SHARE:.0%} of them are for training"),
        ([f"{name} ({held[name]})" for name in tested if read[name] and held[name] < FEW],
         f"fewer than {FEW} images are held out of class {{}}: what is chosen on them is chosen by chance")]
    return [sentence.format(_listed(names)) for names, sentence in rules if names]


def _listed(names):
    more = [f"and {len(names) - NAMED} more"] if len(names) > NAMED else []
    return ", ".join([*names[:NAMED], *more])
