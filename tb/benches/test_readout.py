"""Bench of the readout: who fires and the potentials in, one result word an image out."""

import json
import os

import cocotb
import numpy as np
import pytest
from cocotb.triggers import RisingEdge
from cocotbext.axi import AxiStreamBus, AxiStreamSink
from myhdl import Signal, intbv

from first_spike.golden.contract.limits import pack
from first_spike.rtl_model.parts.streams import AxiStream, FireStream, ImageControl
from first_spike.rtl_model.readout.readout import readout
from tb.helpers.harness import stalls, start
from tb.helpers.oracle import read_out

REST = 4  # cycles at least between `flush` and what the next image brings, as in the smallest accelerator


def make(neurons, lanes, steps, potential_bits):
    """The block and its arguments."""
    step_bits, folds = steps.bit_length() - 1, -(-neurons // lanes)
    return readout, dict(clk=Signal(bool(0)), rst=Signal(bool(0)), s_fire=FireStream(lanes, folds, step_bits),
                         m_axis=AxiStream(32), s_control=ImageControl(),
                         potentials=Signal(intbv(0)[lanes * potential_bits:]), step_bits=step_bits)


class Bench:
    """Steps of an output layer in, result words out."""

    def __init__(self, dut, source_stalls, sink_stalls):
        self.dut = dut
        self.parameters = json.loads(os.environ["FIRST_SPIKE_BENCH"])
        self.neurons, self.lanes, self.steps = (self.parameters[name] for name in ("neurons", "lanes", "steps"))
        self.folds = -(-self.neurons // self.lanes)
        self.low, self.high = -(1 << (self.parameters["potential_bits"] - 1)), (1 << (self.parameters["potential_bits"]
                                                                                      - 1)) - 1
        self.rng = np.random.default_rng(cocotb.RANDOM_SEED)
        self.pauses = stalls(source_stalls, self.rng)
        self.sink = AxiStreamSink(AxiStreamBus.from_prefix(dut, "m_axis"), dut.clk, dut.rst, byte_lanes=4)
        self.sink.log.setLevel("WARNING")
        self.sink.set_pause_generator(stalls(sink_stalls, self.rng))

    async def begin(self):
        for name in ("valid", "fires", "step", "end") + (("fold", "last_fold") if self.folds > 1 else ()):
            getattr(self.dut, f"s_fire_{name}").value = 0
        self.dut.potentials.value = 0
        self.dut.s_control_bad_frame.value = 0
        await start(self.dut)
        await RisingEdge(self.dut.clk)  # clear follows the reset by a cycle

    async def play(self, image, bad):
        """Offer the steps of an image (list of (step, potentials)) until it is flushed, and a while of nothing."""
        dut = self.dut
        while not dut.s_control_space.value:
            await RisingEdge(dut.clk)
        dut.s_control_bad_frame.value = int(bad)
        flushed, decided = False, False
        for number, (step, potentials) in enumerate(image):
            for fold in range(self.folds):
                own = potentials[fold * self.lanes:(fold + 1) * self.lanes]
                own = own + [self.low] * (self.lanes - len(own))
                while not flushed and next(self.pauses):
                    flushed, decided = await self.cycle(decided)
                if not flushed:
                    dut.s_fire_valid.value = 1
                    dut.s_fire_fires.value = sum(1 << lane for lane, potential in enumerate(own) if potential >= 0)
                    dut.s_fire_step.value = step
                    dut.s_fire_end.value = int(number == len(image) - 1)
                    bits = self.parameters["potential_bits"]
                    dut.potentials.value = sum((value % (1 << bits)) << (lane * bits) for lane, value in enumerate(own))
                    if self.folds > 1:
                        dut.s_fire_fold.value = fold
                        dut.s_fire_last_fold.value = int(fold == self.folds - 1)
                    flushed, decided = await self.cycle(decided)
                    dut.s_fire_valid.value = 0
        while not flushed:
            flushed, decided = await self.cycle(decided)
        for _ in range(REST + int(self.rng.integers(0, 3))):
            await RisingEdge(dut.clk)
            assert not dut.s_control_flush.value, "a flush too many"

    async def cycle(self, decided):
        """One cycle; (is this the flush, is this the decision). The one follows the other."""
        await RisingEdge(self.dut.clk)
        flush, clear = self.dut.s_control_flush.value, self.dut.s_control_clear.value
        assert flush == clear == decided, "they come one cycle after decide"
        return decided, bool(self.dut.s_control_decide.value)

    async def check(self, images):
        """Play images and compare the words; `images` are pairs of (steps, bad)."""
        playing = cocotb.start_soon(self.play_all(images))
        for image, bad in images:
            frame = await self.sink.recv()
            word = int.from_bytes(bytes(frame.tdata), "little")
            assert word == expected_word(image, self.steps, bad), f"{word:08x} for {image}, bad {bad}"
        await playing
        assert self.sink.empty()

    async def play_all(self, images):
        for image, bad in images:
            await self.play(image, bad)

    def random_image(self):
        """Steps in which potentials move about the threshold, often equal to each other."""
        steps = np.sort(self.rng.choice(self.steps, int(self.rng.integers(1, min(self.steps, 6) + 1)), replace=False))
        centre = self.rng.integers(self.low, max(1, self.high // 4))
        spread = self.rng.choice([1, 3, self.high])
        return [(int(step), np.clip(self.rng.integers(centre - spread, centre + spread + 1, self.neurons), self.low,
                                    self.high).tolist())
                for step in steps]


def expected_word(image, steps, bad):
    """The result word by the contract's rule, from golden's slow oracle."""
    times = [next((step for step, potentials in image if potentials[j] >= 0), steps) for j in range(len(image[0][1]))]
    potentials = next((potentials for _, potentials in image if max(potentials) >= 0), image[-1][1])
    verdict = read_out(steps, [None, times], potentials, None, None)
    return int(pack(verdict.class_index, verdict.decision_time, verdict.silent, verdict.tie, bad))


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def follows_a_table_made_by_hand(dut):
    """(potentials at steps 0 and 1, word): the rest of the neurons stays at the lowest potential."""
    bench = Bench(dut, "none", "none")
    await bench.begin()
    last, steps = bench.neurons - 1, bench.steps
    rest = [bench.low] * bench.neurons

    def at(**potentials):
        return [potentials.get(f"n{j}", value) for j, value in enumerate(rest)]

    table = [
        ([at(n0=0), at(n0=3)], 0x00000000),  # the first neuron, in step 0
        ([at(n0=-1), at(n0=0)], 0x00010000),  # in step 1
        ([at(**{f"n{last}": -1}), at(**{f"n{last}": bench.high})], last | 0x00010000),
        ([at(n0=-2), at(n0=-1)], 0 | steps << 16 | 0x20000000),  # silent
        ([at(), at()], 0 | steps << 16 | 0x20000000),  # silent, all equal: the lowest index
    ]
    if bench.neurons > 1:
        table += [
            ([at(n0=1, n1=1), at()], 0x40000000),  # a tie: equal potentials, the lower index
            ([at(n0=1, n1=2), at(n0=9)], 0x40000001),  # a tie: the larger potential
            ([at(n0=-1, n1=0), at(n0=bench.high)], 0x00000001),  # what comes later does not count
            ([at(n0=bench.high), at(n1=-1)], 0x00000000),
            ([at(n0=-4, n1=-3), at(n0=-3, n1=-2)], 1 | steps << 16 | 0x20000000),  # silent: the largest at the end
        ]
    for potentials, word in table:
        image = list(enumerate(potentials))
        assert expected_word(image, steps, False) == word
        await bench.check([(image, False), (image, True)])


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(source_stalls=["none", "periodic", "0.4"], sink_stalls=["none", "periodic", "0.9"])
async def matches_golden(dut, source_stalls, sink_stalls):
    bench = Bench(dut, source_stalls, sink_stalls)
    await bench.begin()
    await bench.check([(bench.random_image(), bool(bench.rng.integers(2))) for _ in range(40)])


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def recovers_from_reset(dut):
    """A reset of one cycle; what the layer still says in the cycle after it decides nothing."""
    bench = Bench(dut, "none", "0.5")
    await bench.begin()
    for _ in range(30):
        playing = cocotb.start_soon(bench.play_all([(bench.random_image(), True) for _ in range(4)]))
        for _ in range(int(bench.rng.integers(1, 30))):
            await RisingEdge(dut.clk)
        playing.cancel()
        dut.rst.value = 1
        for _ in range(2):
            dut.s_fire_valid.value = 1
            dut.s_fire_fires.value = int(bench.rng.integers(2))
            dut.s_fire_end.value = int(bench.rng.integers(2))
            if bench.folds > 1:
                dut.s_fire_last_fold.value = int(bench.rng.integers(2))
            await RisingEdge(dut.clk)
            dut.rst.value = 0
        dut.s_fire_valid.value = 0
        bench.sink.clear()
        for _ in range(REST):
            assert not dut.s_control_flush.value, "a decision that the reset met ended an image"
            await RisingEdge(dut.clk)
        await bench.check([(bench.random_image(), False) for _ in range(2)])


DESIGNS = {  # neurons, lanes, steps, potential_bits
    "ten": (10, 10, 16, 8),
    "one": (1, 1, 2, 5),
    "seven in folds": (7, 3, 256, 6),
    "one lane": (5, 1, 32, 9),
}


QUICK = ("seven in folds",)  # in every run


@pytest.mark.parametrize("name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.long)
                                  for name in DESIGNS])
def test_readout(run_block, name):
    assert run_block(__name__, make, dict(zip(("neurons", "lanes", "steps", "potential_bits"), DESIGNS[name]))) == 11
