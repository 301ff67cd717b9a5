"""Which block does the work of a layer."""

from first_spike.rtl_model.layer.if_layer import if_layer
from first_spike.rtl_model.layer.if_layer_folded import if_layer_folded
from first_spike.rtl_model.layer.if_layer_map import if_layer_map
from first_spike.rtl_model.layer.if_layer_rows import if_layer_rows
from first_spike.rtl_model.shape.kinds import layer_shapes


def block_of(shape):
    """The block that works as a shape says, with the ports of `if_layer`. A lane to each neuron needs no folds, nor
    what counts them."""
    if shape.is_map:
        return if_layer_rows if shape.by_rows else if_layer_map
    return if_layer if shape.folds == 1 else if_layer_folded


def blocks_of_layers(design):
    """For each layer its block."""
    return [block_of(shape) for shape in layer_shapes(design)]
