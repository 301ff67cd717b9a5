"""Place and route with nextpnr, once for each seed."""

import json
import statistics
from pathlib import Path

from first_spike.golden.errors import UserError
from first_spike.synthesis.critical_path import describe_path
from first_spike.synthesis.process import require_program, run_program

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
