"""The files of a training: NAME.npz, NAME_float.npz, NAME.json and NAME.png, and NAME.checkpoint until it is done.

The curves of a training as a picture.

How many images of each class a training has, as a table, and what is to be said of them.
"""

import json
from pathlib import Path

import numpy as np
from rich.table import Table

from first_spike.command.cli import console
from first_spike.command.figure import blank_figure, save_figure, tiled
from first_spike.command.places import file
from first_spike.command.silence import silence, ties, warn
from first_spike.golden.contract.network import FloatNetwork
from first_spike.golden.data.dataset import TRAIN_SHARE
from first_spike.golden.errors import UserError, printable
from first_spike.golden.files import replacing
from first_spike.golden.training.sources import images_of_classes


def write_curves(path, history, title, first):
    """Draw accuracy, ties and silent outputs, and spikes per epoch, to a PNG file, and the kernels of a convolution;
    UserError without matplotlib.

    history: one dict of figures per epoch, as `golden.training.loop.Result` has it. first: the network's first layer.
    """
    figure, axes = blank_figure(3 + (first.kind == "convolution"))
    epochs = range(1, len(history) + 1)
    turn = sum(entry["phase"] == "float" for entry in history)
    for axis, names, label in (
        (axes[0], ("training_accuracy", "held_out_accuracy"), "accuracy"),
        (axes[1], ("held_out_silent", "training_ties"), "share of images"),
        (axes[2], ("training_spikes",), "spikes to the decision"),
    ):
        for name in names:
            axis.plot(epochs, [entry[name] for entry in history], label=name.replace("_", " "))
        if 0 < turn < len(history):
            axis.axvline(turn + 0.5, color="grey", linestyle=":", label="few bits from here")
        axis.set_xlabel("epoch")
        axis.set_ylabel(label)
        axis.legend(fontsize="small")
    for axis in axes[3:]:
        _draw_kernels(axis, first)
    axes[0].set_title(printable(title), fontsize="medium", parse_math=False)
    save_figure(figure, path)


def _draw_kernels(axis, layer):
    """A kernel after the other, the channels that it reads side by side; red is positive, blue negative."""
    kernels = layer.weights.T.reshape(layer.channels, *layer.geometry.kernel, layer.takes[2])
    reach = float(np.abs(kernels).max()) or 1.0
    tiles = np.stack([tiled(np.moveaxis(kernel, 2, 0), layer.takes[2], 0) for kernel in kernels])
    axis.imshow(tiled(tiles), cmap="RdBu_r", vmin=-reach, vmax=reach, interpolation="nearest")
    axis.set_title(f"{layer.channels} kernels of the first layer", fontsize="medium")
    axis.set_axis_off()


NETWORKS = {"integer": ".npz", "float": "_float.npz"}
REPORT, CURVES, CHECKPOINT = ".json", ".png", ".checkpoint"
RESULTS = (*NETWORKS.values(), REPORT, CURVES)
SUFFIXES = (*RESULTS, CHECKPOINT)


def check_checkpoint(out, resume, restart):
    """Raise UserError where the checkpoint of a training that was stopped would be lost, or taken for this one's.

    resume, restart: whether to go on from the checkpoint, or to remove it.
    """
    checkpoint = file(out, CHECKPOINT)
    if restart:
        checkpoint.unlink(missing_ok=True)
    elif checkpoint.exists() and not resume:
        raise UserError(f"{checkpoint} is a training that was stopped: go on from it by --resume, or begin anew by "
                        f"--restart, which removes it")


def write_networks(out, plan, result):
    """Write the networks of a training Result and its report; returns what is to be said of the networks, sentences.

    The report is JSON: `plan`, `images` of each class, `float` and `integer` (figures on the test set), `warnings`,
    `history` per epoch.
    """
    for kind, network in result.networks.items():
        network.save(file(out, NETWORKS[kind]))
    warnings = [sentence for kind, shown in result.shown.items() for sentence in
                (*silence(f"{out.name}, {kind}", shown["silent"], plan.most_silent),
                 *ties(f"{out.name}, {kind}", shown["ties"]))]
    asked = result.shown["float"].get("split", {}).get("train_per_class")
    content = {"plan": plan.as_dict(), "images": result.images, "float": result.shown.get("float"),
               "integer": result.shown.get("integer"), "warnings": class_warnings(result.images, asked) + warnings,
               "history": result.history}
    with replacing(file(out, REPORT)) as report:
        report.write(json.dumps(content, indent=1, allow_nan=False).encode() + b"\n")
    return warnings


def finish(out, plan):
    """Draw the curves of a training by a Plan from its report, and its kernels; remove its checkpoint, and, where it
    ended in float, an older integer network, which is of another training. UserError without matplotlib."""
    first = FloatNetwork.load(file(out, NETWORKS["float"])).layers[0]
    write_curves(file(out, CURVES), json.loads(file(out, REPORT).read_text())["history"], Path(out).name, first)
    if plan.bits is None:
        file(out, NETWORKS["integer"]).unlink(missing_ok=True)
    file(out, CHECKPOINT).unlink(missing_ok=True)


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
    gone = [name for name, size in sizes.items() if size and not images["trained"][name]]
    return missing_classes(images) + _sentences({
        f"class {{}} has no more images than the {asked} to train on: {TRAIN_SHARE:.0%} are for training": small,
        "all images of class {} are held out, so that none is left to train on: hold out fewer": gone,
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
