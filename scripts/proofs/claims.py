"""What is proved: each claim with the design, the sizes, the method, and faults that it must not survive."""

from collections.abc import Callable
from dataclasses import dataclass, field

from golden.contract.limits import RESULT_PLACES
from scripts.proofs.designs import SMALL, block, make_lane, make_loader, make_queue, make_sender, small, small_loadable

UNBOUNDED = 0
REACH = 80  # cycles within which what a claim speaks of can happen, and a fault shows


@dataclass(frozen=True)
class Claim:
    """name; text: what holds, in a sentence; sizes, in words; property: the file in properties/ with the module
    `proof`; write(folder): makes the design; defines: {macro: number} for the property; cycles: how deep it is proved
    from reset on, UNBOUNDED for all times; faults: [(file, code, what replaces it)], with each of which the proof has to fail.
    inside: {how the names of modules end: the file in properties/ with what is claimed inside them, in which a
    parameter of the module stands in capitals}; instead: {module: the file in properties/ that takes its place}; rules:
    files in properties/ with modules that the property uses; reach: as REACH; deep: takes long, and is proved where it
    is asked for."""

    name: str
    text: str
    sizes: str
    property: str
    write: Callable
    defines: dict
    cycles: int
    faults: list
    inside: dict = field(default_factory=dict)
    instead: dict = field(default_factory=dict)
    rules: tuple = ()
    reach: int = REACH
    deep: bool = False


INSIDE = {"queue.v": "queue_inside.v"}
QUEUES = {"queue.v": "queue_bounds.v", "frame_loader.v": "loader_bounds.v"}
ANY_CORE = {"accelerator": "any_accelerator.v", "crc32": "any_crc32.v"}
LOADED = f"{SMALL}, weights in two banks"


def loader_claim(text, banks, fault):
    return Claim(f"loader_{banks}", text, f"5 words, {banks} {'bank' if banks == 1 else 'banks'}", "loader.sv",
                 block(make_loader, words=5, banks=banks), dict(WORDS=5, BANKS=banks), UNBOUNDED,
                 [("loader.v", "m_load_valid <= (place != 5)", "m_load_valid <= 1"), fault],
                 {"loader.v": "loader_inside.v"}, {"crc32": "any_crc32.v"})


def queue_claim(text, depth, width):
    return Claim(f"queue_{depth}", text, f"{depth} entries of {width} bits", "queue.sv",
                 block(make_queue, depth=depth, width=width), dict(DEPTH=depth, BITS=width), UNBOUNDED,
                 [("queue.v", "entries[tail] <= entry", "entries[read] <= entry")], INSIDE)


def lane_claim(ways):
    return Claim(f"lane_{ways}", "a neuron fires at most once an image",
                 f"{ways} {'way' if ways == 1 else 'ways'} of 4 bits, potentials of 8", "lane.sv",
                 block(make_lane, ways=ways, code_bits=4, potential_bits=8), dict(BITS=4 * ways, POTENTIAL=8),
                 UNBOUNDED, [("if_lane.v", "test && (!fired)", "test")])


CLAIMS = [
    queue_claim("a queue loses, doubles and reorders nothing", 2, 16),
    queue_claim("the same, where the depth is no power of two", 3, 16),
    queue_claim("the same, as deep as between layers", 16, 1),
    *(lane_claim(ways) for ways in (1, 2, 4)),
    Claim("result_sender", "no result is lost, withdrawn or without a place, and no place is lost",
          f"classes of 2 bits, {RESULT_PLACES} places", "result_sender.sv", block(make_sender, class_bits=2),
          dict(BITS=14, VERDICT=3, PLACES=RESULT_PLACES), UNBOUNDED,
          [("result_sender.v", "decided && (!pop)", "decided")]),
    Claim("accelerator", "queues never over- or underflow, at most two buffers are taken and none is freed twice, "
          "results stay until they are taken", SMALL, "accelerator.sv", small("accelerator"), dict(BITS=16), 60,
          [("readout.v", "s_control_decide && (!rst)", "s_control_decide")], QUEUES),
    Claim("registers", "AXI4-Lite's rules at the port of the registers: answers stay until they are taken, and none comes "
          "unasked", f"the registers for {LOADED}, around any core", "registers.sv",
          small_loadable("accelerator_axi", 2), dict(BUS=1), UNBOUNDED,
          [("axi_lite.v", "answered && s_axil_bready", "answered"),
           ("axi_lite.v", "else if (s_axil_rready)", "else"),
           ("axi_lite.v", "assign s_axil_arready = ((!read) && (!reading))", "assign s_axil_arready = 1")],
          instead=ANY_CORE, rules=("axi_lite_rules.sv",)),
    Claim("results", "a result stays until it is taken, and the way of pixels and results changes between two images only",
          f"the registers for {SMALL}, around any core", "registers.sv", small("accelerator_axi"), {}, UNBOUNDED,
          [("stream_switch.v", "(!busy) && (!begun)", "!begun"), ("stream_switch.v", "taken && (!begun)", "taken")],
          {"accelerator_axi.v": "results_inside.v", "stream_switch.v": "switch_inside.v"}, ANY_CORE),
    loader_claim("words of a load stay inside of the memories, and come while no image is under way", 1,
                 ("loader.v", "assign mixed = busy", "assign mixed = 0")),
    loader_claim("words of a load stay inside of the memories, and never go to the bank that an image works with", 2,
                 ("loader.v", "(s_command_data[0] == used) && (!hold)", "1'b0")),
    Claim("memories", "no word that is loaded is written outside of its memory, whatever words come for whatever "
          "addresses", LOADED, "loadable.sv", small_loadable("accelerator", 2), {}, UNBOUNDED,
          [("load_region.v", "place < words", "place <= words")], {"_weights.v": "weights_inside.v"}),
    Claim("bank", "an image has one bank of weights, from its first spikes to its decision", LOADED, "loadable.sv",
          small_loadable("accelerator", 2), {}, 40, [("bank_select.v", "if (idle)", "if (1)")],
          {"accelerator.v": "bank_inside.v"}),
]
