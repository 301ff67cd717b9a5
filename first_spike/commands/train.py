"""Train a network: in float, then at few bits, with figures on the test set.

Scales and thresholds are chosen on held-out images.
Writes NAME.npz (integers), NAME_float.npz, NAME.json (report) and NAME.png (curves). Ctrl-C leaves NAME.checkpoint,
from which --resume goes on to the same networks.
"""

import sys

from first_spike.command.cli import console
from first_spike.command.data_options import read_dataset, result_table
from first_spike.command.interrupts import EXIT_INTERRUPTED
from first_spike.command.output_name import file, reserved
from first_spike.command.silence import warn
from first_spike.golden.training.classes import held_and_rest
from first_spike.golden.training.loop import Stopped, Training
from first_spike.training.class_report import tell_classes
from first_spike.training.plans import training_plan
from first_spike.training.results import CHECKPOINT, SUFFIXES, check_leftovers, draw, write_networks
from first_spike.training.seeds import train_seeds
from first_spike.training.stopping import stoppable, stopped
from first_spike.training.train_options import parse
from first_spike.training.training_bar import TrainingProgress


def main():
    arguments = parse(__doc__.splitlines()[0])
    dataset = read_dataset(arguments)
    plan = training_plan(arguments, dataset)
    return (train_seeds if arguments.seeds else train)(arguments, plan, dataset)


def train(arguments, plan, dataset):
    """Do one training; returns the exit status."""
    out, checkpoint = arguments.out, file(arguments.out, CHECKPOINT)
    with reserved("--out", out, SUFFIXES, {"--dataset": arguments.dataset}):
        check_leftovers(out, plan, arguments.resume, arguments.restart)
        progress = TrainingProgress()
        training = Training(plan, dataset, checkpoint, progress, stopped)
        tell_classes(dataset, held_and_rest(plan, dataset)[0], plan.class_weights)
        try:
            with stoppable(), progress:
                result = training.run(arguments.resume)
        except Stopped:
            print(f"stopped; the same command with --resume goes on from {checkpoint}", file=sys.stderr)
            return EXIT_INTERRUPTED
        warn(write_networks(out, plan, result))
        draw(out)
        checkpoint.unlink(missing_ok=True)
    console.print(result_table(out.name, result.shown))

