"""A training from its data to its network and files: what `first-spike train` does, as a function.

Trainings that are asked to stop, by Ctrl-C or SIGTERM: they learn their batch and write their checkpoint.
"""

import signal
import threading
from contextlib import contextmanager
from pathlib import Path

from first_spike.command.bars import TrainingProgress
from first_spike.command.data_options import read_dataset
from first_spike.command.interrupts import SIGNALS, wait_for_work
from first_spike.command.places import file, reserved
from first_spike.command.silence import warn
from first_spike.golden.data.dataset import Dataset
from first_spike.golden.training.loop import Training
from first_spike.training.plans import Wishes, training_plan
from first_spike.training.results import CHECKPOINT, SUFFIXES, check_leftovers, draw, write_networks

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


def train(dataset, *, choices=None, out=None, resume=False, restart=False, **wishes):
    """Train a first-spike network, in float and then at few bits, and return it.

    dataset: what --dataset takes, such as "mnist" or "folder:photos", or a golden.data.dataset.Dataset. choices: how it
    is read, see data_options.read_dataset, such as {"image_size": "20x31", "split_seed": 1}. out: name of the files
    OUT.npz, OUT_float.npz, OUT.json and OUT.png, str or Path; None writes nothing. resume: go on from OUT.checkpoint,
    which a training that was stopped leaves; restart: begin anew, and remove it. wishes: fields of plans.Wishes, such
    as layers="conv 16 5x5 same pool 2, dense 10" (or hidden=(400,)), steps=16, bits=(4, 8), epochs=20, finetune=4,
    seed=1, silent=0.04, settings={"decay": 0.05}; what is left out is what is usual for such data. The same wishes and
    data give the same network, byte for byte.

    Returns a golden.contract.network.Network, with bits=0 a FloatNetwork; its `accuracy` holds the figures on the test
    set, which is read once, at the end. Shows its progress on stderr. Raises UserError where wishes, data or files do
    not do, TypeError for a wish that there is not, and golden.training.loop.Stopped after Ctrl-C.
    """
    name, wishes = dataset.name if isinstance(dataset, Dataset) else str(dataset), Wishes(**wishes)
    data = dataset if isinstance(dataset, Dataset) else read_dataset(name, choices, wishes.steps)
    plan = training_plan(wishes, data, name)
    if out is None:
        result = _run(plan, data)
    else:
        result = train_into(Path(str(out).removesuffix(".npz")), plan, data, {"dataset": name}, resume, restart)
    return result.float_network if result.network is None else result.network


def train_into(out, plan, dataset, inputs, resume=False, restart=False, begun=lambda: None):
    """Do the training of a Plan and write its files, whose names begin with the Path `out`; returns its Result.

    inputs: {option: path} of what is read, which no file may replace. begun: called before the first epoch. Raises
    UserError and Stopped, after which a checkpoint is there to `resume` from.
    """
    checkpoint = file(out, CHECKPOINT)
    with reserved("--out", out, SUFFIXES, inputs):
        check_leftovers(out, plan, resume, restart)
        result = _run(plan, dataset, checkpoint, resume, begun)
        warn(write_networks(out, plan, result))
        draw(out)
        checkpoint.unlink(missing_ok=True)
    return result


def _run(plan, dataset, checkpoint=None, resume=False, begun=lambda: None):
    progress = TrainingProgress()
    training = Training(plan, dataset, checkpoint, progress, stopped)
    begun()
    with stoppable(), progress:
        return training.run(resume)
