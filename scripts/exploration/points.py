"""The points of an exploration: configurations, and the figures of each."""

import itertools

import numpy as np

from golden.contract.configuration import Configuration
from golden.errors import UserError
from golden.schedule.cycles import predict
from rtl_model.convert import generate
from scripts.agreement.compare_on import statistics
from scripts.exploration.area import estimate_area
from scripts.synthesis.targets import TARGETS
from scripts.synthesis.yosys import synthesize

FEWEST_LANES = 8


def candidates(network, arguments):
    """([Configuration], [why a combination was left out]) of all combinations of the numbers that the arguments list;
    of those that make the same hardware the first."""
    most = max(network.sizes)
    lanes = arguments.lanes or [(most >> k,) for k in range(most.bit_length())
                                if most >> k >= FEWEST_LANES] or [(most,)]
    found, refused = {}, {}
    for values in itertools.product(lanes, arguments.pixels, arguments.spikes_per_cycle, arguments.events_per_cycle):
        try:
            own_lanes, pixels, spikes, events = values
            configuration = Configuration(own_lanes, pixels, spikes, events)
            made = configuration.layer_lanes(network.sizes), pixels, configuration.layer_ways(network.sizes)
            found.setdefault(made, configuration)
        except UserError as error:
            refused[str(error)] = None
    return list(found.values()), list(refused)


def point(network, configuration, images, inference, clock):
    """The figures of one configuration, ready for JSON: cycles between results on the images, of which `inference` is
    that of the whole run, back to back; images a second at `clock` MHz; area by the model; the bits of weights that are
    read in a cycle."""
    cycles = predict(network, configuration, images, inference).interval
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
    shares = [point["area"]["lut"] / point["measured"]["lut"] - 1 for point in points]
    blocks = [point["area"]["bram"] - point["measured"]["bram"] for point in points]
    return (f"error of the area model on {len(points)} configurations: LUTs: mean {np.mean(np.abs(shares)):.1%}, worst "
            f"{max(shares, key=abs):+.1%}; block RAMs: {sum(map(bool, blocks))} differ, worst by "
            f"{max(blocks, key=abs):+d}")


def pareto(points):
    """The numbers of the points that no other beats in cycles and LUTs at once."""
    def worth(point):
        return point["cycles"]["mean"], (point["measured"] or point["area"])["lut"]

    return [n for n, one in enumerate(points)
            if not any(all(a <= b for a, b in zip(worth(other), worth(one))) and worth(other) != worth(one)
                       for other in points)]
