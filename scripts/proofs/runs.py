"""A claim as three runs of sby: it holds, what it speaks of can happen, and a fault does not survive it."""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from golden.contract.configuration import Configuration
from golden.contract.network import Layer, Network
from golden.errors import UserError
from rtl_model.convert import generate
from scripts.proofs.claims import UNBOUNDED
from tb.block_design import write_block

PROPERTIES = Path(__file__).parent / "properties"
PASS, FAIL = 0, 2  # exit statuses of sby
RUNS = {"holds": PASS, "reached": FAIL, "fault": FAIL}
REACH = 80  # cycles within which what a claim speaks of can happen, and a fault shows


def require_sby():
    """The program, as it stands beside this Python. Raises UserError if it is missing."""
    program = Path(sys.executable).parent / "yowasp-sby"
    if not program.exists():
        raise UserError("sby is not installed: `make prove` installs it, as the extra `prove`")
    return program


def prove(folder, report, claim, timeout):
    """The three runs of a Claim in `folder`; returns {run: seconds}. report(share) is told how far it is.

    Raises UserError for a run that ends otherwise than it has to, or takes more than `timeout` seconds.
    """
    shutil.rmtree(folder, ignore_errors=True)
    design = folder / "design"
    write_design(claim, design)
    seconds = {}
    for number, (run, right) in enumerate(RUNS.items()):
        started = time.monotonic()
        status = _run(claim, run, design, folder / run, timeout)
        seconds[run] = round(time.monotonic() - started, 1)
        report((number + 1) / len(RUNS))
        if status != right:
            raise UserError(f"{claim.name}: the run {run!r} ended with status {status}, not {right}; its messages are "
                            f"in {folder / run / 'sby.log'}")
    return seconds


def write_design(claim, folder):
    """The Verilog of a claim's block, or of the accelerator of a small network."""
    if claim.make is not None:
        folder.mkdir(parents=True)
        write_block(folder, claim.make, claim.parameters)
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    file = folder.parent / "network.npz"
    small_network().save(file)
    generate(file, Configuration((), 2, 1, 1), folder)


def small_network():
    """2 x 2 pixels, 3 hidden neurons, 2 classes, T = 4; seed 1."""
    rng = np.random.default_rng(1)
    layers = [Layer(rng.integers(-2, 2, shape).astype(np.int8), np.full(shape[1], 1, np.int32), 2)
              for shape in ((4, 3), (3, 2))]
    return Network(4, (2, 2), layers, ["a", "b"], "random, seed 1")


def _run(claim, run, design, folder, timeout):
    """The exit status of one run of sby."""
    folder.mkdir(parents=True)
    modules = (design / "filelist.f").read_text().split()
    for name in modules:
        (folder / name).write_text(_text(claim, run, name, (design / name).read_text()))
    for memory in design.glob("*.hex"):
        shutil.copy(memory, folder)
    shutil.copy(PROPERTIES / claim.property, folder)
    (folder / "claim.sby").write_text(_script(claim, run, modules, [path.name for path in design.glob("*.hex")]))
    command = [str(require_sby()), "--yosys", "yosys", "--abc", "yosys-abc", "--smtbmc", "yosys-smtbmc", "-f",
               "claim.sby"]
    try:
        with open(folder / "sby.log", "wb") as log:
            return subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                  timeout=timeout).returncode
    except subprocess.TimeoutExpired:
        raise UserError(f"{claim.name}: the run {run!r} took more than {timeout:g} s") from None


def _text(claim, run, name, text):
    """A module with what is claimed inside it, and with the fault."""
    file, code, instead = claim.fault
    if run == "fault" and name == file:
        if text.count(code) != 1:
            raise UserError(f"{claim.name}: {code!r} stands {text.count(code)} times in {name}")
        text = text.replace(code, instead)
    for ending, inside in claim.inside.items():
        if name.endswith(ending):
            depth = re.search(r"// depth = (\d+)", text)
            inside = (PROPERTIES / inside).read_text()
            if depth:
                inside = re.sub(r"\bDEPTH\b", depth[1], inside)
            text = text.replace("endmodule", f"{inside}endmodule")
    return text


def _script(claim, run, modules, memories):
    unbounded = run == "holds" and claim.cycles == UNBOUNDED
    depth = claim.cycles or REACH
    mode = "mode prove" if unbounded else f"mode bmc\ndepth {depth}"
    engine = "abc pdr" if unbounded else "abc bmc3"
    defines = " ".join(f"-D{name}={value}" for name, value in claim.defines.items())
    cover = " -DCOVER" if run == "reached" else ""
    files = "\n".join([*modules, *memories, claim.property])
    return (f"[options]\n{mode}\naigsmt none\n\n[engines]\n{engine}\n\n[script]\n"
            f"read_verilog -formal -sv -DSYNTHESIS {defines}{cover} {' '.join(modules)} {claim.property}\n"
            f"prep -top proof\nselect -assert-min 1 t:$assert t:$check\n\n[files]\n{files}\n")
