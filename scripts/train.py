"""Train a first-spike network: float, then few bits, thresholds chosen on held-out images, figures on the test set.

Writes NAME.npz (integers), NAME_float.npz, NAME.json (report) and NAME.png (curves). Ctrl-C leaves NAME.checkpoint,
from which --resume goes on to the same networks.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from any folder
if __name__ == "__main__":
    from scripts.command.interrupts import answer
    answer()

from golden.training.classes import held_and_rest
from golden.training.loop import Stopped, Training
from scripts.command.cli import console, run
from scripts.command.data_options import read_dataset, result_table
from scripts.command.interrupts import EXIT_INTERRUPTED
from scripts.command.output_name import file, reserved
from scripts.command.silence import warn
from scripts.training.class_report import tell_classes
from scripts.training.plans import training_plan
from scripts.training.results import CHECKPOINT, SUFFIXES, check_leftovers, draw, write_networks
from scripts.training.seeds import train_seeds
from scripts.training.stopping import stoppable, stopped
from scripts.training.train_options import parse
from scripts.training.training_bar import TrainingProgress


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


if __name__ == "__main__":
    run(main)
