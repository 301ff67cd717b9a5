"""The whole accelerator: pixels in, class out."""

from myhdl import Signal, block, intbv

from golden.contract.limits import QUEUE_DEPTH, QUEUE_MARGIN
from rtl_model.encoder.pixel_mask import listened_pixels
from rtl_model.encoder.spike_encoder import spike_encoder
from rtl_model.layer.if_layer import if_layer
from rtl_model.layer.if_layer_folded import if_layer_folded
from rtl_model.layer.spike_serializer import spike_serializer
from rtl_model.parts.hierarchy import submodule
from rtl_model.parts.streams import AxiStream, FireStream, ImageControl, SpikeStream
from rtl_model.readout.readout import readout
from rtl_model.shape.placement import contents_of_layers, layer_feeds, layer_shapes


def accelerator_ports(configuration):
    """Fresh signals for the ports of `accelerator`."""
    return dict(clk=Signal(bool(0)), rst=Signal(bool(0)), s_axis=AxiStream(8 * configuration.pixels),
                m_axis=AxiStream(32))


@block
def accelerator(clk, rst, s_axis, m_axis, *, network, configuration):
    """First-spike classifier for images of one byte a pixel in raster order.

    s_axis takes a frame an image, `pixels` a beat, the first in the lowest byte, the last beat padded with zeros and
    marked by
    TLAST. m_axis gives one word an image: [15:0] class, [24:16] decision time, [29] silent, [30] tie, [31] bad frame.
    Both ends may stall at any time. rst is synchronous, active high, at least one cycle.
    """
    step_bits = network.steps.bit_length() - 1
    sizes = network.sizes
    count = len(sizes)
    feeds = layer_feeds(network, configuration)
    shapes = layer_shapes(network, configuration)

    spikes = [SpikeStream(feed.ways, feed.row_bits, step_bits) for feed in feeds]
    fires = [FireStream(shape.lanes, shape.folds, step_bits) for shape in shapes]
    potentials = Signal(intbv(0)[shapes[-1].lanes * shapes[-1].potential_bits:])
    control = ImageControl()

    encoder = submodule("encoder", spike_encoder, clk=clk, rst=rst, s_axis=s_axis, m_spike=spikes[0], control=control,
                        masks=listened_pixels(network.used_inputs, configuration.pixels), pixels=configuration.pixels,
                        step_bits=step_bits)
    blocks = []
    for k, (shape, contents) in enumerate(zip(shapes, contents_of_layers(network, configuration))):
        # A step puts at most one vector for each fold into the queue: where it holds them all, it cannot overflow.
        most = network.steps * shape.folds
        last = k == count - 1
        hold = Signal(bool(0)) if most > QUEUE_DEPTH and not last else None
        function = if_layer if shape.folds == 1 else if_layer_folded
        blocks.append(submodule(shape.name, function, module=f"{shape.name}_{function.__name__}", clk=clk,
                                clear=control.clear, s_spike=spikes[k], m_fire=fires[k],
                                potentials=potentials if last else None, hold=hold, shape=shape,
                                contents=contents))
        if not last:
            name = f"{shape.name}_serializer"
            blocks.append(submodule(name, spike_serializer, module=name, clk=clk, clear=control.clear,
                                    s_fire=fires[k], m_spike=spikes[k + 1], hold=hold,
                                    depth=min(most, QUEUE_DEPTH), margin=QUEUE_MARGIN, prefix=name))
    decision = submodule("decision", readout, clk=clk, rst=rst, s_fire=fires[-1], m_axis=m_axis,
                         s_control=control, potentials=potentials, step_bits=step_bits)

    return encoder, blocks, decision
