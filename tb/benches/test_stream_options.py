"""Bench of what streams may have beside data: null bytes, tags that go to the result, beats wider than the design's.

The same and more is played in compiled code (STREAM_DESIGNS of small_designs.py); here other people's ends of the
streams say what an AXI4-Stream is."""

import cocotb
import numpy as np
import pytest
from cocotb.triggers import with_timeout
from cocotbext.axi import AxiStreamFrame

from first_spike.commands.lint import lint
from first_spike.golden.contract.base_network import PIXELS
from first_spike.golden.contract.limits import pack
from first_spike.golden.inference.infer import infer
from first_spike.golden.recordings import Recordings
from first_spike.rtl_model.shape.frames import EVENT_BITS, frames_of
from tb.scenarios.accelerator_bench import AcceleratorBench
from tb.scenarios.small_designs import STREAM_DESIGNS

BENCHES = 5  # cocotb tests below, each value of their parameters counted
FRAMES = 24


def spoilt(bench, images):
    """(images, which are bad or None, frames, TKEEP) with a null byte in every third frame, where there may be."""
    frames, bad = frames_of(bench.design, images), np.zeros(len(images), bool)
    keeps = [[1] * len(frame) for frame in frames]
    if not bench.configuration.tkeep:
        return images, None, frames, keeps
    places = [int(bench.rng.integers(len(frame))) for frame in frames]
    lists = []
    for number, place in enumerate(places):
        wrong = number % 3 == 2
        keeps[number][place] = 1 - wrong
        if bench.network.takes == PIXELS:
            bad[number] = wrong
            images[number].ravel()[place] *= not wrong
        else:
            one = images[number:number + 1]
            lists.append([(bench.network.inputs if wrong and k == place // (EVENT_BITS // 8) else source, step)
                          for k, (source, step) in enumerate(zip(one.inputs.tolist(), one.steps.tolist()))])
    return (images, bad, frames, keeps) if bench.network.takes == PIXELS else (Recordings.of_lists(lists), None, frames,
                                                                              keeps)


@cocotb.test(timeout_time=10, timeout_unit="ms")
@cocotb.parametrize(source_stalls=[0, 50], sink_stalls=[0, 90])
async def results_have_the_tags_of_their_frames(dut, source_stalls, sink_stalls):
    """Those of the first beat, while the others say something else; pixels that are null bytes are black."""
    bench = AcceleratorBench(dut, source_stalls, sink_stalls)
    await bench.begin()
    images = bench.images(FRAMES)
    if bench.network.takes != PIXELS:  # what an empty recording consists of is no event
        images = images[np.flatnonzero(np.diff(images.offsets))]
    images, bad, frames, keeps = spoilt(bench, images)
    found = infer(bench.network, images)
    right = pack(found.classes, found.decision_time, found.silent, found.tie, found.bad if bad is None else bad)
    chosen = dict(tid=bench.configuration.tid_bits, tuser=bench.configuration.tuser_bits)
    tags = {name: [int(bench.rng.integers(1 << bits)) for _ in frames] for name, bits in chosen.items() if bits}
    for number, (frame, keep) in enumerate(zip(frames, keeps)):
        sides = {name: [values[number]] * bench.beat_bytes + [values[number] ^ 1] * len(frame)
                 for name, values in tags.items()}
        bench.ends.source.send_nowait(AxiStreamFrame(frame, keep, **sides))
    for number, word in enumerate(right):
        frame = await with_timeout(bench.ends.sink.recv(), bench.deadline, "ns")
        assert int.from_bytes(bytes(frame.tdata), "little") == word, f"image {number}"
        assert {name: getattr(frame, name) for name in tags} == {name: values[number] for name, values in tags.items()}
    await bench.ends.source.wait()
    assert bench.ends.sink.empty()


@cocotb.test(timeout_time=10, timeout_unit="ms")
async def matches_golden(dut):
    """Back to back, with all spikes and cycles."""
    bench = AcceleratorBench(dut)
    await bench.begin()
    await bench.classify(bench.images(12))


CORES = [name for name, design in STREAM_DESIGNS.items() if design.top == "accelerator"]


@pytest.mark.parametrize("name", [
    pytest.param(name, marks=pytest.mark.thorough if name == "cut-beats" else pytest.mark.grid) for name in CORES])
def test_stream_options(run_accelerator, name):
    small = STREAM_DESIGNS[name]
    assert run_accelerator(__name__, small.network(), small.configuration) == BENCHES


@pytest.mark.thorough
@pytest.mark.parametrize("name", STREAM_DESIGNS)
def test_designs_with_options_of_streams_are_clean(network_designs, name):
    small = STREAM_DESIGNS[name]
    assert lint(network_designs(small.network(), small.configuration, small.top) / "verilog") == []
