"""Networks that are loaded into one processor in simulation, one after the other, compared with the golden model."""

from pathlib import Path

import numpy as np

from first_spike.comparison.outcome import Outcome, from_golden
from first_spike.comparison.table import statistics
from first_spike.comparison.verdict import count_mismatches, cycle_agreement
from first_spike.golden.errors import UserError
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.processor_cycles import predict
from first_spike.processor.simulated import Script, SimulatedProcessor
from first_spike.rtl_model.shape.processor_load import load_words


def compare_networks(cases, processor, build, simulator):
    """A report ready for JSON of each (name, Network, images), all loaded into one build, one after the other; with two
    banks each while the one before works."""
    script = Script(processor)
    if processor.weight_banks == 2:
        take_turns(script, cases)
    for _, network, images in cases if processor.weight_banks == 1 else ():
        script.load_network(network)
        script.frames(images)
        script.wait()
    seen = SimulatedProcessor(processor, build, simulator).play(script)
    if len(seen.words) != script.expected:
        raise UserError(f"the simulation of the processor on {simulator} gave {len(seen.words)} results for "
                        f"{script.expected} images; they are in {Path(build, 'seen.txt')}")
    reports, first = [], 0
    for name, network, images in cases:
        own = slice(first, first + len(images))
        first += len(images)
        inference = infer(network, images)
        expected = from_golden(inference, predict(network, processor, images, inference).interval)
        found = Outcome(seen.words[own], None, np.diff(seen.cycles[own], prepend=seen.begins[own][0]),
                        seen.cycles[own] - seen.begins[own])
        agreement = count_mismatches(network.steps, expected, found)
        reports.append({
            "network": name, "network_sha256": network.sha256, "images": len(images),
            "equal_images": agreement.equal_images, "mismatches": agreement.mismatches,
            "first_mismatch": agreement.first, "cycles": statistics(found.cycles),
            "cycle_model": cycle_agreement(expected.cycles, found.cycles)})
    return reports


def take_turns(script, cases):
    """Every network is loaded while the one before classifies, and takes over behind its last frame."""
    loads = [load_words(network, script.limits) for _, network, _ in cases]
    script.load(loads[0])
    for (_, _, images), load in zip(cases, [*loads[1:], None]):
        if load is not None:
            script.post(load[:-1])
        script.frames(images)
        if load is not None:
            script.posted()
            script.load(load[-1:])
    script.wait()
