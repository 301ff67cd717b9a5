"""What is claimed of the core: queues, neurons, results, and a small accelerator as a whole."""

from first_spike.golden.contract.limits import RESULT_PLACES
from tb.formal.claim import UNBOUNDED, Claim
from tb.formal.designs import SMALL, block, make_first_step_queue, make_lane, make_queue, make_sender, small

QUEUES = {"serializer_queue.v": "queue_bounds.v", "result_queue.v": "queue_bounds.v",
          "frame_loader.v": "loader_bounds.v", "first_step_queue.v": "first_step_bounds.v"}


def queue_claim(text, depth, width, deep=False):
    return Claim(
        f"queue_{depth}", text, f"{depth} entries of {width} bits", block(make_queue, depth=depth, width=width),
        "queue.sv", UNBOUNDED, [("queue.v", "entries[tail] <= entry", "entries[read] <= entry")],
        deep=deep, defines=dict(DEPTH=depth, BITS=width), inside={"queue.v": "queue_inside.v"})


def lane_claim(ways):
    return Claim(
        f"lane_{ways}", "a neuron fires at most once an image",
        f"{ways} {'way' if ways == 1 else 'ways'} of 4 bits, potentials of 8",
        block(make_lane, ways=ways, code_bits=4, potential_bits=8), "lane.sv", UNBOUNDED,
        [("if_lane.v", "test && !fired", "test")], defines=dict(BITS=4 * ways, POTENTIAL=8))


CORE_CLAIMS = [
    queue_claim("a queue loses, doubles and reorders nothing", 2, 16),
    queue_claim("the same, where the depth is no power of two", 3, 16),
    queue_claim("the same, as deep as between layers", 16, 1, deep=True),
    Claim(
        "first_step_queue", "the queue of the first step loses, doubles and reorders nothing, and is never late",
        "4 words of 2 bits", block(make_first_step_queue, depth=4, width=2), "first_step_queue.sv", UNBOUNDED,
        [("first_step_queue.v", "entries[tail] <= entry", "entries[next_read] <= entry"),
         ("first_step_queue.v", "has_word <= next_read != tail", "has_word <= 1'b1")],
        defines=dict(DEPTH=4, BITS=2)),
    *(lane_claim(ways) for ways in (1, 2, 4)),
    Claim(
        "result_sender", "no result is lost, changed, withdrawn or without a place, and no place is lost",
        f"classes of 2 bits, {RESULT_PLACES} places", block(make_sender, class_bits=2), "result_sender.sv", UNBOUNDED,
        [("result_sender.v", "decided && !pop", "decided"),
         ("result_queue.v", "entries[tail] <= entry", "entries[tail] <= (tail ? entry & ~1 : entry)")],
        defines=dict(BITS=14, VERDICT=3, PLACES=RESULT_PLACES)),
    Claim(
        "accelerator", "queues never over- or underflow, at most two buffers are taken and none is freed twice, "
        "at most seven frames are under way, and results stay until they are taken", SMALL, small("accelerator"),
        "accelerator.sv", 60, [("readout.v", "s_control_decide && !rst", "s_control_decide")], defines=dict(BITS=16),
        inside=QUEUES),
]
