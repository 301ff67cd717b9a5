"""Finding the coefficients of the area model, block by block, from designs that were synthesized."""

import re
from collections import defaultdict
from pathlib import Path

import numpy as np

from first_spike.golden.files import replacing

FILE = Path(__file__).with_name("coefficients.py")
BLOCKS = {
    "heads": "head_table|bank_heads|bank_list",
    "steps": "frame_loader|pixel_mask|loaded_mask|step_collector|step_scheduler|lowest_step|table_sweeper",
    "events": "event_loader",
    "ways": "first_step_way|first_step_queue|successor_memory|way_arbiter|last_entry|spike_encoder|encoder_way",
    "readout": "larger|largest|largest_of_folds|readout",
}  # of modules; the others are those of layers, or around the core
KNOWN = {"carry": 2, "table": 1, "weight table": 1, "visit table": 1}  # rates that need no fit
LEAST = 0.001  # LUTs of one of something


def fit(designs):
    """({block: {what: LUTs of one}}, {block: share of its LUTs by which it is off}) for `designs`, each (what
    `design_parts` gives, what `count_cells` gives)."""
    samples = defaultdict(list)
    for parts, counts in designs:
        found = _luts_of_parts(counts["modules"], [name for name, _ in parts if name])
        for name, made in parts:
            samples[made.block].append((made.amounts, found.get(name or made.block, 0), counts["total"]["logic"]))
    results = {block: _fit_block(own) for block, own in sorted(samples.items())}
    return {block: rates for block, (rates, _) in results.items()}, {block: error for block, (_, error) in
                                                                    results.items()}


def write(coefficients, errors):
    """Write them into the module that the model reads."""
    lines = ['"""Made by `scripts/check_area.py --fit`."""', "", "COEFFICIENTS = {"]
    for block, rates in coefficients.items():
        lines += [f'    "{block}": {{', *(f'        "{what}": {luts},' for what, luts in rates.items()), "    },"]
    lines += ["}", "ERRORS = {", *(f'    "{block}": {error},' for block, error in errors.items()), "}", ""]
    with replacing(FILE) as file:
        file.write("\n".join(lines).encode())


def _luts_of_parts(modules, names):
    """{one of the names of instances, or block: LUTs without those of distributed RAM}."""
    found = defaultdict(int)
    for module, counts in modules.items():
        within = [name for name in names if f"{module}_".startswith(f"{name}_")]
        blocks = [block for block, own in BLOCKS.items() if re.fullmatch(own, module)]
        place = max(within, key=len) if within else (blocks or ["around"])[0]
        found[place] += counts["lut"] + KNOWN["carry"] * counts["carry"]
    return found


def _fit_block(samples):
    """(LUTs of one of each amount, none below zero; error) of (amounts, LUTs, those of the design)."""
    every = {what for amounts, *_ in samples for what in amounts}
    names, known = sorted(every - KNOWN.keys()), {what: KNOWN[what] for what in KNOWN if what in every}
    weights = np.array([1 / whole for *_, whole in samples])
    amounts = np.array([[own.get(what, 0) for what in names] for own, *_ in samples], float)
    luts = np.array([own for _, own, _ in samples], float)
    rest = luts - [sum(rate * own.get(what, 0) for what, rate in known.items()) for own, *_ in samples]
    kept = list(range(len(names)))
    while True:
        rates = np.linalg.lstsq(amounts[:, kept] * weights[:, None], rest * weights, rcond=None)[0]
        if rates.min() >= 0:
            break
        kept.pop(int(np.argmin(rates * np.abs(amounts[:, kept]).max(axis=0))))
    off = np.linalg.norm((amounts[:, kept] @ rates - rest) * weights) / np.linalg.norm(luts * weights)
    off *= np.sqrt(len(samples) / max(1, len(samples) - len(kept)))  # of designs that it was not fitted to
    found = {names[k]: round(float(rate), 3) for k, rate in zip(kept, rates) if rate >= LEAST}
    return known | found, round(float(off), 3)
