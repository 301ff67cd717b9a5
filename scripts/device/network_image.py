"""A network as bytes that the driver in C loads."""

import zlib

import numpy as np

from rtl_model.registers.addresses import REGISTERS
from rtl_model.registers.constants import constant_words
from rtl_model.shape.load_map import load_words

SHAPE = ("INPUTS", "OUTPUTS", "SHAPE", "WEIGHT_BITS")  # registers by which a design is known


def network_image(network, configuration):
    """The bytes of a `first_spike_network_t` (rtl_model/registers/first_spike_driver.h) for the design that a network
    and a configuration with loaded weights make, or another network of its shape. Raises UserError as `load_words`."""
    words = load_words(network, configuration)
    pairs = np.concatenate([words, np.zeros(len(words) % 2, np.uint16)]).astype("<u2").tobytes()
    constants = constant_words(network, configuration, configuration.weight_banks)
    head = [*(constants[REGISTERS[name].index] for name in SHAPE),
            *(constants[index] for index in REGISTERS["NETWORK_HASH"].indices), len(words), zlib.crc32(pairs)]
    return np.array(head, "<u4").tobytes() + pairs
