"""Inference: in integers the golden results that the hardware is compared with, bit for bit; in float the same rules
before quantization."""

import numpy as np

from first_spike.golden.contract.float_network import FloatNetwork
from first_spike.golden.contract.network import Network
from first_spike.golden.inference.forward import Inference, forward


def infer(network: Network, images, until_decision=False) -> Inference:
    """Classify a batch of images.

    network: a Network. images: uint8 [n, rows, columns] or [n, inputs], or Recordings where the network takes events.
    until_decision: False gives the spike times of the whole run, as if nothing stopped at the decision; True
    gives `Inference.until_decision()` of it.

    Raises UserError when the images do not fit the network.
    """
    if not isinstance(network, Network):
        raise TypeError(f"infer takes an integer Network, found {type(network).__name__}")
    result = forward(network, images, np.int32)
    return result.until_decision() if until_decision else result


def float_infer(network: FloatNetwork, images, until_decision=False) -> Inference:
    """Classify a batch with potentials in float64; arguments, result and errors as in `infer`.

    Weights are added in time order, and by input number within a step; those of events in their order.
    """
    if not isinstance(network, FloatNetwork):
        raise TypeError(f"float_infer takes a FloatNetwork, found {type(network).__name__}")
    result = forward(network, images, np.float64)
    return result.until_decision() if until_decision else result
