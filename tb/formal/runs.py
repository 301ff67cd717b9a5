"""A claim as runs of sby: it holds, what it speaks of can happen, and no fault survives it.

Each run has a folder with all of its files, in which `sby claim.sby` repeats it.
"""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from first_spike.golden.errors import UserError
from tb.formal.designs import UNBOUNDED

PROPERTIES = Path(__file__).parent / "properties"
PASS, FAIL = 0, 2  # exit statuses of sby
HOLDS, REACHED, FAULT = "holds", "reached", "fault"


def require_sby():
    """The program, as it stands beside this Python. Raises UserError if it is missing."""
    program = Path(sys.executable).parent / "yowasp-sby"
    if not program.exists():
        raise UserError("sby is not installed: `make prove` installs it, as the extra `prove`")
    return program


def prove(folder, report, claim, timeout):
    """The runs of a Claim in `folder`; returns {run: seconds}. report(share) is told how far it is.

    Raises UserError for a run that ends otherwise than it has to, or takes more than `timeout` seconds.
    """
    shutil.rmtree(folder, ignore_errors=True)
    design = folder / "design"
    claim.write(design)
    runs = [(HOLDS, None, PASS), (REACHED, None, FAIL),
            *((f"{FAULT}_{number}", fault, FAIL) for number, fault in enumerate(claim.faults, 1))]
    seconds = {}
    for number, (run, fault, right) in enumerate(runs, 1):
        started = time.monotonic()
        status = run_sby(claim, run, fault, design, folder / run, timeout)
        seconds[run] = round(time.monotonic() - started, 1)
        report(number / len(runs))
        if status != right:
            raise UserError(f"{claim.name}: the run {run!r} ended with status {status}, not {right}; its messages are "
                            f"in {folder / run / 'sby.log'}")
    return seconds


def run_sby(claim, run, fault, design, folder, timeout):
    """The exit status of one run of sby."""
    folder.mkdir(parents=True)
    modules = (design / "filelist.f").read_text().split()
    for name in modules:
        (folder / name).write_text(verilog_of(claim, fault, name, (design / name).read_text()))
    for module, file in claim.instead.items():
        shutil.copy(PROPERTIES / file, folder / f"{module}.v")
    for memory in design.glob("*.hex"):
        shutil.copy(memory, folder)
    for file in (*claim.rules, claim.property):
        shutil.copy(PROPERTIES / file, folder)
    (folder / "claim.sby").write_text(_script(claim, run, modules, [path.name for path in design.glob("*.hex")]))
    command = [str(require_sby()), "--yosys", "yosys", "--abc", "yosys-abc", "--smtbmc", "yosys-smtbmc", "-f",
               "claim.sby"]
    try:
        with open(folder / "sby.log", "wb") as log:
            return subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                  timeout=timeout).returncode
    except subprocess.TimeoutExpired:
        raise UserError(f"{claim.name}: the run {run!r} took more than {timeout:g} s") from None


def verilog_of(claim, fault, name, text):
    """A module with what is claimed inside it, and with the fault, if there is one."""
    file, code, instead = fault or (None, None, None)
    if name == file:
        if text.count(code) != 1:
            raise UserError(f"{claim.name}: {code!r} stands {text.count(code)} times in {name}")
        text = text.replace(code, instead)
    for ending, inside in claim.inside.items():
        if name.endswith(ending):
            inside = (PROPERTIES / inside).read_text()
            for parameter, value in re.findall(r"^// (\w+) = (\d+)", text, re.MULTILINE):
                inside = re.sub(rf"(?<!`)\b{parameter.upper()}\b", value, inside)
            text = text.replace("endmodule", f"{inside}endmodule")
    return text


def _script(claim, run, modules, memories):
    unbounded = run == HOLDS and claim.cycles == UNBOUNDED
    depth = claim.cycles or claim.reach
    if run == REACHED:
        depth = max(depth, claim.reach)
    if unbounded:
        mode = f"mode prove\ndepth {claim.induction}" if claim.induction else "mode prove"
        engine = "smtbmc z3" if claim.induction else "abc pdr"
    else:
        mode, engine = f"mode bmc\ndepth {depth}", "abc bmc3"
    defines = " ".join(f"-D{name}={value}" for name, value in claim.defines.items())
    cover = " -DCOVER" if run == REACHED else ""
    sources = [*modules, *claim.rules, claim.property]
    files = "\n".join([*sources, *memories])
    return (f"[options]\n{mode}\naigsmt none\n\n[engines]\n{engine}\n\n[script]\n"
            f"read_verilog -formal -sv -DSYNTHESIS {defines}{cover} {' '.join(sources)}\n"
            "hierarchy -top proof\nproc -norom\n"  # a memory that nothing writes would be any in an induction
            f"prep -top proof\nselect -assert-min 1 t:$assert t:$check\n\n[files]\n{files}\n")
