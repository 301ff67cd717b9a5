"""Prove by yosys, module by module, that the default design and all small ones do what MyHDL's text of them does.

It is proved for all inputs and all states, registers and memories being of one name in both. Exit status 1 if a module
is not proved.
"""

import argparse
import re
import subprocess
import tempfile
from functools import partial
from pathlib import Path

from first_spike.command.cli import complain, console, write_json
from first_spike.command.places import BUILD, DEFAULT_CONFIGURATION, DEFAULT_NETWORK, check_places, work_folder
from first_spike.command.provenance import made_by
from first_spike.golden.contract.network import Network
from first_spike.rtl_model.convert import generate
from first_spike.rtl_model.delivery.deliver import FILE_LIST
from first_spike.synthesis.toolchains import require_program
from tb.scenarios.small_designs import PARAMETERS, SMALL_DESIGNS, SmallDesign

MEMORIES = "{}_memories.txt"


def differences(design, folder):
    """Generate a SmallDesign in `folder`, as it is printed and as MyHDL prints it; the modules that yosys cannot prove
    to be the same."""
    (folder / "plain").mkdir()
    generate(design.design(), folder / "printed", top=design.top, parameters=PARAMETERS.get(design.top),
             plain=folder / "plain")
    return different(folder / "work", folder / "plain", folder / "printed")


def different(folder, plain, printed):
    """The modules of the design in the folder `printed` of which yosys cannot prove that they do what those in `plain`
    do; folder: to work in."""
    names = [Path(name).stem for name in (Path(printed) / FILE_LIST).read_text().split()]
    return [name for name in names if not is_same(folder, Path(plain), Path(printed), name, names)]


def is_same(folder, plain, printed, name, others):
    """Whether yosys proves it of the module `name`; others: the names of all that it may contain.

    What it contains is left out: what that is given are outputs, and what it gives are inputs. So are the memories; but
    what they are is compared, too.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for side, source in (("plain", plain), ("printed", printed)):
        text = (source / f"{name}.v").read_text()
        held = [source / f"{other}.v" for other in others if other != name and re.search(rf"\b{other}\b", text)]
        lines += ["design -reset", f"read_verilog -DSYNTHESIS {source / f'{name}.v'}",
                  *(f"read_verilog -lib {file}" for file in held), f"hierarchy -top {name}", "proc -norom",
                  "memory -nomap", f"tee -q -o {folder / MEMORIES.format(side)} dump t:$mem_v2", "expose -evert",
                  f"rename {name} {side}", f"design -stash {side}"]
    lines += ["design -reset", "design -copy-from plain plain", "design -copy-from printed printed",
              "equiv_make plain printed both", "hierarchy -top both", "opt -share_all", "equiv_simple -undef -seq 1",
              "equiv_status -assert"]
    script = folder / "same.ys"
    script.write_text("".join(f"{line}\n" for line in lines))
    done = subprocess.run(["yosys", "-q", "-s", script], cwd=printed, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True)
    (folder / "yosys.log").write_text(done.stdout + done.stderr)
    return done.returncode == 0 and _memories(folder, "plain") == _memories(folder, "printed")


def _memories(folder, side):
    """What is said of each memory, but for where its text stands, and of wires with names that yosys gives."""
    lines = (folder / MEMORIES.format(side)).read_text().splitlines()
    return [line for line in lines if re.match(r"\s*(cell|parameter) ", line)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--build", type=Path, default=BUILD / "printed", metavar="FOLDER",
                        help="(default: build/printed)")
    arguments = parser.parse_args()
    check_places(arguments, folders=("build",))
    require_program("yosys")
    made = made_by("yosys")
    designs = {"default": SmallDesign(partial(Network.load, DEFAULT_NETWORK), DEFAULT_CONFIGURATION), **SMALL_DESIGNS}
    wrong, modules = [], {}
    for name, design in designs.items():
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            wrong += [f"{name}: {module} is not proved to do what MyHDL's text of it does"
                      for module in differences(design, folder)]
            modules[name] = len(list((folder / "plain").iterdir()))
        console.print(f"{name}: {modules[name]} modules")
    with work_folder(arguments.build) as folder:
        write_json(folder / "report.json", {"made_by": made, "modules": modules, "failed": wrong})
    return complain(wrong)
