"""Integer inference: the golden results that the hardware is compared with, bit for bit."""

from golden.forward import Inference, forward
from golden.network import Network


def infer(network: Network, images, until_decision=False) -> Inference:
    """Classify a batch of images.

    network: a Network. images: uint8 [n, rows, columns] or [n, inputs].
    until_decision: False gives the spike times of the whole run, as if nothing stopped at the decision; True
    gives T for every spike after it, which is what the hardware shows. All else is the same.

    Raises UserError when the images do not fit the network.
    """
    if not isinstance(network, Network):
        raise TypeError(f"infer takes an integer Network, found {type(network).__name__}")
    parameters = [(layer.weights, layer.thresholds) for layer in network.layers]
    return forward(network, parameters, images, until_decision)
