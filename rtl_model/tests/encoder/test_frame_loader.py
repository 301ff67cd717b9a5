"""Frames become beats of spike times: right ones, short ones and long ones, with pauses and resets."""

import numpy as np
import pytest

from first_spike.golden.contract.limits import LISTENED_BEATS
from first_spike.golden.inference.encode import encode
from first_spike.rtl_model.encoder.bundles import BeatStream
from first_spike.rtl_model.encoder.frame_loader import beat_mask, frame_loader
from first_spike.rtl_model.parts.streams import AxiStream, MemoryWrite, bits_for
from first_spike.rtl_model.shape.frames import listened_pixels
from tb.helpers.clocked import run, signals, vector

STEPS, STEP_BITS, ROW_BITS = 8, 3, 4
UPPERS, LOWERS = 4, 2  # values of the halves of a step's number


@pytest.mark.parametrize("pixels, inputs", [(2, 22), (4, 22), (4, 16)])  # of 4 beats the numbers fill their bits
@pytest.mark.parametrize("pauses", [0, 0.4])
@pytest.mark.parametrize("is_loaded", [False, True])
def test_each_frame_gives_its_beats(pixels, inputs, pauses, is_loaded):
    rng = np.random.default_rng(pixels)
    print(f"seed {pixels}")
    ports = signals("clk", "rst", "freed", "clearing")
    clk, rst, freed, clearing = ports.values()
    used = rng.random(inputs) < 0.8
    masks, beats = listened_pixels(used, pixels), -(-inputs // pixels)
    s_axis, m_beat = AxiStream(8 * pixels), BeatStream(pixels, ROW_BITS, STEP_BITS)
    announced = {}
    address_bits = bits_for(beats)
    write = MemoryWrite(1, address_bits, 1)
    loaded = dict(s_mask=write.to(0, 1, address_bits, pixels)) if is_loaded else {}

    def watch():
        """The beat that the loader gives in this cycle; what it announced in the cycle before must hold."""
        buffer = int(m_beat.buffer)
        if not m_beat.insert:
            assert m_beat.first == m_beat.lit == m_beat.upper == m_beat.final == 0
            return None
        assert announced["touch"] == 1 << buffer
        steps = [announced["steps"] >> STEP_BITS * place & STEPS - 1 if m_beat.lit[place] else
                 0 if m_beat.first[place] else STEPS for place in range(pixels)]
        assert m_beat.first & m_beat.lit == 0
        for place, step in enumerate(steps):
            is_later = 0 < step < STEPS
            assert m_beat.upper[UPPERS * (place + 1):UPPERS * place] == (is_later and 1 << step // LOWERS)
            assert not is_later or m_beat.lower[LOWERS * (place + 1):LOWERS * place] == 1 << step % LOWERS
        return buffer, int(m_beat.row), steps, bool(m_beat.final), bool(m_beat.bad)

    def cycle():
        """One cycle, in which what comes in the next is announced; whether a beat of `s_axis` was taken."""
        yield clk.posedge
        announced.update(steps=int(m_beat.early_steps), touch=int(m_beat.touch))
        taken = bool(s_axis.tvalid and s_axis.tready)
        yield clk.negedge
        return taken

    def reset():
        rst.next = 1
        for _ in range(2):
            yield from cycle()
        rst.next, clearing.next = 0, 1
        for _ in range(3):
            yield from cycle()
            assert not s_axis.tready and watch() is None
        clearing.next = 0
        yield from cycle()
        assert s_axis.tready

    def send(frame, length, buffer):
        """Offer `length` beats of the padded `frame` and look at what comes; returns the beats seen."""
        found, position, offered = [], 0, False
        for _ in range(400):
            offered = offered or (position < length and rng.random() >= pauses)
            s_axis.tvalid.next = offered
            number = min(position, beats - 1)
            s_axis.tdata.next = int.from_bytes(frame[number * pixels:(number + 1) * pixels].tobytes(), "little")
            s_axis.tlast.next = position == length - 1
            taken = yield from cycle()
            position, offered = position + taken, offered and not taken
            seen = watch()
            if seen:
                found.append(seen)
            if position == length and not offered:
                s_axis.tvalid.next = 0
                return found
        raise AssertionError("the frame is not taken")

    def load_masks():
        """The masks of another network, while no beat is on its way."""
        for beat, mask in enumerate(masks):
            write.select.next, write.address.next, write.data.next = 1, beat, mask
            yield from cycle()
            watch()
        write.select.next = 0
        yield from cycle()
        watch()

    def stimulus():
        nonlocal used, masks
        yield from reset()
        buffer = 0
        for number in range(40):
            if is_loaded and number % 5 == 0:
                used = rng.random(inputs) < 0.8
                masks = listened_pixels(used, pixels)
                yield from load_masks()
            if number == 20:
                yield from reset()
                buffer = 0
            image = rng.integers(0, 256, inputs) * (rng.random(inputs) < 0.7)
            frame = np.zeros(beats * pixels, np.uint8)
            frame[:inputs] = image
            length = [beats, beats, int(rng.integers(1, beats)), beats + int(rng.integers(1, 5))][number % 4]
            found = yield from send(frame, length, buffer)
            whole = min(length, beats)
            times = encode(frame[None], STEPS)[0].astype(int)
            times[:inputs][~used] = STEPS
            expected = [(buffer, row, times[row * pixels:(row + 1) * pixels].tolist(), row == whole - 1)
                        for row in range(whole)]
            assert [beat[:4] for beat in found] == expected, f"frame {number} of {length} beats"
            assert found[-1][4] == (length != beats)
            buffer = 1 - buffer
            if number % 20 >= 1:  # two buffers are taken, then one is freed for each
                assert not s_axis.tready
                freed.next = 1
                yield from cycle()
                assert watch() is None and s_axis.tready
                freed.next = 0

    run(frame_loader, dict(ports, s_axis=s_axis, m_beat=m_beat, **loaded,
                           masks=listened_pixels([True] * inputs, pixels) if is_loaded else masks), stimulus())


def test_padding_of_a_long_image_never_counts():
    """Of one with more beats than a table of masks is kept for, whatever its last beat holds behind the pixels."""
    inputs, pixels = 2 * LISTENED_BEATS + 3, 2
    masks = listened_pixels(np.zeros(inputs, bool), pixels)
    clk, rst, accept, storing, completes = signals("clk", "rst", "accept", "storing", "completes").values()
    row, listened, seen = vector(bits_for(len(masks))), vector(pixels), []

    def stimulus():
        rst.next = 1
        yield clk.negedge
        rst.next, accept.next, storing.next = 0, 1, 1
        for number in range(2 * len(masks)):
            row.next = number % len(masks)
            completes.next = row.next == len(masks) - 1
            seen.append(int(listened))
            yield clk.negedge

    run(beat_mask, dict(clk=clk, rst=rst, row=row, accept=accept, storing=storing, completes=completes,
                        listened=listened, masks=masks), stimulus())
    assert seen == 2 * ((len(masks) - 1) * [3] + [1])
