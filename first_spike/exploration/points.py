"""The points of an exploration: configurations, and the figures of each."""

import itertools

import numpy as np

from first_spike.command.hardware_options import folder_name
from first_spike.command.places import make_folder
from first_spike.command.provenance import version
from first_spike.comparison.design_files import write_whole_design
from first_spike.comparison.table import statistics
from first_spike.exploration.area import estimate_area, require_known_area
from first_spike.exploration.metrics import work_of
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.option import in_layers, require_known
from first_spike.golden.contract.plain import plain
from first_spike.golden.errors import UserError
from first_spike.golden.inference.infer import infer
from first_spike.golden.inference.operations import memory_words, operations
from first_spike.golden.schedule.cycles import predict
from first_spike.jobs.jobs import Job, Large, hash_of_arrays, hash_of_project, run_jobs
from first_spike.rtl_model.tops import DEFAULT, TOPS
from first_spike.synthesis.targets import TARGETS
from first_spike.synthesis.yosys import synthesize

FEWEST_LANES = 8


def candidates(network, choices, top):
    """([Design], [why a combination was left out]) of all combinations of the values that `choices`, {option: values, a
    value or None}, lists, for one of TOPS on an ECP5; what it does not say is as its Option says. Of those that make
    the same hardware the first. UserError for another option, and for a value that no network could take."""
    options = Configuration.options()
    require_known("a design", choices, [option.name for option in options])
    given = {name: in_layers(plain(values)) for name, values in choices.items() if values is not None}
    for option in options:
        for value in given.get(option.name, ()):
            option.require(value)
    tried = {option.name: given.get(option.name) or option.tried or (option.default,) for option in options}
    if not given.get("lanes"):
        most = max(network.widths)
        tried["lanes"] = [most >> k for k in range(most.bit_length()) if most >> k >= FEWEST_LANES] or [most]
    found, refused = {}, {}
    for values in itertools.product(*tried.values()):
        try:
            design = Design(network, Configuration(**dict(zip(tried, values))))
            TOPS[top].require(design)
            require_known_area(design)
            found.setdefault(repr((design.settings | {"spikes_per_cycle": None, "events_per_cycle": None},
                                   design.ways)),
                             design)
        except UserError as error:
            refused[str(error)] = None
    return list(found.values()), list(refused)


def point(design, top, images, inference, clock):
    """The figures of one configuration, ready for JSON: cycles between results on the images, back to back; images a
    second at `clock` MHz; area by the model, with one of TOPS; the bits of weights that are read in a cycle; its
    Work, as energy.py takes it.

    inference: that of the images, for the whole run.
    """
    cycles = predict(design, images, inference, whole=top != DEFAULT).interval
    lanes, ways = design.lanes, design.ways
    counted = operations(design.network, images, inference), memory_words(design, images, inference)
    bits = sum(count * way * layer.weight_bits for count, way, layer in zip(lanes, ways, design.network.layers))
    return {"configuration": design.settings, "cycles": statistics(cycles),
            "images_per_second": 1e6 * clock / float(np.mean(cycles)),
            "area": estimate_area(design, top), "weight_bits_per_cycle": bits, "measured": None,
            "work": work_of(design, *counted, np.mean(cycles))._asdict()}


def explored(designs, top, images, clock, workers, kept):
    """The `point` of each Design of one network with one of TOPS, in one pass over the images."""
    network = designs[0].network
    inference = infer(network, images)
    decides = {"what": "cycles", "network": network.sha256, "images": hash_of_arrays(images), "clock": clock,
               "top": top, "code": hash_of_project()}
    shared = [Large(value) for value in (network, images, inference)]
    points, failed = run_jobs("count cycles", [
        Job(f"design {number}", point_of, (design.configuration, top, clock, *shared),
            decides=decides | {"configuration": design.settings})
        for number, design in enumerate(designs, 1)], workers, kept)
    if failed:
        raise UserError(failed[0])
    return points


def point_of(folder, report, configuration, top, clock, network, images, inference):
    """The `point`, as a job."""
    return point(Design(network, configuration), top, images, inference, clock)


def measure_areas(name, designs, top, points, folder, timeout, workers, kept):
    """Put {"lut", "bram"} by yosys for ECP5 into the points, as `measured`, of as many Designs of the network called
    `name`, with one of TOPS, as it can be had of; returns a sentence for each that failed."""
    network = designs[0].network
    decides = {"what": "area", "network": network.sha256, "top": top, "yosys": workers.everywhere(version, "yosys"),
               "code": hash_of_project()}
    names = [folder_name(name, design, top) for design in designs]
    shared = Large(network)
    results, failed = run_jobs("yosys", [
        Job(name, area, (shared, design.configuration, top, timeout), folder / name,
            decides | {"configuration": design.settings}, ("*.log",))
        for name, design in zip(names, designs)], workers, kept)
    for one, result in zip(points, results, strict=True):
        one["measured"] = result
    return failed


def area(folder, report, network, configuration, top, timeout):
    """{"lut", "bram"} of a network's design on an ECP5, by yosys."""
    made = write_whole_design(Design(network, configuration), make_folder(folder) / "design", top=top)
    total = synthesize(made, TARGETS["ecp5"], folder, timeout)[1]["total"]
    return {"lut": total["logic"], "bram": total["bram"]}


def cells(point):
    """({"logic", "bram"} of a point on an ECP5, by how much the logic may be off): measured, or by the model."""
    found = point["measured"] or point["area"]
    return {"logic": found["lut"], "bram": found["bram"]}, 0 if point["measured"] else found["lut_error"]


def error_sentence(points):
    """How far the area model is from what was measured."""
    points = [point for point in points if point["measured"]]
    if not points:
        return "no area was measured"
    pairs = [(point["area"], point["measured"]) for point in points]
    shares = [area["lut"] / measured["lut"] - 1 for area, measured in pairs]
    inside = sum(abs(area["lut"] - measured["lut"]) <= area["lut_error"] for area, measured in pairs)
    blocks = [area["bram"] - measured["bram"] for area, measured in pairs]
    return (f"error of the area model on {len(points)} configurations: LUTs: mean {np.mean(np.abs(shares)):.1%}, worst "
            f"{max(shares, key=abs):+.1%}, {inside} within what it states; block RAMs: {sum(map(bool, blocks))} "
            f"differ, worst by {max(blocks, key=abs):+d}")


def pareto(points):
    """The numbers of the points that no other beats in cycles and LUTs at once."""
    worth = [(point["cycles"]["mean"], lut) for point, lut in zip(points, luts(points))]
    return [n for n, one in enumerate(worth)
            if not any(all(a <= b for a, b in zip(other, one)) and other != one for other in worth)]


def luts(points):
    """LUTs of each point: measured, or by the model where not all of them were."""
    source = "measured" if all(point["measured"] for point in points) else "area"
    return [point[source]["lut"] for point in points]
