"""What is claimed of convolutions: the words of their potentials, and the candidates among them."""

from tb.formal.claim import UNBOUNDED, Claim
from tb.formal.designs import block, make_candidates, make_convolution

SIZES = "a map of 2 x 2 words, windows of 1 x 2"
WORDS = 4


def candidates_claim(name, cycles, watched, deep):
    return Claim(
        name, "a word of a convolution waits once among the candidates, and if it is above its threshold at the end "
        "of a step, it was tested", f"word {watched} of {SIZES}, any spikes, potentials and stalls",
        block(make_convolution), "convolution.sv", cycles,
        [("layer0_map_words.v", "some && !queued", "some"), ("layer0_visit_pipeline.v", "travelling != 0", "0")],
        defines=dict(INPUTS=9, WATCH=watched), inside={"map_words.v": "convolution_inside.v"},
        instead={"layer0_lane": "any_lane.v", "layer0_candidates": "any_candidates.v",
                 "layer0_potentials": "any_potentials.v"}, deep=deep)


CONVOLUTION_CLAIMS = [
    Claim(
        "interlock", "no visit of a convolution reads a word or a window that is still to be written, but for the "
        "window that is handed over", f"{SIZES}, any visits", block(make_convolution), "interlock.sv", UNBOUNDED,
        [("layer0_visit_pipeline.v", "interlock_hazards_word_hazards != 0", "0"),
         ("layer0_visit_pipeline.v", "interlock_hazards_window_hazards != 0", "0")],
        inside={"visit_pipeline.v": "interlock_inside.v"},
        instead={"layer0_lane": "any_lane.v", "layer0_visit_sequencer": "any_visits.v"}),
    Claim(
        "candidate_queue", "the queue of candidates loses, doubles and reorders no word, and has room for all",
        f"{WORDS} words", block(make_candidates, words=WORDS), "candidate_queue.sv", UNBOUNDED,
        [("candidate_queue.v", "room <= room - 1", "room <= room"),
         ("candidate_queue.v", "tail <= tail + 1", "tail <= tail"),
         ("candidate_queue.v", "room == CANDIDATES_AHEAD", "1")], defines=dict(WORDS=WORDS),
        inside={"candidate_queue.v": "candidates_inside.v", "front.v": "queue_bounds.v"}),
    candidates_claim("candidates", 40, 1, deep=False),
    *(candidates_claim(f"candidates_{word}", 60, word, deep=True) for word in range(WORDS)),
]
