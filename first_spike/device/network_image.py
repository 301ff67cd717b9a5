"""A network as bytes that the driver in C loads."""

import numpy as np

from first_spike.device.design import LoadableDesign
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.registers.constants import constant_words

SHAPE = ("INPUTS", "OUTPUTS", "SHAPE", "WEIGHT_BITS")  # registers by which a design is known


def network_image(network, made_with):
    """The bytes of a `first_spike_network_t` (rtl_model/registers/first_spike_driver.h) of a network, for the Design
    `made_with`. Raises UserError where it does not fit into that."""
    load = LoadableDesign(made_with).load_of(network)
    constants = constant_words(made_with.of(network), made_with.configuration.weight_banks)
    head = [*(constants[REGISTERS[name].index] for name in SHAPE),
            *(constants[index] for index in REGISTERS["NETWORK_HASH"].indices), load.count, load.code]
    return np.array(head, "<u4").tobytes() + load.pairs.tobytes()
