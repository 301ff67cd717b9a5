"""The area model held against synthesis, and fitted to it.

Finding the coefficients of the area model, block by block, from designs that were synthesized.

The area model beside yosys, design by design, and what it is held to.

Random networks with random configurations, of every kind of design, by which the area model is judged.
"""

import re
from collections import defaultdict
from pathlib import Path

import numpy as np
from rich import box
from rich.table import Table

from first_spike.golden.contract.configuration import ROW, Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.geometry import Geometry
from first_spike.golden.contract.network import ConvolutionLayer, Layer, Network, weight_range
from first_spike.golden.files import replacing
from first_spike.rtl_model.tops import ACCELERATORS, DEFAULT

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


MOST_MEDIAN, OUTSIDE = 0.05, 15  # of the errors of LUTs; one design of so many may be outside its bar


def yardstick_table(rows):
    """The rich Table of (name, network, top, what `estimate_area` gives, what `count_cells` gives as its total)."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=0, caption_justify="left",
                  caption="* outside of what the model states")
    for name in ("design", "network", "LUT4", "model", "±", "error", "EBR", "model"):
        table.add_column(name, justify="left" if name in ("design", "network") else "right", no_wrap=True)
    for name, network, top, area, total in rows:
        table.add_row(name + top.removeprefix("accelerator").replace("_", ", "), network, f"{total['logic']:,}",
                      f"{area['lut']:,}", f"{area['lut_error']:,}",
                      f"{area['lut'] / total['logic'] - 1:+.1%}{' ' if inside(area, total) else '*'}",
                      str(total["bram"]), str(area["bram"]))
    return table


def inside(area, total):
    """Whether the LUTs of a design are what the model says, give or take what it states."""
    return abs(area["lut"] - total["logic"]) <= area["lut_error"]


def judge(rows):
    """([what is wrong, each a sentence], all in one sentence) of such rows."""
    errors = [abs(area["lut"] / total["logic"] - 1) for *_, area, total in rows]
    outside = sum(not inside(area, total) for *_, area, total in rows)
    differ = sum(area["bram"] != total["bram"] for *_, area, total in rows)
    median, most = float(np.median(errors)), len(rows) // OUTSIDE
    wrong = [sentence for bad, sentence in (
        (median > MOST_MEDIAN, f"the median error of LUTs is {median:.1%}, more than {MOST_MEDIAN:.0%}"),
        (outside > most, f"{outside} designs are outside of what the model states, more than {most}"),
        (differ, f"block RAMs differ in {differ} designs")) if bad]
    blocks = f"differ in {differ}" if differ else "equal in all"
    return wrong, (f"{len(rows)} designs: LUTs {median:.1%} off in the median, {max(errors):.1%} at worst, "
                   f"{len(rows) - outside} inside what the model states; block RAMs {blocks}")


KINDS = ("dense", "folded", "deep", "tap", "row", "events", "loaded", "two banks")
MOST_TABLES = 512  # entries of head tables: with more, synthesis takes minutes


def random_designs(seed, count):
    """`count` of (name, Design, one of TOPS), the kinds in turn."""
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        rng = np.random.default_rng([seed, number])
        yield f"{number + 1:02} {kind}", *_random_design(rng, kind)


def _random_design(rng, kind):
    steps, events = int(2 << rng.integers(0, 8)), kind == "events"
    convolution = kind in ("tap", "row") or events and rng.random() < 0.3
    layers = []
    sides = rng.integers(5, 13, 2) if convolution else rng.integers(4, 29, 2)
    source = (*map(int, sides), int(rng.integers(1, 4)) if convolution else 1)
    shape = source if source[2] > 1 else source[:2]
    if convolution:
        while len(layers) < 1 or len(layers) < 2 and min(source[:2]) > 2 and rng.random() < 0.5:
            layers.append(_convolution(rng, source, kind == "row"))
            source = layers[-1].map
    inputs = source[0] * source[1] * source[2]
    for _ in range({"deep": int(rng.integers(2, 4))}.get(kind, int(not convolution))):
        layers.append(_dense(rng, inputs, int(rng.integers(8, 65)), last=False))
        inputs = layers[-1].neurons
    layers.append(_dense(rng, inputs, int(rng.integers(2, 13)), last=True))
    if not convolution and layers[0].weight_bits > 1 and rng.random() < 0.4:
        heard = np.where(_dark(*shape)[:, None], 0, layers[0].weights).astype(np.int8)
        layers[0] = Layer(heard, layers[0].thresholds, layers[0].weight_bits)
    network = Network(steps, shape, layers, [f"class {j}" for j in range(layers[-1].neurons)], "random",
                      most_events=int(rng.integers(20, 1000)) if events else None)
    pixels = int(rng.choice([count for count in (1, 2, 4, 8, 16) if count * steps <= MOST_TABLES]))
    folded = kind == "folded" or kind != "dense" and rng.random() < 0.5
    lanes = tuple(int(rng.integers(1, max(1, width // 2) + 1)) for width in network.widths) if folded else ()
    loaded = dict(weights="loadable", weight_banks=1 + (kind == "two banks"), potential_margin=int(rng.integers(0, 3)))
    configuration = Configuration(
        lanes, pixels, int(rng.choice([1, 2, 4])), int(rng.integers(1, min(pixels, 2) + 1)),
        taps=(ROW if kind == "row" else 1,), **(loaded if kind in ("loaded", "two banks") else {}))
    top = str(DEFAULT if events else rng.choice(list(ACCELERATORS), p=(0.7, 0.15, 0.15)))
    return Design(network, configuration), top


def _dark(rows, columns):
    """bool [rows * columns]: the pixels outside of an ellipse, to which nobody listens."""
    y, x = ((np.arange(side) - (side - 1) / 2) / (side / 2) for side in (rows, columns))
    return (y[:, None] ** 2 + x ** 2 > 1.1).ravel()


def _arrays(rng, shape, last):
    bits = int(rng.integers(1, 9))
    low, high = weight_range(bits)
    if bits == 1:
        weights = rng.choice([-1, 1], shape)
    elif rng.random() < 0.5:
        weights = rng.integers(low, high + 1, shape)
    else:  # as training leaves them
        weights = np.clip(np.rint(rng.normal(0, high / 2.5, shape)), low, high)
    top = max(2, int(np.maximum(weights, 0).sum(axis=0).max() * 0.5))
    thresholds = np.broadcast_to(rng.integers(1, top + 1, 1 if last or rng.random() < 0.3 else shape[1]), shape[1])
    return weights.astype(np.int8), thresholds.astype(np.int32), bits


def _dense(rng, inputs, neurons, last):
    return Layer(*_arrays(rng, (inputs, neurons), last))


def _convolution(rng, source, row):
    """Kernels of 2 to 5, and a pool of 2 where there is room."""
    rows, columns, channels = source
    padding = tuple(map(int, rng.integers(0, 3, 2)))
    kernel = [int(rng.integers(2, min(side + 2 * rim - 1, 5) + 1)) for side, rim in zip((rows, columns), padding)]
    stride = [1 if row or rng.random() < 0.7 else 2 for _ in range(2)]
    left = [(side + 2 * rim - reach) // step + 1
            for side, rim, reach, step in zip((rows, columns), padding, kernel, stride)]
    pool = (2, 2) if min(left) >= 2 and rng.random() < 0.6 else (1, 1)
    arrays = _arrays(rng, (kernel[0] * kernel[1] * channels, int(rng.integers(3, 17))), last=False)
    return ConvolutionLayer(*arrays, Geometry(source, tuple(kernel), tuple(stride), padding, pool))
