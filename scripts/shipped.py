"""Train the shipped networks again, or check that one of them comes out the same, byte for byte, or count its figures.

golden/networks/recipes.json holds for each network the command, train or quantize, and its arguments. A float network
that a recipe starts from is the shipped one. A check works in build/networks/check and takes nothing
that was trained elsewhere.
"""

import argparse
import json
import shlex
from pathlib import Path

if __name__ == "__main__":
    import entry  # noqa: F401

from first_spike.command.cli import complain, console, note, run, write_json
from first_spike.command.interrupts import EXIT_INTERRUPTED
from first_spike.command.places import BUILD, NETWORKS, file, make_folder, work_folder
from first_spike.command.provenance import made_by
from first_spike.golden.errors import UserError
from first_spike.golden.training.adam import side_by_side
from first_spike.golden.training.loop import Stopped
from first_spike.jobs.cluster import add_jobs, chosen_workers
from first_spike.jobs.jobs import Kept
from first_spike.training.results import CHECKPOINT
from first_spike.training.training_jobs import recipe_job, recipe_words, renew_calibration, renew_figures, run_trainings

OUT = BUILD / "networks"


def main():
    arguments = parse()
    recipes = json.loads((NETWORKS / "recipes.json").read_text())
    unknown = sorted(set(arguments.names) - set(recipes))
    if unknown:
        raise UserError(f"there is no recipe for {', '.join(unknown)}; there are {', '.join(recipes)}")
    names = arguments.names or [name for name, recipe in recipes.items()
                                if not (arguments.calibrations and "PICTURES" in recipe)]
    words = {name: recipe_words(name, recipes[name], arguments.pictures) for name in names}
    if arguments.calibrations:
        for name, (_, *options) in words.items():
            path = NETWORKS / f"{name}.npz"
            if path.is_file():
                console.print(f"{name}: {renew_calibration(path, options)}", soft_wrap=True)
        return None
    if arguments.figures:
        for name, (_, *options) in words.items():
            for path in shipped_files(name):
                console.print(f"{path.name}: {renew_figures(path, options)}", soft_wrap=True)
        return None
    with work_folder(OUT):
        return train(arguments, words)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NETWORK", help="such as mnist_784_128_10_4bit (default: all)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="compare with the shipped files")
    what.add_argument("--figures", action="store_true",
                      help="train nothing: write the figures in the headers of the shipped files anew")
    what.add_argument("--calibrations", action="store_true",
                      help="train nothing: write the calibrations beside the shipped networks anew, chosen on the "
                           "images that were held out of their trainings (default: of those that need no pictures)")
    parser.add_argument("--pictures", type=lambda text: str(Path(text).resolve()), metavar="PATH",
                        help="folder that stands for PICTURES in the recipes")
    add_jobs(parser)
    return parser.parse_args()


def train(arguments, words):
    """Follow the recipes, as long jobs; returns the exit status."""
    made, out = made_by(), make_folder(OUT / "check") if arguments.check else OUT
    for name, (script, *options) in words.items():
        console.print(f"{name}: scripts/{script}.py {shlex.join(options)}", soft_wrap=True)
    jobs = [recipe_job(out / name, script, options) for name, (script, *options) in words.items()]
    try:
        results, failed = run_trainings("networks", jobs, chosen_workers(arguments, side_by_side()), Kept(out / "kept"))
    except Stopped:
        note("stopped; the same command goes on with what is left")
        return EXIT_INTERRUPTED
    done = {name: result["networks"] for name, result in zip(words, results) if result is not None}
    for name, networks in done.items():
        file(out / name, CHECKPOINT).unlink(missing_ok=True)
        for kind, figures in networks.items():
            console.print(f"{name}, {kind}: {figures['accuracy']:.2%} right, {figures['silent']:.1%} silent")
    if arguments.check:
        different = [path for name in done for path in compare(name, out)]
        failed += [f"not the same as shipped: {', '.join(different)}"] if different else []
        write_json(OUT / "report.json", {"made_by": made, "networks": list(done), "failed": failed})
        if not failed:
            console.print("the same, byte for byte, as shipped")
    return complain(failed)


def compare(name, out):
    """Names of the shipped files of a network that differ from those in the folder `out`."""
    return [path.name for path in shipped_files(name)
            if not (out / path.name).is_file() or (out / path.name).read_bytes() != path.read_bytes()]


def shipped_files(name):
    """The files that a recipe has made."""
    files = [path for path in (NETWORKS / f"{name}.npz", NETWORKS / f"{name}_float.npz") if path.is_file()]
    if not files:
        raise UserError(f"there is no shipped file of {name}")
    return files


if __name__ == "__main__":
    run(main)
