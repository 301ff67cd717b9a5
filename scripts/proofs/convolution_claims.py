"""What is claimed of convolutions: the words of their potentials, and the candidates among them."""

from scripts.proofs.claim import UNBOUNDED, Claim
from scripts.proofs.designs import block, make_convolution

SIZES = "a map of 2 x 2 words, windows of 1 x 2"

CONVOLUTION_CLAIMS = [
    Claim(
        "interlock", "no visit of a convolution reads a word or a window that is still to be written, but for the window "
        "that is handed over", f"{SIZES}, any visits", block(make_convolution), "interlock.sv", UNBOUNDED,
        [("if_layer_map.v", "interlock_word_hazards != 0", "0"),
         ("if_layer_map.v", "(interlock_window_hazards != 0)", "0")],
        inside={"if_layer_map.v": "interlock_inside.v"},
        instead={"layer0_lane": "any_lane.v", "layer0_visit_sequencer": "any_visits.v"}),
    Claim(
        "convolution", "a word waits once among the candidates, there is room for all, what is above its threshold at the "
        "end of a step is tested, and a window fires once an image", f"{SIZES}, any spikes, potentials and stalls",
        block(make_convolution), "convolution.sv", 50, [("if_layer_map.v", "some && (!queued)", "some")],
        defines=dict(INPUTS=9), inside={"if_layer_map.v": "convolution_inside.v", "candidates.v": "candidates_inside.v",
                                        "front.v": "queue_bounds.v"}, instead={"layer0_lane": "any_lane.v"}),
]
