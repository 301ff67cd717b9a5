"""The making of integer layers and networks, in the shape of the float ones that they stand for."""

from first_spike.golden.contract.network import ConvolutionLayer, Layer, Network


def _dense(_, weights, thresholds, bits):
    return Layer(weights, thresholds, bits)


def _convolution(layer, weights, thresholds, bits):
    return ConvolutionLayer(weights, thresholds, bits, layer.geometry)


LAYERS = {"dense": _dense, "convolution": _convolution}  # kind -> maker of an integer layer


def integer_layer(layer, weights, thresholds, bits):
    """The integer layer that has the kind and shape of a float `layer`: weights int8 and thresholds int32, in arrays as
    `layer` has them, and bits of a weight. Not validated: a network does that."""
    return LAYERS[layer.kind](layer, weights, thresholds, bits)


def integer_network(float_network, layers, source):
    """The Network of integer `layers` with the steps, images and classes of `float_network`; source: text for its
    file. Raises UserError where the layers do not keep the contract."""
    return Network(float_network.steps, float_network.image_shape, layers, float_network.classes, source,
                   most_events=float_network.most_events)
