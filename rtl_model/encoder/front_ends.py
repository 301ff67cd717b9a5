"""The front ends: what makes the spikes of the first layer, of whatever the network is fed."""

from collections.abc import Callable
from typing import NamedTuple

from first_spike.golden.contract.base_network import EVENTS, PIXELS
from first_spike.rtl_model.encoder.event_loader import event_loader
from first_spike.rtl_model.encoder.spike_encoder import spike_encoder
from first_spike.rtl_model.parts.streams import ImageControl
from first_spike.rtl_model.shape.frames import listened_pixels

EVENT_CONTROL = ("flush", "clear", "space", "bad_frame", "bad_step")  # of ImageControl, at the event loader


class FrontEnd(NamedTuple):
    """name: of its instance; block; control(step_bits): the ImageControl of an accelerator; uses: its members at the
    front end, None for all; parameters(design, listened, whole): beside the ports, `listened` a
    sequence of bools, whether an input counts; whole: an image begins when it is complete, no sooner."""

    name: str
    block: Callable
    control: Callable
    uses: tuple | None
    parameters: Callable

    def part(self, control):
        """What the front end takes of the ImageControl."""
        return control if self.uses is None else control.only(*self.uses)


def _pixels(design, listened, whole):
    return dict(masks=listened_pixels(listened, design.configuration.pixels), pixels=design.configuration.pixels,
                step_bits=design.network.steps.bit_length() - 1, whole=whole)


def _events(design, listened, whole):
    network = design.network
    return dict(inputs=network.inputs, step_bits=network.steps.bit_length() - 1, most_events=network.most_events)


FRONT_ENDS = {PIXELS: FrontEnd("encoder", spike_encoder, lambda step_bits: ImageControl(), None, _pixels),
              EVENTS: FrontEnd("loader", event_loader, ImageControl, EVENT_CONTROL, _events)}
