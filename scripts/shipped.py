"""Train the shipped networks again, or check that one of them comes out the same, byte for byte, or count its figures.

golden/networks/recipes.json holds for each network the command, train or quantize, and its arguments. A float network
that a recipe starts from is the shipped one.
"""

import argparse
import json
import shlex
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from any folder
if __name__ == "__main__":
    from scripts.command.interrupts import answer
    answer()

from golden.errors import UserError
from golden.files import ROOT
from scripts.command.cli import console, run
from scripts.command.places import BUILD, NETWORKS
from scripts.training.shipped_figures import renew_figures

OUT = BUILD / "networks"


def main():
    arguments = parse()
    recipes = json.loads((NETWORKS / "recipes.json").read_text())
    unknown = sorted(set(arguments.names) - set(recipes))
    if unknown:
        raise UserError(f"there is no recipe for {', '.join(unknown)}; there are {', '.join(recipes)}")
    OUT.mkdir(parents=True, exist_ok=True)
    different = []
    for name in arguments.names or recipes:
        script, *words = recipe_words(name, recipes[name], arguments.pictures)
        if arguments.figures:
            for path in shipped_files(name):
                console.print(f"{path.name}: {renew_figures(path, words)}", soft_wrap=True)
            continue
        train(name, script, words)
        if arguments.check:
            different += compare(name)
    if different:
        raise UserError(f"not the same as shipped: {', '.join(different)}")
    if arguments.check:
        console.print("the same, byte for byte, as shipped")


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NETWORK", help="such as mnist_784_128_10_4bit (default: all)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="compare with the shipped files")
    what.add_argument("--figures", action="store_true",
                      help="train nothing: write the figures in the headers of the shipped files anew")
    parser.add_argument("--pictures", type=lambda text: str(Path(text).resolve()), metavar="PATH",
                        help="folder that stands for PICTURES in the recipes")
    return parser.parse_args()


def recipe_words(name, recipe, pictures):
    """The words of a recipe, with the folder of pictures in its place."""
    words = shlex.split(recipe)
    if any("PICTURES" in word for word in words) and pictures is None:
        raise UserError(f"{name} is trained on pictures that are not part of this project; name their folder by "
                        f"--pictures")
    return [word.replace("PICTURES", pictures or "") for word in words]


def train(name, script, words):
    """Run a recipe; what it writes is called OUT/name."""
    console.print(f"{name}: scripts/{script}.py {shlex.join(words)}")
    begin = ["--restart"] if script == "train" else []
    command = [sys.executable, f"scripts/{script}.py", *words, *begin, "--out", OUT / name]
    if subprocess.run(command, cwd=ROOT).returncode:
        raise UserError(f"the training of {name} did not finish")


def compare(name):
    """Names of the shipped files of a network that differ from those in OUT."""
    return [path.name for path in shipped_files(name)
            if not (OUT / path.name).is_file() or (OUT / path.name).read_bytes() != path.read_bytes()]


def shipped_files(name):
    """The files that a recipe has made."""
    files = [path for path in (NETWORKS / f"{name}.npz", NETWORKS / f"{name}_float.npz") if path.is_file()]
    if not files:
        raise UserError(f"there is no shipped file of {name}")
    return files


if __name__ == "__main__":
    run(main)
