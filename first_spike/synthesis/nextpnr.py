"""Place and route with nextpnr, once for each seed."""

import json
import re
import statistics
from pathlib import Path

from first_spike.golden.errors import UserError
from first_spike.synthesis.toolchains import require_program, run_program

# what yosys appends to a signal's name when it names a cell after it
CELL_SUFFIX = re.compile(r"_(?:LUT\d|CCU2C|PFUMX|L6MUX21|TRELLIS_\w+?|SB_[A-Z0-9]+)_.*")
MEMORY = re.compile(r"^(.*?)(?:\.\d+){2,}(?:[_$].*)?$")
CHILD = re.compile(r"(\[\d+\])\.\w+(?=\.)")  # what one of several children is called behind its number
ENDS = {"CE": "clock enable of ", "LSR": "reset of ", "E": "clock enable of ", "R": "reset of ", "S": "set of "}
STAGES = {"OFX": "multiplexer", "FXA": "multiplexer", "FCO": "carry", "COUT": "carry"}


def describe_path(report):
    """The slowest register-to-register path of a nextpnr report (parsed JSON).

    {"from", "to": names of register or memory, "delay_ns", "routing": share of the delay, "stages": {"LUT": n, ...},
    "through": names of the blocks that it passes, "words": all of it as a sentence}; None if there is no such path.
    """
    paths = [path["path"] for path in report["critical_paths"]
             if "async" not in path["from"] and "async" not in path["to"] and path["path"]]
    if not paths:
        return None
    path = max(paths, key=lambda steps: sum(step["delay"] for step in steps))
    delay = sum(step["delay"] for step in path)
    routing = sum(step["delay"] for step in path if step["type"] == "routing") / delay if delay else 0.0
    stages, through = {}, []
    for step in path:
        if step["type"] == "logic":
            kind = STAGES.get(re.sub(r"\d+$", "", step["to"]["port"]), "LUT")
            stages[kind] = stages.get(kind, 0) + 1
            scope = name_cell(step["to"]["cell"]).rpartition(".")[0] or "accelerator"
            if scope not in through:
                through.append(scope)
    source = name_cell(path[0]["to"]["cell"] if path[0]["type"] == "clk-to-q" else path[0]["from"]["cell"])
    end = path[-1]["to"]
    sink = ENDS.get(end["port"], "") + name_cell(end["cell"])
    levels = " and ".join(f"{count} {kind}{'s' if count > 1 and kind != 'carry' else ''}" for kind,
                          count in stages.items())
    words = (f"from {source} to {sink}: {delay:.2f} ns, {routing:.0%} of it routing, through "
             f"{levels or 'no logic'}{' in ' + ', '.join(through) if through else ''}")
    return {"from": source, "to": sink, "delay_ns": delay, "routing": routing, "stages": stages, "through": through,
            "words": words}


def name_cell(cell):
    """The register or memory that a cell belongs to: `bank[3].encoder_bank.ready_TRELLIS_FF_Q` is `bank[3].ready`."""
    memory = MEMORY.match(cell)
    name = memory[1] if memory else CELL_SUFFIX.sub("", cell)
    return CHILD.sub(r"\1", name).removesuffix("$sb")


PROGRAMS = {"ecp5": "nextpnr-ecp5", "ice40": "nextpnr-ice40"}
SPEEDS = {"ecp5": (6, 8), "ice40": ("hx",)}
AIMS = {6: 140, 8: 190, "hx": 100}  # MHz, near what designs of a hundred lanes reach


def require_programs(targets, place):
    """Raise UserError unless yosys is installed, and, to `place`, what places the Targets that can be placed."""
    for program in ["yosys", *(PROGRAMS[target.name] for target in targets if target.name in PROGRAMS and place)]:
        require_program(program)


def place_and_route(netlist, target, speed, seed, frequency, folder, timeout):
    """One run; returns {"speed", "seed", "mhz", "path": see describe_path}. Report and log go into `folder`.

    frequency: what nextpnr aims at, in MHz; near what is reachable is best. Raises UserError when nextpnr is missing,
    fails or takes longer than `timeout` seconds.
    """
    report = Path(folder) / f"{target.name}_{speed}_{seed}.json"
    if target.name == "ecp5":
        device = ["--85k", "--package", "CABGA756", "--speed", str(speed), "--lpf-allow-unconstrained"]
    else:
        device = ["--hx8k", "--package", "ct256", "--pcf-allow-unconstrained"]
    command = [PROGRAMS[target.name], *device, "--json", str(netlist), "--freq", str(frequency), "--seed", str(seed),
               "--timing-allow-fail", "--report", str(report)]
    run_program(command, report.with_suffix(".log"), timeout)
    try:
        content = json.loads(report.read_text())
        mhz = min(clock["achieved"] for clock in content["fmax"].values())
        path = describe_path(content)
    except (OSError, ValueError, KeyError) as error:
        raise UserError(f"{PROGRAMS[target.name]} left no clock in its report {report}; "
                        f"its messages are beside it") from error
    return {"speed": speed, "seed": seed, "mhz": mhz, "path": path}


def summarize(placements):
    """{"speed", "seeds", "mhz_median", "mhz_min", "mhz_max", "path"} of the runs at one speed; the path is that of the
    run nearest to the median."""
    clocks = [placement["mhz"] for placement in placements]
    median = statistics.median(clocks)
    nearest = min(placements, key=lambda placement: abs(placement["mhz"] - median))
    return {"speed": placements[0]["speed"], "seeds": [placement["seed"] for placement in placements],
            "mhz_median": median, "mhz_min": min(clocks), "mhz_max": max(clocks), "path": nearest["path"]}
