"""What is proved.

What is claimed of the core: queues, neurons, results, and a small accelerator as a whole.

What is claimed of convolutions: the words of their potentials, and the candidates among them.

What is claimed of whole accelerators: every result is what a short reference in Verilog makes of the frame.

What is claimed of the registers, of the loader, and of weights that are loaded.

What is claimed of the blocks of the serial bridge.
"""

from first_spike.golden.contract.limits import RESULT_PLACES, TAG_PLACES
from first_spike.rtl_model.serial.bundles import MOST_WORDS
from tb.formal.designs import (
    SMALL,
    THRESHOLD,
    TINY,
    UNBOUNDED,
    Claim,
    block,
    make_bridge,
    make_candidates,
    make_convolution,
    make_first_step_queue,
    make_frame_sender,
    make_lane,
    make_loader,
    make_pixel_writer,
    make_queue,
    make_receiver,
    make_sender,
    make_serial_bridge,
    make_splitter,
    make_tag,
    make_uart,
    small,
    small_loadable,
    small_network,
    tiny,
    tiny_network,
)
from tb.formal.processor_claims import PROCESSOR_CLAIMS

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


def splitter_claim(name, text, lengths, beats, faults):
    return Claim(
        name, text, f"4 bytes to single ones, {lengths}", block(make_splitter, parts=4, beats=beats),
        "beat_splitter.sv", UNBOUNDED, [*faults, ("beat_splitter.v", "data >> BITS", "data")],
        defines=dict(WIDTH=32, BEATS=beats))


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
        "frame_tag", "each result has the tag of the first beat of its frame", f"tags of 2 bits, {TAG_PLACES} frames",
        block(make_tag), "frame_tag.sv", UNBOUNDED,
        [("frame_tag.v", "if (!in_frame)", "if (frame_last)"),
         ("frame_tag.v", "in_frame <= 0", "in_frame <= in_frame")],
        defines=dict(PLACES=TAG_PLACES)),
    splitter_claim("beat_splitter", "each beat gives its narrow ones, whole and in order, and no padding",
                   "images of 6", 6, [("beat_splitter.v", "number != WIDE - 1", "1")]),
    splitter_claim("beat_splitter_events", "the same of recordings, and no null bytes behind them", "any length", 0,
                   [("beat_splitter.v", "behind = 0", "behind = PARTS - 1")]),
    Claim(
        "accelerator", "queues never over- or underflow, at most two buffers are taken and none is freed twice, "
        "at most seven frames are under way, and results stay until they are taken", SMALL, small("accelerator"),
        "accelerator.sv", 60, [("readout.v", "s_control_decide && !rst", "s_control_decide")], defines=dict(BITS=16),
        inside=QUEUES),
]


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


WEIGHT_BITS = 4  # of the words that the reference takes
STOPS = [("readout.v", "push = verdict_delay[DELAY_BITS - 1]", "push = 0")]
EARLY = [("readout.v", "verdict_tie <= tied", "verdict_tie <= 0"),
         ("readout.v", "decision_time = verdict_step", "decision_time = 0"),
         ("frame_loader.v", "m_beat_bad <= at_end != s_axis_tlast", "m_beat_bad <= !s_axis_tlast"),
         ("frame_loader.v", "exceeds || room;", "exceeds || (room && row == 0);")]  # between two beats of a frame
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
    whole_claim("whole_small", small_network(), SMALL, small("accelerator"), 2, 44, 2, 30, [*EARLY, *LATE, *STOPS]),
]


ANY_CORE = {"accelerator": "any_accelerator.v", "crc32": "any_crc32.v"}
LOADS = ("a command of the loader does what it has to, and nothing where it is refused; words of a load go to their "
         "places inside of the memories")
LOADED = f"{SMALL}, weights in two banks"


def loader_claim(text, banks, fault):
    return Claim(
        f"loader_{banks}", text, f"5 words, {banks} {'bank' if banks == 1 else 'banks'}",
        block(make_loader, words=5, banks=banks), "loader.sv", UNBOUNDED,
        [("loader.v", "m_load_valid <= place != WORDS", "m_load_valid <= 1"), fault,
         ("loader.v", "commit && begun", "commit && begun && errors == 0"),
         ("loader.v", "s_command_begin && idle && !wrong_bank", "s_command_begin && idle")],
        defines=dict(WORDS=5, BANKS=banks), inside={"loader.v": "loader_inside.v"}, instead={"crc32": "any_crc32.v"})


def pixel_writer_claim(pixels, inputs, fault, deep=False):
    return Claim(
        f"pixel_writer_{pixels}", "pixels that software writes become beats of frames: none is lost, doubled, moved or "
        "changed, and each frame ends with its image", f"images of {inputs} pixels, {pixels} a beat",
        block(make_pixel_writer, inputs=inputs, pixels=pixels), "pixel_writer.sv", UNBOUNDED,
        [("pixel_writer.v", *fault)], defines=dict(INPUTS=inputs, PIXELS=pixels), deep=deep)


REGISTER_CLAIMS = [
    Claim(
        "registers", "AXI4-Lite's rules at the port of the registers: answers stay until they are taken, and none "
        "comes unasked", f"{LOADED}, around any core", small_loadable("accelerator_axi", 2), "registers.sv", UNBOUNDED,
        [("axi_lite.v", "answered && s_axil_bready", "answered"),
         ("axi_lite.v", "else if (s_axil_rready)", "else"),
         ("axi_lite.v", "assign s_axil_arready = !read && !reading", "assign s_axil_arready = 1")],
        defines=dict(BUS=1), rules=("axi_lite_rules.sv",), instead=ANY_CORE),
    Claim(
        "results", "AXI4-Stream's rules for results behind the registers; frames and results go one way, unchanged, "
        "which changes between two images only, as soon as it can", f"{SMALL}, around any core",
        small("accelerator_axi"), "registers.sv", UNBOUNDED,
        [("stream_switch.v", "!busy && !begun", "!begun"), ("stream_switch.v", "taken && !begun", "taken"),
         ("stream_switch.v", "under_way != 0 || in_frame", "under_way != 0")],
        inside={"accelerator_axi.v": "results_inside.v", "stream_switch.v": "switch_inside.v"}, instead=ANY_CORE),
    loader_claim(f"{LOADS}; they come while no image is under way", 1,
                 ("loader.v", "assign judge_mixed = busy", "assign judge_mixed = 0")),
    loader_claim(f"{LOADS}; they never go to the bank that an image works with", 2,
                 ("loader.v", "s_command_data[0] == used && !hold", "1'b0")),
    Claim(
        "memories", "no word that is loaded is written outside of its memory, whatever words come for whatever "
        "addresses", LOADED, small_loadable("accelerator", 2), "loadable.sv", UNBOUNDED,
        [("load_region.v", "place < words", "place <= words")], inside={"_weights.v": "weights_inside.v"}),
    Claim(
        "bank", "an image has one bank of weights, from its first spikes to its decision", LOADED,
        small_loadable("accelerator", 2), "loadable.sv", 40, [("bank_select.v", "idle || rst", "1")],
        inside={"accelerator.v": "bank_inside.v"}),
    pixel_writer_claim(1, 6, ("left == 0 || last", "left == 0")),
    pixel_writer_claim(2, 5, ("left == 0 || last", "left == 0"), deep=True),
    pixel_writer_claim(4, 6, ("!valid || m_axis_tready", "1")),
    pixel_writer_claim(8, 13, ("else if (m_axis_tready)", "else if (1)"), deep=True),
    pixel_writer_claim(16, 21, ("last && place == LAST_WORDS - 1", "0")),
]


SERIAL_SIZES = dict(MOST_WORDS=MOST_WORDS)

SERIAL_CLAIMS = [
    Claim(
        "uart_rx", "nine cycles or more lie between two bytes of the line", "4 cycles a bit",
        block(make_uart, cycles_per_bit=4), "uart_rx.sv", UNBOUNDED,
        [("uart_rx.v", "now <= IDLE;\n                m_byte_valid <= 1", "m_byte_valid <= 1")]),
    Claim(
        "receiver", "the buffer of the serial bridge is never overrun, the CRC is free for each byte, and a frame "
        "stays until it is released", "bytes nine cycles apart at least", block(make_receiver), "receiver.sv",
        UNBOUNDED, [("frame_receiver.v", "else if (held)", "else if (0)")], defines=SERIAL_SIZES,
        inside={"frame_receiver.v": "receiver_inside.v"}, reach=200),
    Claim(
        "bridge", "AXI4-Lite's rules at the port of the serial bridge; its accesses, their words and its answers are "
        "those that a frame asks for, and stay inside of the buffer",
        "any frames, one at a time, and any registers", block(make_bridge), "bridge.sv", UNBOUNDED,
        [("bridge.v", "m_axil_wready || !wvalid", "1"), ("bridge.v", "count <= MOST_WORDS", "1"),
         ("bridge.v", "m_axil_awaddr = {index, 2'h0}", "m_axil_awaddr = {index + 10'd3, 2'h0}")], defines=SERIAL_SIZES,
        rules=("axi_lite_rules.sv",), inside={"bridge.v": "bridge_inside.v"}, induction=4),
    Claim(
        "sender", "bytes to the line stay until they are taken, and the CRC is free for each", "any words",
        block(make_frame_sender), "sender.sv", UNBOUNDED, [("frame_sender.v", "&& free", "")], defines=SERIAL_SIZES,
        inside={"frame_sender.v": "sender_inside.v"}),
    Claim(
        "serial_bridge", "what the pieces of the serial bridge take for granted of each other: one frame at a time, "
        "which stays until it is answered; nobody writes the buffer while another uses it",
        "any bytes three cycles apart at least, any CRC, any registers", block(make_serial_bridge), "serial_bridge.sv",
        66, [("bridge.v", "else if (m_reply_sent)", "else if (1)"),
             ("frame_receiver.v", "else if (held)", "else if (0)")], defines=SERIAL_SIZES, rules=("axi_lite_rules.sv",),
        inside={"serial_bridge.v": "serial_inside.v"}, instead={
            "uart_rx": "any_uart_rx.v", "uart_tx": "any_uart_tx.v", "crc32": "any_crc32.v",
            "frame_buffer": "any_frame_buffer.v"}),
]


CLAIMS = [*CORE_CLAIMS, *WHOLE_CLAIMS, *REGISTER_CLAIMS, *SERIAL_CLAIMS, *CONVOLUTION_CLAIMS, *PROCESSOR_CLAIMS]
