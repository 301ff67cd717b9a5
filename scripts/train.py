"""Train a first-spike network: float, then few bits, thresholds chosen on held-out images, figures on the test set.

Writes NAME.npz (integers), NAME_float.npz, NAME.json (report) and NAME.png (curves). Ctrl-C leaves NAME.checkpoint,
from which --resume goes on to the same networks.
"""

import argparse
import hashlib
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from any folder
if __name__ == "__main__":
    from scripts.command.interrupts import answer
    answer()

from golden.data.catalogue import PICTURES
from golden.errors import UserError
from golden.training import defaults
from golden.training.layer_text import parse as parse_layers
from golden.training.listened_pixels import TILES
from golden.training.loop import Stopped, Training
from golden.training.plan import AUGMENTATIONS, Plan
from golden.training.rules import RULES
from scripts.command.cli import console, run
from scripts.command.data_options import (
    add_dataset_arguments,
    add_patient,
    check_bits,
    read_dataset,
    read_options,
    result_table,
)
from scripts.command.interrupts import EXIT_INTERRUPTED, SIGNALS, wait_for_work
from scripts.command.option_values import natural, share
from scripts.command.output_name import HELP, file, output_name, reserved
from scripts.command.silence import warn_of_silence
from scripts.training.report import write_curves, write_report
from scripts.training.training_bar import TrainingProgress


def main():
    arguments = parse()
    dataset = read_dataset(arguments)
    plan = make_plan(arguments, dataset)
    out, checkpoint = arguments.out, file(arguments.out, ".checkpoint")
    with reserved("--out", out, (".npz", "_float.npz", ".json", ".png", ".checkpoint"),
                  {"--dataset": arguments.dataset}):
        check_leftovers(arguments, checkpoint)
        try:
            result = train(plan, dataset, checkpoint, arguments.resume)
        except Stopped:
            print(f"stopped; the same command with --resume goes on from {checkpoint}", file=sys.stderr)
            return EXIT_INTERRUPTED
        networks = {"float": result.float_network, "integer": result.network}
        networks = {name: network for name, network in networks.items() if network is not None}
        warnings = [sentence for name, network in networks.items() for sentence in
                    warn_of_silence(f"{out.name}, {name}", network.accuracy["silent"], plan.most_silent)]
        write_all(out, plan, result, warnings)
        checkpoint.unlink(missing_ok=True)
    console.print(result_table(out.name, networks))


def train(plan, dataset, checkpoint, resume):
    """The Result of a Training, which Ctrl-C and SIGTERM stop after the batch that is being learned."""
    stopping = []
    before = {number: signal.signal(number, lambda *_: stopping.append(True)) for number in SIGNALS}

    def stop():
        if stopping:
            wait_for_work()
        return bool(stopping)

    try:
        with TrainingProgress() as progress:
            return Training(plan, dataset, checkpoint, progress, stop).run(resume)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def check_leftovers(arguments, checkpoint):
    """Raise UserError where an earlier training into the same files would be lost, or taken for this one."""
    network = file(arguments.out, ".npz")
    if arguments.bits == [0] and network.exists():
        raise UserError(f"{network} is the integer network of another training: remove it, or choose another --out")
    if arguments.restart:
        checkpoint.unlink(missing_ok=True)
    elif checkpoint.exists() and not arguments.resume:
        raise UserError(f"{checkpoint} is a training that was stopped: go on from it by --resume, or begin anew by "
                        f"--restart, which removes it")


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_dataset_arguments(parser)
    parser.add_argument("--hidden", type=int, nargs="+", action="extend", metavar="N",
                        help="neurons of the hidden layers, one after the other, or --hidden again for each (default: "
                             "400)")
    parser.add_argument("--layers", default="", metavar="TEXT",
                        help='all layers in words, instead of --hidden, as in "conv 16 5x5 same pool 2, conv 32 5x5 '
                             'pool 2, dense 10"; a convolution also takes stride N and padding N, and NxM for N')
    parser.add_argument("--rule", default="decision", metavar="RULE",
                        help=f"{' or '.join(RULES)} (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=16, metavar="T", help="time steps (default: %(default)s)")
    parser.add_argument("--bits", type=int, nargs="+", default=[4], metavar="N",
                        help="weight bits, 1 to 8, one for all layers or one per layer; 2 is ternary, 0 leaves it at "
                             "the float network (default: %(default)s)")
    parser.add_argument("--epochs", type=int, metavar="N",
                        help=f"of the float network (default: {defaults.LEAST_EPOCHS}, or {defaults.LEAST_BATCHES:,} "
                             f"batches if that is more)")
    parser.add_argument("--finetune", type=int, metavar="N", help="epochs at few bits (default: a fifth of --epochs)")
    parser.add_argument("--finetune-rates", type=float, nargs=2, metavar="RATE",
                        help=f"learning rates of the hidden and the output layer at few bits "
                             f"({defaults.RATES_HELP})")
    parser.add_argument("--seed", type=natural, default=1, metavar="N")
    parser.add_argument("--held-out", type=int, metavar="N",
                        help=f"training images kept for choosing thresholds (default: a tenth, "
                             f"{defaults.MOST_HELD_OUT} at most)")
    parser.add_argument("--silent", type=share, default=defaults.MOST_SILENT, metavar="SHARE",
                        help="largest share of held-out images without an output spike, if an output threshold gives "
                             "that (default: %(default)s)")
    add_patient(parser)
    parser.add_argument("--augment", metavar="KIND", help=f"{', '.join(AUGMENTATIONS)} (default: by data set)")
    parser.add_argument("--thin", default="none", metavar="SHARE",
                        help=f"pixels that the network does not listen to, so that it decides after fewer events: "
                             f"{', '.join(TILES)} (default: %(default)s)")
    parser.add_argument("--set", nargs="+", action="extend", default=[], metavar="NAME=VALUE",
                        help=f"other settings of the rule, such as hidden_rate=0.001; with fewer than "
                             f"{defaults.FEW:,} training images the rule decision begins from "
                             f"{' '.join(f'{name}={value:g}' for name, value in defaults.FEW_SETTINGS.items())}")
    parser.add_argument("--out", type=output_name, required=True, metavar="NAME",
                        help=f"write NAME.npz, NAME_float.npz, NAME.json and NAME.png{HELP}")
    begin = parser.add_mutually_exclusive_group()
    begin.add_argument("--resume", action="store_true", help="go on from NAME.checkpoint")
    begin.add_argument("--restart", action="store_true", help="begin anew, and remove NAME.checkpoint")
    arguments = parser.parse_args()
    if arguments.layers and arguments.hidden:
        parser.error("--layers names all layers: leave out --hidden")
    arguments.hidden = [] if arguments.layers else arguments.hidden or [400]  # a default would be extended
    return arguments


def make_plan(arguments, dataset):
    words = parse_layers(arguments.layers) if arguments.layers else []
    depth, convolutional = len(words) or len(arguments.hidden) + 1, any(word.facts for word in words)
    bits = None
    if arguments.bits == [0]:
        if arguments.finetune or arguments.finetune_rates:
            raise UserError("--finetune and --finetune-rates train at few bits: leave them out with --bits 0")
    else:
        bits = check_bits(arguments.bits, depth)
    count = len(dataset.train_images)
    held_out = defaults.held_out(count) if arguments.held_out is None else arguments.held_out
    count -= held_out
    epochs = defaults.epochs(count) if arguments.epochs is None else arguments.epochs
    digest = hashlib.sha256()
    for array in (dataset.train_images, dataset.train_labels):
        digest.update(array.tobytes())
    plan = Plan(
        dataset=arguments.dataset if not arguments.dataset.startswith(PICTURES) else PICTURES + dataset.name,
        rule=arguments.rule, hidden=tuple(arguments.hidden), steps=arguments.steps, bits=bits, epochs=epochs,
        finetune=epochs // 5 if arguments.finetune is None else arguments.finetune, seed=arguments.seed,
        held_out=held_out, most_silent=arguments.silent,
        augmentation=arguments.augment or defaults.AUGMENTATIONS.get(arguments.dataset, "none"),
        finetune_rates=tuple(arguments.finetune_rates or defaults.finetune_rates(count, convolutional)),
        usual=tuple(defaults.settings(count, convolutional).items()), options=read_options(arguments.set),
        digest=digest.hexdigest(), thin=arguments.thin, layers=arguments.layers,
        patient=arguments.patient,
    )
    plan.settings()  # complains about unknown settings now rather than later
    return plan


def write_all(out, plan, result, warnings):
    result.float_network.save(file(out, "_float.npz"))
    if result.network is not None:
        result.network.save(file(out, ".npz"))
    write_report(file(out, ".json"), plan, result, warnings)
    write_curves(file(out, ".png"), result, out.name)


if __name__ == "__main__":
    run(main)
