"""All small networks that mutants of golden are tried on: those of `schedule_cases.py`, and the small designs."""

import numpy as np

from tb.mutation.schedule_cases import Case, schedule_cases
from tb.scenarios.accelerator_bench import bench_images
from tb.scenarios.small_designs import SMALL_DESIGNS

IMAGES = {"dense": 24, "folded": 24, "event-fed": 24, "loadable": 24, "deep": 6, "convolutional": 2}  # quick ones first


def golden_cases():
    """{name: Case}, quick ones first."""
    rng, cases = np.random.default_rng(1), schedule_cases()
    for name, count in IMAGES.items():
        network = SMALL_DESIGNS[name].network()
        cases[f"the small {name} design"] = Case(network, SMALL_DESIGNS[name].configuration,
                                                 bench_images(rng, network, count))
    return cases
