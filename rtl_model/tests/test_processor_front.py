"""The blocks of a processor up to its lists, each by itself against plain Python."""

import zlib

import numpy as np
import pytest

from first_spike.golden.contract.processor import MAGIC, Processor
from first_spike.rtl_model.parts.streams import AxiStream, SpikeStream
from first_spike.rtl_model.processor.bundles import LayerFacts, MaskWrite, NetworkFacts, PayloadWrite, StepList
from first_spike.rtl_model.processor.event_gauge import event_gauge
from first_spike.rtl_model.processor.frame_gauge import frame_gauge
from first_spike.rtl_model.processor.load_receiver import load_receiver
from first_spike.rtl_model.processor.network_tables import network_tables
from first_spike.rtl_model.processor.spike_list import spike_list
from tb.helpers.clocked import run, send_frame, signals, vector

LIMITS = Processor(lanes=8, weight_words=64, inputs=32, steps=16, neurons=16, words=8, layers=2, pixels=2)


@pytest.mark.parametrize("name, error", [
    ("right", 0), ("magic", 1), ("early", 1), ("late", 1), ("identity", 2), ("count", 3), ("short", 3), ("field", 4),
    ("high", 4), ("mask", 4), ("crc", 5)])
def test_a_load_is_there_whole_or_not_at_all(name, error):
    rng = np.random.default_rng(1)
    ports = signals("clk", "rst", "present") | dict(s_load=AxiStream(32), m_write=PayloadWrite(LIMITS), error=vector(3))
    seen, states = [], []

    def words_of(name):
        payload = np.zeros(LIMITS.first_weight + 3, np.uint32)
        payload[-3:] = rng.integers(0, 1 << 32, 3)
        if name in ("field", "high"):
            payload[2] = LIMITS.layers if name == "field" else 1 << 16
        if name == "mask":
            payload[LIMITS.first_reach - 1] = 1 << LIMITS.pixels
        words = [MAGIC, LIMITS.identity, len(payload), *payload.tolist(), zlib.crc32(payload.astype("<u4").tobytes())]
        wrong = {"magic": (0, MAGIC ^ 1), "identity": (1, LIMITS.identity ^ 1 << 24), "crc": (-1, words[-1] ^ 1 << 31),
                 "count": (2, LIMITS.most_words + 1), "short": (2, LIMITS.first_weight - 1)}
        if name in wrong:
            place, word = wrong[name]
            words[place] = word
        return words[:-1] if name == "early" else [*words, 0] if name == "late" else words

    def stimulus():
        yield ports["clk"].posedge
        for each in (name, "right", name):
            yield from send_frame(ports["clk"], ports["s_load"], words_of(each))
            yield ports["clk"].negedge
            states.append((bool(ports["present"]), int(ports["error"])))
            if each == "right":
                seen.append(states[-1])
            yield ports["clk"].posedge

    run(load_receiver, {**ports, "limits": LIMITS}, stimulus())
    assert states == [(error == 0, error), (True, 0), (error == 0, error)]


def test_words_of_a_load_go_where_they_belong():
    """The tables give back every field that was written, whatever is read before."""
    rng = np.random.default_rng(2)
    ports = signals("clk", "fetch", "fetched") | dict(
        s_write=PayloadWrite(LIMITS), m_facts=NetworkFacts(LIMITS), m_mask=MaskWrite(LIMITS), layer=vector(1),
        m_layer=LayerFacts(LIMITS))
    header = {name: int(rng.integers(0, most + 1)) for name, most in LIMITS.header_most.items()}
    slots = [{name: int(rng.integers(0, most + 1)) for name, most in LIMITS.layer_most.items()} for _ in range(2)]
    found, facts, masks = [], {}, []

    def stimulus():
        clk, write = ports["clk"], ports["s_write"]
        for slot, fields in enumerate((header, *slots)):
            for place in range(8):
                write.valid.next, write.place.next = 1, 8 * slot + place
                write.data.next = ([*fields.values()] + [0] * 8)[place]
                yield clk.negedge
        for place in range(LIMITS.first_mask, LIMITS.first_weight + 3):  # words of weights change nothing
            write.place.next, write.data.next = place, place % 4
            yield clk.negedge
            masks.append((bool(ports["m_mask"].select), int(ports["m_mask"].address), int(ports["m_mask"].data)))
        write.valid.next = 0
        for layer in (0, 1, 0):
            ports["layer"].next, ports["fetch"].next = layer, 1
            yield clk.negedge
            ports["fetch"].next = 0
            for _ in range(8):
                assert not ports["fetched"]
                yield clk.negedge
            assert ports["fetched"]
            found.append({name: int(signal) for name, signal in ports["m_layer"].signals()})
        facts.update({name: int(signal) for name, signal in ports["m_facts"].signals()})

    run(network_tables, {**ports, "slots": 2, "beats": LIMITS.beats}, stimulus())
    assert facts == header
    first = LIMITS.first_mask
    assert masks[:LIMITS.beats] == [(True, beat, (first + beat) % 4) for beat in range(LIMITS.beats)]
    assert not any(select for select, *_ in masks[LIMITS.beats:])
    assert found == [slots[0], slots[1], slots[0]]


@pytest.mark.parametrize("shift", range(4))
def test_a_gauge_cuts_frames_and_rounds_pixels(shift):
    rng = np.random.default_rng(shift)
    ports = signals("clk", "rst", "pop", "bad") | dict(
        s_axis=AxiStream(16), m_axis=AxiStream(16), s_facts=NetworkFacts(LIMITS).only("beats", "step_shift"))
    frames = [[int(word) for word in rng.integers(0, 1 << 16, beats)] for beats in (4, 3, 5, 4, 1, 9, 4)]
    frames[0][0] = 0x0100  # a black pixel stays black
    seen, flags = [[]], []

    def stimulus():
        clk, out = ports["clk"], ports["m_axis"]
        ports["s_facts"].beats.next, ports["s_facts"].step_shift.next = 3, shift
        yield clk.posedge
        for frame in frames:
            for place, word in enumerate(frame):
                taken = False
                while not taken:
                    out.tready.next = rng.random() < 0.7
                    ports["s_axis"].tvalid.next = rng.random() < 0.7
                    ports["s_axis"].tdata.next, ports["s_axis"].tlast.next = word, place == len(frame) - 1
                    ports["pop"].next = 0
                    yield clk.negedge
                    if out.tvalid and out.tready:
                        seen[-1].append(int(out.tdata))
                        if out.tlast:
                            seen.append([])
                    taken = bool(ports["s_axis"].tvalid) and bool(ports["s_axis"].tready)
                    yield clk.posedge
            ports["s_axis"].tvalid.next = 0
            yield clk.negedge
            flags.append(bool(ports["bad"]))
            ports["pop"].next = 1
            yield clk.posedge

    run(frame_gauge, {**ports, "steps": 16}, stimulus())
    low = (1 << 4 + shift) - 1 if shift else 0
    want = [[sum((p | low if p else 0) << 8 * k for k, p in enumerate((word & 255, word >> 8))) for word in frame[:4]]
            for frame in frames]
    assert seen == [*want, []]
    assert flags == [len(frame) != 4 for frame in frames]
    for word in want[3]:  # steps of 16 >> shift are those of the pixels themselves
        assert all((255 - p >> 4) % (1 << shift) == 0 for p in (word & 255, word >> 8) if p)


@pytest.mark.parametrize("lengths", [(4, 3, 4, 5), (3, 4, 4, 4), (9, 4, 1, 4), (4, 4, 4, 1)])
def test_each_waiting_frame_has_its_own_flag(lengths):
    """TLAST comes right, early or late while frames before wait for their decisions: each is flagged when it is its
    turn, and after it no more."""
    ports = signals("clk", "rst", "pop", "bad") | dict(
        s_axis=AxiStream(16), m_axis=AxiStream(16), s_facts=NetworkFacts(LIMITS).only("beats", "step_shift"))
    flags = []

    def stimulus():
        clk = ports["clk"]
        ports["s_facts"].beats.next, ports["m_axis"].tready.next = 3, 1
        yield clk.posedge
        for length in lengths:
            yield from send_frame(clk, ports["s_axis"], range(length))
            yield clk.posedge
        for _ in lengths:
            yield clk.negedge
            flags.append(bool(ports["bad"]))
            ports["pop"].next = 1
            yield clk.negedge
            ports["pop"].next = 0
        yield clk.negedge
        assert not ports["bad"]  # no frame waits

    run(frame_gauge, {**ports, "steps": 16}, stimulus())
    assert flags == [length != 4 for length in lengths]


def test_a_list_keeps_the_spikes_of_a_step_until_they_are_read():
    """Steps of more spikes than a list has places come in several; whoever reads sees every one, in order."""
    rng = np.random.default_rng(3)
    places, stream = 4, SpikeStream(1, 5, 3)
    ports = signals("clk", "clear", "leave") | dict(s_spike=stream, m_list=StepList(places, 3), read=vector(2),
                                                    row=vector(5))
    steps = [[int(row) for row in rng.integers(0, 32, count)] for count in (3, 0, 4, 9, 1, 5)]
    transfers = [(row, place == max(len(rows) - 1, 0), number) for number, rows in enumerate(steps)
                 for place, row in enumerate(rows or [None])]
    seen = []

    def stimulus():
        clk, waiting, own = ports["clk"], iter(transfers), ports["m_list"]
        transfer, reading = next(waiting), []
        yield clk.posedge
        for _ in range(400):
            stream.valid.next = transfer is not None and rng.random() < 0.8
            if transfer is not None:
                row, last, number = transfer
                stream.mask.next, stream.rows.next, stream.last.next = row is not None, row or 0, last
                stream.end.next, stream.step.next = number == len(steps) - 1, number
            ports["leave"].next = 0
            assert bool(own.some) == (own.count > 0)
            if not reading and own.complete and rng.random() < 0.3:
                reading = [(int(own.count), bool(own.closes), bool(own.closes and own.final), int(own.step)), [], 0]
            if reading:
                (count, *_), rows, cycle = reading
                if cycle < count:
                    ports["read"].next = cycle
                ports["leave"].next = cycle == max(count - 1, 0)
            yield clk.negedge
            if reading:
                if 2 <= cycle < count + 2:
                    rows.append(int(ports["row"]))
                reading[2] += 1
                if cycle >= count + 1:
                    seen.append((*reading[0][1:], rows))
                    reading = []
            if stream.valid and stream.ready:
                transfer = None
            yield clk.posedge
            if transfer is None:
                transfer = next(waiting, None)

    run(spike_list, {**ports, "places": places}, stimulus())
    want = [(place + places >= len(rows), place + places >= len(rows) and number == len(steps) - 1, number,
             rows[place:place + places])
            for number, rows in enumerate(steps) for place in range(0, max(len(rows), 1), places)]
    assert seen == want


def test_an_event_gauge_passes_the_events_of_the_network_alone():
    """Against golden's rule of what is taken in; the loader behind would take in what is passed."""
    rng = np.random.default_rng(4)
    limits = Processor(**LIMITS.settings | {"pixels": 4})
    ports = signals("clk", "rst") | dict(
        s_axis=AxiStream(32), m_axis=AxiStream(32),
        s_facts=NetworkFacts(limits).only("step_shift", "last_input", "most_events"))
    seen, wanted = [], []

    def stimulus():
        clk, out, facts = ports["clk"], ports["m_axis"], ports["s_facts"]
        for _ in range(60):
            shift, inputs, most = int(rng.integers(0, 4)), int(rng.integers(1, 33)), int(rng.integers(1, 9))
            facts.step_shift.next, facts.last_input.next, facts.most_events.next = shift, inputs - 1, most
            count = int(rng.integers(1, 14))
            events = list(zip(rng.integers(0, inputs + 2, count).tolist(),
                              np.sort(rng.integers(0, (16 >> shift) + 1, count)).tolist()))
            if rng.random() < 0.5:
                events[int(rng.integers(0, count))] = (int(rng.choice([0, (1 << 24) - 1])), int(rng.integers(0, 256)))
            taken, latest = 0, 0
            for place, (source, step) in enumerate(events):
                fits = source < inputs and latest <= step < 16 >> shift and taken < most
                if fits:
                    taken, latest = taken + 1, step
                wanted.append(step << shift + 24 | source if fits else (1 << 24) - 1 - (source != (1 << 24) - 1))
                ports["s_axis"].tdata.next, ports["s_axis"].tvalid.next = step << 24 | source, 1
                ports["s_axis"].tlast.next, out.tready.next = place == count - 1, 0
                yield clk.negedge  # nothing happens while it is not taken
                yield clk.posedge
                out.tready.next = 1
                yield clk.negedge
                assert out.tvalid and ports["s_axis"].tready and bool(out.tlast) == (place == count - 1)
                seen.append(int(out.tdata))
                yield clk.posedge
            ports["s_axis"].tvalid.next = 0

    run(event_gauge, {**ports, "steps": 16}, stimulus())
    assert seen == wanted
