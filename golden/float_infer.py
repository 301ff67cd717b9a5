"""Float inference: the same rules as the integer one, on the network before quantization."""

import numpy as np

from golden.float_network import FloatNetwork
from golden.forward import Inference, forward


def float_infer(network: FloatNetwork, images, until_decision=False) -> Inference:
    """Classify a batch with potentials in float64; arguments, result and errors as in `golden.infer.infer`.

    Weights are added in time order, and by input number within a step.
    """
    if not isinstance(network, FloatNetwork):
        raise TypeError(f"float_infer takes a FloatNetwork, found {type(network).__name__}")
    parameters = [(layer.weights, layer.thresholds.astype(np.float64)) for layer in network.layers]
    return forward(network, parameters, images, until_decision)
