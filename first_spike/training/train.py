"""A training from its data to its network and files: what `first-spike train` does, as a function.

Trainings that are asked to stop, by Ctrl-C or SIGTERM: they learn their batch and write their checkpoint.

From what is asked of a training to its Plan.
"""

import hashlib
import os
import signal
import threading
from argparse import ArgumentTypeError
from contextlib import contextmanager
from dataclasses import fields, replace

from first_spike.command.bars import TrainingProgress, step
from first_spike.command.cli import note
from first_spike.command.data_options import check_bits, read_dataset
from first_spike.command.figure import require_matplotlib
from first_spike.command.interrupts import SIGNALS, wait_for_work
from first_spike.command.places import file, output_name, reserved
from first_spike.command.replaced import keeping_older, refuse_older
from first_spike.command.silence import warn
from first_spike.golden.contract.option import require_known
from first_spike.golden.data.catalogue import ARRAYS, FOLDERS, kind_of
from first_spike.golden.data.dataset import Dataset, checked_dataset
from first_spike.golden.data.labelled import labelled_dataset
from first_spike.golden.errors import UserError, require_kind
from first_spike.golden.pixels import refuse_tensor
from first_spike.golden.training import defaults
from first_spike.golden.training.layer_text import parse as parse_layers
from first_spike.golden.training.layer_text import text_of
from first_spike.golden.training.loop import Training
from first_spike.golden.training.plan import Plan
from first_spike.golden.training.sources import usual_weights
from first_spike.training.results import CHECKPOINT, RESULTS, SUFFIXES, check_checkpoint, finish, write_networks
from first_spike.training.wishes import Wishes


def training_plan(wishes, dataset, name):
    """The Plan of a training by Wishes on a Dataset that is known by this name; UserError where they make none."""
    dataset.steps_for(wishes.steps)
    layers = wishes.layers
    if not layers and not wishes.hidden and wishes.rule == "decision":
        layers = defaults.layers(dataset.kind, dataset.image_shape, len(dataset.classes))
    hidden = wishes.hidden or (() if layers else defaults.HIDDEN)
    words = parse_layers(layers) if layers else []
    depth, convolutional = len(words) or len(hidden) + 1, any(word.facts for word in words)
    in_float = wishes.bits in (0, (0,))
    if in_float and (wishes.finetune or wishes.finetune_rates or wishes.scale_per or wishes.scales):
        raise UserError("--finetune, --finetune-rates, --scale-per and --scales are for few bits: leave them out with "
                        "--bits 0")
    count = dataset.train_count
    held_out = defaults.held_out(count, dataset.kind) if wishes.held_out is None else wishes.held_out
    epochs = wishes.epochs
    if epochs is None:
        epochs = defaults.epochs(count - held_out, convolutional, dataset.kind)
    finetune = epochs // 5 if wishes.finetune is None else wishes.finetune
    if wishes.finetune_rates and not finetune:
        raise UserError("--finetune-rates are of epochs at few bits, of which there are none: say how many by "
                        "--finetune")
    digest = hashlib.sha256()
    for array in dataset.train_arrays:
        digest.update(f"{array.dtype} {array.shape}".encode() + array.tobytes())
    kind = kind_of(name)
    bits = None if in_float else bits_of(wishes.bits, depth, convolutional)
    plan = Plan(kind + dataset.name if kind in FOLDERS else str(name), wishes.rule, hidden, wishes.steps, bits, epochs,
                finetune, wishes.seed, held_out, layers=layers, digest=digest.hexdigest(), thin=wishes.thin,
                most_events=wishes.most_events, calibrate=wishes.calibrate,
                **_usual(wishes, dataset, name, count - held_out, convolutional))
    plan.settings()  # complains about unknown settings now rather than later
    return plan


def read_training(name, choices=None, steps=None, train=True):
    """The data set of that name for a training, as `read_dataset` reads it; series are coded by sides unless `choices`
    say otherwise."""
    require_kind(choices or {}, dict, "a dict of choices, such as {'image_size': '20x31'},")
    return read_dataset(name, {"coding": "sides"} | (choices or {}) if kind_of(name) == ARRAYS else choices, steps,
                        train=train)


def usual_for(wishes, network):
    """The Wishes for bringing a FloatNetwork to few bits, with what is usual for it where `bits`, one per layer, and
    `silent` are None."""
    convolutional = is_convolutional(network)
    silent = defaults.most_silent(convolutional) if wishes.silent is None else wishes.silent
    return replace(wishes, bits=bits_of(wishes.bits, len(network.layers), convolutional), silent=silent)


def is_convolutional(network):
    """Whether there is a convolution among its layers."""
    return any(layer.kind != "dense" for layer in network.layers)


def finetuning_plan(wishes, network, dataset):
    """The Plan that trains a FloatNetwork on at few bits; of the Wishes, those that make a float network do not
    count."""
    convolutional = is_convolutional(network)
    in_words = convolutional or len(network.layers) == 1
    count = dataset.train_count
    held_out = defaults.held_out(count, dataset.kind)
    return Plan(dataset.name, "decision", () if in_words else network.sizes[:-1], network.steps,
                usual_for(wishes, network).bits, 1, wishes.finetune, wishes.seed, held_out,
                layers=text_of(network.layers) if in_words else "", most_events=network.most_events,
                **_usual(wishes, dataset, dataset.name, count - held_out, convolutional))


def bits_of(bits, depth, convolutional):
    """Bits of each of `depth` layers as a Plan has them: `bits` (one value, one per layer, or None for what is
    usual)."""
    if bits is None:
        return defaults.bits(depth, convolutional)
    return check_bits(bits, depth)


def _usual(wishes, dataset, name, count, convolutional):
    """What depends on the `count` images to learn from and on the layers, unless it is asked for, and what is taken as
    it is; name: that the Dataset is known by."""
    def or_usual(asked, usual):
        return usual if asked is None else asked

    return {"augmentation": or_usual(wishes.augment, defaults.augmentation(dataset.kind or name, count)),
            "class_weights": or_usual(wishes.class_weights, usual_weights(dataset.train_labels[:dataset.train_count])),
            "finetune_rates": tuple(or_usual(wishes.finetune_rates,
                                             defaults.finetune_rates(count, convolutional, dataset.kind))),
            "most_silent": or_usual(wishes.silent, defaults.most_silent(convolutional)),
            "scale_per": or_usual(wishes.scale_per, defaults.scale_per(convolutional)),
            "usual": tuple(defaults.settings(count, convolutional, dataset.kind or name).items()),
            "options": tuple(wishes.settings), "scales": tuple(wishes.scales), "patient": wishes.patient,
            "deformed": wishes.deformed}


_asked = threading.Event()


@contextmanager
def stoppable():
    """In the block, signals end no process: `stopped` tells the trainings of this process. In another thread than the
    main one, which alone has signals, nothing is different."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _asked.clear()
    before = {number: signal.signal(number, lambda *_: _asked.set()) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def stopped():
    """Whether trainings of this process were asked to stop; then their checkpoints are waited for."""
    if _asked.is_set():
        wait_for_work()
    return _asked.is_set()


@step("train")
def train(dataset, *, choices=None, out=None, resume=False, restart=False, overwrite=None, hidden=(), layers="",
          steps=16, bits=None, rule="decision", epochs=None, finetune=None, finetune_rates=None, seed=1, held_out=None,
          silent=None, patient=False, deformed=0, augment=None, class_weights=None, scale_per=None, scales=(),
          settings=(), thin="none", most_events=None, calibrate=False):
    """Train a first-spike network, in float and then at few bits, and return it.

    The same arguments and data give the same network, byte for byte. Progress is shown on stderr. The test set is read
    once, at the end. An argument of None takes the value that is usual for such layers and so many images.

    Args:
        dataset: a data set by its name, as `--dataset` takes it, such as "mnist", "folder:photos" or "mine.npz"; a
            Dataset, as `fs.dataset(name)` gives it; or (images, labels), uint8 [n, rows, columns],
            [n, rows, columns, channels] or [n, inputs], and integers [n] that count classes from 0 on, of which 80 %
            of each class are for training and 20 % for the test, drawn by a fixed seed.
        choices: a dict that says how a data set is read by its name, such as {"image_size": "20x31", "split_seed": 1};
            for (images, labels) it may hold "channels", "first" or "last" (default: None).
        out: name of the files, str or Path: OUT.npz, OUT_float.npz, OUT.json and OUT.png. None writes nothing
            (default: None).
        resume: go on from OUT.checkpoint, which a training leaves that was stopped (default: False).
        restart: begin anew, and remove OUT.checkpoint (default: False).
        overwrite: None keeps older files of this name as OUT.replaced-1.npz and so on; True keeps none of them; False
            raises UserError before the training begins if there are some (default: None).
        hidden: neurons of each hidden layer, a number or several, at least 1 each (default: 400).
        layers: all layers in words instead of `hidden`, such as "conv 16 5x5 same pool 2, dense 10" (default: dense
            layers of `hidden`; of series, convolutions).
        steps: time steps T, a power of two from 2 to 256 (default: 16).
        bits: weight bits from 1 to 8, one number or one for each layer; 0 returns the float network (default: 4, with
            convolutions 8 in the last layer).
        rule: how the network learns, "decision" or "s4nn" (default: "decision").
        epochs: epochs in float, at least 1 (default: 60, or as many as make 12,000 batches; of series 20 and 1,000).
        finetune: epochs at few bits, from 0 on (default: a fifth of `epochs`).
        finetune_rates: two learning rates at few bits, of the hidden and the output layer (default: 2e-4 and 5e-5;
            4e-4 and 1e-4 with fewer than 10,000 training images; with convolutions 5e-4 twice, of series 1e-4 and
            5e-4).
        seed: a whole number from 0 on, of all that is drawn (default: 1).
        held_out: training images on which thresholds are chosen, fewer than there are (default: a tenth, of series a
            twentieth, 5,000 at most).
        silent: largest share of held-out images without an output spike, from 0 to 1 (default: 0.025, with
            convolutions 0.045).
        patient: take the highest of equally good output thresholds, also with fewer than 1,000 held-out images
            (default: False).
        deformed: deformed copies of each held-out image that help to choose the output threshold, from 0 on
            (default: 0).
        augment: how training images are deformed: "none", "digits", "gentle", "anything", "clothes", "mirrored",
            "pictures", "sound", "series" or "events" (default: by data set).
        class_weights: "equal", each class weighs alike, or "as-given", each image (default: "equal" where a class has
            more than twice the images of another).
        scale_per: hidden layers at few bits have a scale for each "layer" or each "channel" (default: "layer", with
            convolutions "channel").
        scales: a factor above 0 for each layer, by which its levels at few bits differ from the nearest ones
            (default: 1).
        settings: settings of the rule as a dict, such as {"decay": 0.05} (default: those of the rule).
        thin: pixels that are ignored: "none", "quarter" or "half" (default: "none").
        most_events: events of a recording that are taken in, at least 1 (default: a power of two that holds every
            training recording).
        calibrate: choose thresholds of confidence and a table of probabilities on the held-out images, as
            `fs.calibrate` does with coverage 0.95; needs at least 10 of each class. The file's format is then 4
            (default: False).

    Returns:
        A Network; with bits=0 a FloatNetwork. Its `accuracy` holds the figures on the test set.

    Raises:
        UserError: arguments, data or files that do not fit.
        golden.training.loop.Stopped: after Ctrl-C; OUT.checkpoint is there to resume from.
    """
    given = locals()
    if resume and restart:
        raise UserError("resume goes on from a checkpoint and restart removes it: choose one of them")
    if out is None and (resume or restart or overwrite is not None):
        raise UserError("resume, restart and overwrite are of the files of a training: name these by out")
    try:
        out = None if out is None else output_name(str(out))
    except ArgumentTypeError as error:
        raise UserError(f"out {error}") from None
    wishes = Wishes(**{field.name: given[field.name] for field in fields(Wishes)})
    name, data = _read(dataset, choices, wishes.steps)
    data = checked_dataset(data)
    plan = training_plan(wishes, data, name)
    if out is None:
        result = _run(plan, data)
    else:
        result = train_into(out, plan, data, {"dataset": name}, resume, restart, overwrite)
    return result.float_network if result.network is None else result.network


def _read(dataset, choices, steps):
    """(name, Dataset) of what `train` takes."""
    require_kind(choices or {}, dict, "a dict of choices, such as {'image_size': '20x31'},")
    if isinstance(dataset, (str, os.PathLike)):
        return str(dataset), read_training(dataset, choices, steps)
    if isinstance(dataset, (tuple, list)) and len(dataset) == 2:
        require_known("a pair of images and labels", choices or {}, ("channels",))
        data = labelled_dataset(*dataset, **(choices or {}))
        for sentence in data.said:
            note(sentence)
        return data.name, data
    if hasattr(dataset, "shape"):
        refuse_tensor(dataset, "images")
        raise UserError("images come without labels: give both as (images, labels), with an integer for each image")
    require_kind(dataset, Dataset, "the name of a data set, (images, labels), or a Dataset as dataset(name) gives it")
    if choices:
        raise UserError("choices say how a data set is read by its name: leave them out with a Dataset")
    return dataset.name, dataset


def train_into(out, plan, dataset, inputs, resume=False, restart=False, overwrite=None, begun=lambda: None):
    """Do the training of a Plan and write its files, whose names begin with the Path `out`; returns its Result.

    inputs: {option: path} of what is read, which no file may replace. overwrite: see replaced.py.
    begun: called before the first epoch. Raises UserError and Stopped, after which a checkpoint is there to `resume`
    from.
    """
    require_matplotlib()
    checkpoint = file(out, CHECKPOINT)
    with reserved("--out", out, SUFFIXES, inputs):
        refuse_older(out, RESULTS, overwrite)
        check_checkpoint(out, resume, restart)
        result = _run(plan, dataset, checkpoint, resume, begun)
        with keeping_older(out, RESULTS, overwrite):
            warn(write_networks(out, plan, result))
            finish(out, plan)
    return result


def _run(plan, dataset, checkpoint=None, resume=False, begun=lambda: None):
    progress = TrainingProgress()
    training = Training(plan, dataset, checkpoint, progress, stopped)
    begun()
    with stoppable(), progress:
        return training.run(resume)
