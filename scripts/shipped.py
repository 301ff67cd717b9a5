"""Train the shipped networks again, or check that one of them comes out the same, byte for byte.

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

from golden.errors import UserError
from golden.files import ROOT
from scripts.command.cli import console, run
from scripts.command.places import BUILD, NETWORKS

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
        train(name, recipes[name], arguments)
        if arguments.check:
            different += compare(name)
    if different:
        raise UserError(f"not the same as shipped: {', '.join(different)}")
    if arguments.check:
        console.print("the same, byte for byte, as shipped")


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NETWORK", help="such as mnist_784_128_10_4bit (default: all)")
    parser.add_argument("--check", action="store_true", help="compare with the shipped files")
    parser.add_argument("--pictures", type=lambda text: str(Path(text).resolve()), metavar="PATH",
                        help="folder that stands for PICTURES in the recipes")
    return parser.parse_args()


def train(name, recipe, arguments):
    """Run a recipe; what it writes is called OUT/name."""
    words = shlex.split(recipe)
    if any("PICTURES" in word for word in words) and arguments.pictures is None:
        raise UserError(f"{name} is trained on pictures that are not part of this project; name their folder by "
                        f"--pictures")
    words = [word.replace("PICTURES", arguments.pictures or "") for word in words]
    script, *words = words
    out = OUT / (name if script == "train" else f"{name}.npz")
    console.print(f"{name}: scripts/{script}.py {shlex.join(words)}")
    command = [sys.executable, f"scripts/{script}.py", *words, "--out", out]
    if subprocess.run(command, cwd=ROOT).returncode:
        raise UserError(f"the training of {name} did not finish")


def compare(name):
    """Names of the shipped files of a network that differ from those in OUT."""
    files = [f"{name}.npz", f"{name}_float.npz"]
    shipped = [file for file in files if (NETWORKS / file).is_file()]
    if not shipped:
        raise UserError(f"there is no shipped file of {name} to compare with")
    return [file for file in shipped
            if not (OUT / file).is_file() or (OUT / file).read_bytes() != (NETWORKS / file).read_bytes()]


if __name__ == "__main__":
    run(main)
