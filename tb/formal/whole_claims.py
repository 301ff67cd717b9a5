"""What is claimed of whole accelerators: every result is what a short reference in Verilog makes of the frame."""

from tb.formal.claim import Claim
from tb.formal.designs import SMALL, THRESHOLD, TINY, small, small_network, tiny, tiny_network

WEIGHT_BITS = 4  # of the words that the reference takes
STOPS = [("readout.v", "push = delay[DELAY_BITS - 1]", "push = 0"),
         ("frame_loader.v", "exceeds || room;", "exceeds || (room && row == 0);")]
EARLY = [("readout.v", "tie <= tied", "tie <= 0"), ("readout.v", "decision_time = step", "decision_time = 0"),
         ("frame_loader.v", "m_beat_bad <= at_end != s_axis_tlast", "m_beat_bad <= !s_axis_tlast")]
LATE = [("readout.v", "s_control_decide && !rst", "s_control_decide"),
        ("frame_loader.v", "beat_buffer <= !beat_buffer", "beat_buffer <= beat_buffer")]


def whole_claim(name, network, sizes, write, pixels, cycles, images, latest, faults, deep=True):
    """Within `cycles` so many images can be done, and the faults show. latest: cycles within which a result comes."""
    first, second = (_packed(layer.weights) for layer in network.layers)
    return Claim(
        name, "the result of each frame comes once, in order, and is what plain loops over all steps and neurons make "
        "of its pixels", f"{sizes}, {_some(pixels, 'pixel')} a beat; {_some(images, 'image')} can be done; "
        f"results and room for a beat come within {latest} cycles of a sink that is ready", write,
        "whole.sv", cycles, faults, deep=deep, reach=cycles,
        defines=dict(INPUTS=network.inputs, WAYS=pixels, HIDDEN=len(network.layers[0].thresholds),
                     STEPS=network.steps, THRESHOLD=THRESHOLD, HIDDEN_WEIGHTS=first, CLASS_WEIGHTS=second,
                     IMAGES=images, LATEST=latest))


def _some(count, thing):
    return f"{count} {thing}{'s'[:count > 1]}"


def _packed(weights):
    """Signed weights as one number of Verilog, the first lowest."""
    number = sum((int(weight) & (1 << WEIGHT_BITS) - 1) << WEIGHT_BITS * k for k, weight in enumerate(weights.ravel()))
    return f"{WEIGHT_BITS * weights.size}'d{number}"


WHOLE_CLAIMS = [
    whole_claim("whole", tiny_network(), TINY, tiny(1), 1, 40, 2, 24, [*EARLY, *LATE, *STOPS], deep=False),
    whole_claim("whole_two_ways", tiny_network(), TINY, tiny(2), 2, 54, 3, 24, [*LATE, *STOPS]),
    whole_claim("whole_small", small_network(), SMALL, small("accelerator"), 2, 44, 2, 24, [*EARLY, *LATE, *STOPS]),
]
