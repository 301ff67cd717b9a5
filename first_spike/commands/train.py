"""Train a network: in float, then at few bits, with figures on the test set.

Scales and thresholds are chosen on held-out images.
Writes NAME.npz (integers), NAME_float.npz, NAME.json (report) and NAME.png (curves). Ctrl-C leaves NAME.checkpoint,
from which --resume goes on to the same networks.
"""


from first_spike.command.cli import console, note
from first_spike.command.data_options import data_choices, result_table
from first_spike.command.interrupts import EXIT_INTERRUPTED
from first_spike.command.places import file
from first_spike.golden.training.adam import side_by_side
from first_spike.golden.training.loop import Stopped
from first_spike.golden.training.sources import held_and_rest
from first_spike.jobs.cluster import chosen_workers
from first_spike.training.results import CHECKPOINT, tell_classes
from first_spike.training.train import read_training, train_into, training_plan
from first_spike.training.train_options import parse, wishes_of
from first_spike.training.training_jobs import train_seeds


def main():
    arguments = parse(__doc__.splitlines()[0])
    out, inputs = arguments.out, {"--dataset": arguments.dataset}
    dataset = read_training(arguments.dataset, data_choices(arguments), arguments.steps)
    plan = training_plan(wishes_of(arguments), dataset, arguments.dataset)
    if arguments.seeds:
        return train_seeds(out, arguments.seeds, plan, dataset, inputs, chosen_workers(arguments, side_by_side()),
                           arguments.restart, arguments.overwrite)
    try:
        result = train_into(out, plan, dataset, inputs, arguments.resume, arguments.restart, arguments.overwrite,
                            lambda: tell_classes(dataset, held_and_rest(plan, dataset)[0], plan.class_weights))
    except Stopped:
        note(f"stopped; the same command with --resume goes on from {file(out, CHECKPOINT)}")
        return EXIT_INTERRUPTED
    console.print(result_table(out.name, result.shown))
