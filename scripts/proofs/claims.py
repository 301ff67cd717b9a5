"""What is proved: each claim with the block, the sizes, the method, and a fault that it must not survive."""

from collections.abc import Callable
from dataclasses import dataclass, field

from myhdl import Signal, intbv

from golden.contract.limits import RESULT_PLACES
from rtl_model.layer.if_lane import if_lane
from rtl_model.parts.queue import queue
from rtl_model.parts.streams import AxiStream
from rtl_model.readout.result_sender import result_sender

UNBOUNDED = 0


@dataclass(frozen=True)
class Claim:
    """name; text: what holds, in a sentence; sizes, in words; property: the file in properties/; make(**parameters):
    the block and its arguments, or None for the accelerator of the small network; defines: {macro: number} for the
    property; cycles: how deep it is proved from reset on, UNBOUNDED for all times; fault: (file, code, what replaces
    it), with which the proof has to fail; inside: {how the names of modules end: the file in properties/ with what is
    claimed inside them}."""

    name: str
    text: str
    sizes: str
    property: str
    make: Callable | None
    parameters: dict
    defines: dict
    cycles: int
    fault: tuple
    inside: dict = field(default_factory=dict)


def bits(count):
    return Signal(intbv(0)[count:])


def bit():
    return Signal(bool(0))


def make_queue(depth, width):
    return queue, dict(clk=bit(), clear=bit(), push=bit(), entry=bits(width), pop=bit(), head=bits(width), filled=bit(),
                       depth=depth, margin=0)


def make_lane(ways, code_bits, potential_bits):
    return if_lane, dict(clk=bit(), clear=bit(), test=bit(), weights=bits(ways * code_bits), start=bits(potential_bits),
                         fires=bit(), ways=ways, code_bits=code_bits, potential_bits=potential_bits)


def make_sender(class_bits):
    return result_sender, dict(clk=bit(), rst=bit(), m_axis=AxiStream(32), push=bit(), entry=bits(class_bits + 12),
                               decided=bit(), space=bit(), class_bits=class_bits)


OVERWRITES = ("queue.v", "entries[tail] <= entry", "entries[read] <= entry")
INSIDE = {"queue.v": "queue_inside.v"}


def queue_claim(text, depth, width):
    return Claim(f"queue_{depth}", text, f"{depth} entries of {width} bits", "queue.sv", make_queue,
                 dict(depth=depth, width=width), dict(DEPTH=depth, BITS=width), UNBOUNDED, OVERWRITES, INSIDE)


CLAIMS = [
    queue_claim("a queue loses, doubles and reorders nothing", 2, 16),
    queue_claim("the same, where the depth is no power of two", 3, 16),
    queue_claim("the same, as deep as between layers", 16, 1),
    *(Claim(f"lane_{ways}", "a neuron fires at most once an image",
            f"{ways} {'way' if ways == 1 else 'ways'} of 4 bits, potentials of 8", "lane.sv", make_lane,
            dict(ways=ways, code_bits=4, potential_bits=8), dict(BITS=4 * ways, POTENTIAL=8), UNBOUNDED,
            ("if_lane.v", "test && (!fired)", "test")) for ways in (1, 2, 4)),
    Claim("result_sender", "no result is lost, withdrawn or without a place, and no place is lost",
          f"classes of 2 bits, {RESULT_PLACES} places", "result_sender.sv", make_sender, dict(class_bits=2),
          dict(BITS=14, VERDICT=3, PLACES=RESULT_PLACES), UNBOUNDED,
          ("result_sender.v", "decided && (!pop)", "decided")),
    Claim("accelerator", "queues never over- or underflow, at most two buffers are taken and none is freed twice, "
          "results stay until they are taken", "2 x 2 pixels, 3 hidden, 2 classes, T = 4", "accelerator.sv", None, {},
          dict(BITS=16), 60, ("readout.v", "s_control_decide && (!rst)", "s_control_decide"),
          {"queue.v": "queue_bounds.v", "frame_loader.v": "loader_bounds.v"}),
]
