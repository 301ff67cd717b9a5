"""The points of an exploration: configurations, and the figures of each."""

import itertools

import numpy as np

from golden.configuration import Configuration
from golden.cycles import predict
from golden.errors import UserError
from rtl_model.convert import generate
from scripts.area import estimate_area
from scripts.comparison import statistics
from scripts.synthesis.targets import TARGETS
from scripts.synthesis.yosys import synthesize

FEWEST_LANES = 8


def candidates(network, arguments):
    """([Configuration], [why a combination was left out]) of all combinations of the numbers that the arguments list."""
    most = max(network.sizes)
    lanes = arguments.lanes or [(most >> k,) for k in range(most.bit_length()) if most >> k >= FEWEST_LANES] or [(most,)]
    found, refused = [], {}
    for values in itertools.product(lanes, arguments.pixels, arguments.spikes_per_cycle, arguments.events_per_cycle):
        try:
            own_lanes, pixels, spikes, events = values
            configuration = Configuration(own_lanes, pixels, spikes, events)
            configuration.layer_lanes(network.sizes)
            found.append(configuration)
        except UserError as error:
            refused[str(error)] = None
    return found, list(refused)


def point(network, configuration, images, clock):
    """The figures of one configuration, ready for JSON: cycles between results on the images, back to back; images a second at
    `clock` MHz; area by the model; the bits of weights that are read in a cycle."""
    cycles = predict(network, configuration, images).interval
    lanes, ways = configuration.layer_lanes(network.sizes), configuration.layer_ways(network.sizes)
    bits = sum(count * way * layer.weight_bits for count, way, layer in zip(lanes, ways, network.layers))
    return {"configuration": {**configuration.__dict__, "lanes": lanes}, "cycles": statistics(cycles),
            "images_per_second": 1e6 * clock / float(np.mean(cycles)), "area": estimate_area(network, configuration),
            "weight_bits_per_cycle": bits, "measured": None}


def measure_area(network_path, configuration, folder, timeout):
    """{"lut", "bram"} by yosys for ECP5."""
    folder.mkdir(parents=True, exist_ok=True)
    design = generate(network_path, configuration, folder / "design")
    total = synthesize(design, TARGETS["ecp5"], folder, timeout)[1]["total"]
    return {"lut": total["logic"], "bram": total["bram"]}


def error_sentence(points):
    """How far the area model is from what was measured."""
    parts = []
    for name, word in (("lut", "LUTs"), ("bram", "block RAMs")):
        errors = [point["area"][name] / point["measured"][name] - 1 for point in points if point["measured"][name]]
        if errors:
            parts.append(f"{word}: mean {np.mean(np.abs(errors)):.1%}, worst {max(errors, key=abs):+.1%}")
    return f"error of the area model on {len(points)} configurations: {'; '.join(parts)}"


def pareto(points):
    """The numbers of the points that no other beats in cycles and LUTs at once."""
    def worth(point):
        return point["cycles"]["mean"], (point["measured"] or point["area"])["lut"]

    return [n for n, one in enumerate(points)
            if not any(all(a <= b for a, b in zip(worth(other), worth(one))) and worth(other) != worth(one) for other in points)]
