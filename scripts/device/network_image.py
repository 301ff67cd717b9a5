"""A network as bytes that the driver in C loads."""

import numpy as np

from rtl_model.registers.addresses import REGISTERS
from rtl_model.registers.constants import constant_words
from scripts.device.design import LoadableDesign

SHAPE = ("INPUTS", "OUTPUTS", "SHAPE", "WEIGHT_BITS", "WEIGHT_MAP")  # registers by which a design is known


def network_image(network, made_with, configuration):
    """The bytes of a `first_spike_network_t` (rtl_model/registers/first_spike_driver.h): a network for the design that
    the network `made_with` and a configuration with loaded weights make. Raises UserError where there is no such one,
    or the network does not fit into it."""
    load = LoadableDesign(made_with, configuration).load_of(network)
    constants = constant_words(network, configuration, configuration.weight_banks, load.weight_map)
    head = [*(constants[REGISTERS[name].index] for name in SHAPE),
            *(constants[index] for index in REGISTERS["NETWORK_HASH"].indices), load.count, load.code]
    return np.array(head, "<u4").tobytes() + load.pairs.tobytes()
