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

from golden.data.catalogue import PICTURES
from golden.errors import UserError
from golden.training import defaults
from golden.training.layer_text import parse as parse_layers
from golden.training.listened_pixels import TILES
from golden.training.loop import Stopped, Training
from golden.training.plan import AUGMENTATIONS, Plan
from golden.training.rules import RULES
from scripts.command.cli import EXIT_INTERRUPTED, console, run
from scripts.command.data_options import (
    add_dataset_arguments,
    check_bits,
    read_dataset,
    read_options,
    result_table,
)
from scripts.command.folders import make_folder
from scripts.command.option_values import natural, share
from scripts.training.report import write_curves, write_report
from scripts.training.training_bar import TrainingProgress


def main():
    arguments = parse()
    out = check_out(arguments)
    dataset = read_dataset(arguments)
    plan = make_plan(arguments, dataset)
    checkpoint = out.with_name(f"{out.name}.checkpoint")
    stopping = []
    before = {number: signal.signal(number, lambda *_: stopping.append(True))
              for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with TrainingProgress() as progress:
            result = Training(plan, dataset, checkpoint, progress, lambda: bool(stopping)).run(arguments.resume)
    except Stopped:
        print(f"stopped; the same command with --resume goes on from {checkpoint}", file=sys.stderr)
        return EXIT_INTERRUPTED
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    write_all(out, plan, result)
    checkpoint.unlink(missing_ok=True)
    networks = {"float": result.float_network, "integer": result.network}
    console.print(result_table(out.name, {name: network for name, network in networks.items() if network is not None}))


def check_out(arguments):
    """--out as a Path in a folder that is there; UserError if one of the files cannot be written, or would be left from
    another training."""
    out = Path(arguments.out)
    if out.name == "":
        raise UserError(f"--out takes a name to which suffixes are added, found {arguments.out!r}")
    make_folder(out.parent)
    for suffix in (".npz", "_float.npz", ".json", ".png", ".checkpoint"):
        if out.with_name(out.name + suffix).is_dir():
            raise UserError(f"cannot write {out}{suffix}: it is a folder")
    if arguments.bits == [0] and out.with_name(f"{out.name}.npz").exists():
        raise UserError(f"{out}.npz is the integer network of another training: remove it, or choose another --out")
    return out


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
    parser.add_argument("--silent", type=share, default=0.025, metavar="SHARE",
                        help="largest share of held-out images without an output spike, if an output threshold gives "
                             "that (default: %(default)s)")
    parser.add_argument("--augment", metavar="KIND", help=f"{', '.join(AUGMENTATIONS)} (default: by data set)")
    parser.add_argument("--thin", default="none", metavar="SHARE",
                        help=f"pixels that the network does not listen to, so that it decides after fewer events: "
                             f"{', '.join(TILES)} (default: %(default)s)")
    parser.add_argument("--set", nargs="+", action="extend", default=[], metavar="NAME=VALUE",
                        help=f"other settings of the rule, such as hidden_rate=0.001; with fewer than "
                             f"{defaults.FEW:,} training images the rule decision begins from "
                             f"{' '.join(f'{name}={value:g}' for name, value in defaults.FEW_SETTINGS.items())}")
    parser.add_argument("--out", required=True, metavar="NAME", help="where to write, without suffix")
    parser.add_argument("--resume", action="store_true", help="go on from NAME.checkpoint")
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
    )
    plan.settings()  # complains about unknown settings now rather than later
    return plan


def write_all(out, plan, result):
    result.float_network.save(out.with_name(f"{out.name}_float.npz"))
    if result.network is not None:
        result.network.save(out.with_name(f"{out.name}.npz"))
    write_report(out.with_name(f"{out.name}.json"), plan, result)
    write_curves(out.with_name(f"{out.name}.png"), result, out.name)


if __name__ == "__main__":
    run(main)
