"""The driver at registers in memory: as PYNQ has them, with and without a DMA, and behind a UIO device."""

import fcntl
import os

import numpy as np
import pytest

from first_spike.device.device import RESTART, Device, load_in_parts
from first_spike.device.identity import Load
from first_spike.device.line import LineError
from first_spike.device.mapped import DmaAccelerator, Mapped, Uio
from first_spike.golden.errors import UserError
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.registers.bundles import ADDRESS_BITS
from first_spike.tests.toy_board import INDEX, MAP, ROOM, ToyBoard

IMAGES = np.arange(8, dtype=np.uint8).reshape(2, 2, 2)


class ToyMmio:
    """The registers of a ToyBoard as a `pynq.MMIO` gives them; `roomless`: looks at STATUS that find no room, two after
    each word of pixels; `busy`: looks that find it so; results: at its stream, where they stay until a restart;
    `posted`: nobody is told of a write that was refused."""

    posted = False

    def __init__(self, **registers):
        self.board, self.roomless, self.busy, self.results = ToyBoard(**registers), 0, 0, []

    def read(self, offset, length=4):
        assert offset % 4 == 0 and length == 4
        if offset == REGISTERS["STATUS"].offset and self.roomless:
            self.roomless -= 1
            return self.board.words[INDEX["STATUS"]] & ~REGISTERS["STATUS"].fields["room"].mask
        if offset == REGISTERS["STATUS"].offset and self.busy:
            self.busy -= 1
            return self.board.words[INDEX["STATUS"]] | REGISTERS["STATUS"].fields["busy"].mask
        return self.board.words.get(offset // 4, 0)

    def write(self, offset, data):
        assert type(data) is int and 0 <= data < 1 << 32
        index = offset // 4
        if index in (INDEX["PIXELS"], INDEX["LOAD_WORDS"]):
            assert index != INDEX["PIXELS"] or not self.roomless, "answered with an error of the bus"
            self.board.push(index, data.to_bytes(4, "little"))
            self.roomless = 2 if index == INDEX["PIXELS"] else self.roomless
        else:
            assert self.board.store(index, data) or self.posted
            if index == INDEX["CONTROL"] and data & RESTART:
                self.results.clear()


class Channel:
    """One of a DMA: what is transferred is done when it is waited for, by `act(buffer)`."""

    def __init__(self, act):
        self._act, self._buffer = act, None

    def transfer(self, buffer):
        assert self._buffer is None
        self._buffer = buffer

    def wait(self):
        self._act(self._buffer)
        self._buffer = None


class ToyDma:
    """A DMA with an accelerator, of a ToyMmio, that gives the sum of a frame's bytes."""

    def __init__(self, mmio):
        self.mmio, self.frames = mmio, []
        self.sendchannel, self.recvchannel = Channel(self.take), Channel(self.give)

    def take(self, buffer):
        assert not self.mmio.busy
        self.frames.append(bytes(buffer))
        self.mmio.results.append(sum(buffer))

    def give(self, buffer):
        assert buffer.dtype == np.uint32 and buffer.shape == (1,)
        buffer[0] = self.mmio.results.pop(0)


def test_it_is_a_device_as_one_at_a_serial_line():
    mmio = ToyMmio(word=2)
    with Device(Mapped(mmio)) as device:
        identity = device.identify()
        assert (identity.inputs, identity.classes, identity.steps) == (4, 3, 16)
        mmio.roomless = 3
        answers = device.classify(IMAGES)
    assert answers.words.tolist() == [2, 2] and mmio.board.pixels == IMAGES.tobytes()


def test_a_network_is_loaded():
    mmio = ToyMmio(CAPABILITIES=[3])
    mmio.roomless = 99  # what is loaded needs no room for pixels
    pairs = np.arange(mmio.board.room // 2, dtype=np.uint32)
    load = Load(pairs, mmio.board.room, MAP, "0123456789abcdef" * 4)
    shares = list(load_in_parts(Mapped(mmio), load, 2, lambda: None, None))
    assert shares[-1] == 1 and mmio.board.loaded == pairs.tobytes() and mmio.roomless == 99
    assert Mapped(mmio).read("WEIGHT_MAP") == [MAP]
    hashes = [mmio.board.words[INDEX["LOAD_HASH"] + number] for number in range(8)]
    assert hashes == [0x01234567, 0x89ABCDEF] * 4 and mmio.board.words[INDEX["LOAD_STATUS"]] == 1 | 1 << 2


def test_what_does_nothing_ends_the_wait():
    mmio = ToyMmio()
    device = Device(Mapped(mmio, patience=0))
    device.identify()
    mmio.roomless = 1 << 40
    with pytest.raises(LineError, match="the accelerator: the board has no room for an image"):
        device.classify(IMAGES)
    with pytest.raises(LineError, match="what answers at nothing is no first-spike accelerator"):
        Device(Mapped(ToyMmio(IDENTIFICATION=[0]), "nothing")).identify()


@pytest.mark.parametrize("beat, padding", [(4, 0), (8, 4)])
def test_images_go_by_the_dma(beat, padding):
    """What an earlier program has left is forgotten."""
    mmio = ToyMmio(SHAPE=[beat | 1 << 8], STATUS=[0], CONTROL=[1], OUTPUTS=[23 | 16 << 16])
    dma = ToyDma(mmio)
    accelerator = DmaAccelerator(mmio, dma, np.empty)
    mmio.results, mmio.busy = [7], 3
    assert accelerator.classify(IMAGES).tolist() == [6, 22]
    assert dma.frames == [image.tobytes() + bytes(padding) for image in IMAGES]
    assert mmio.board.words[INDEX["CONTROL"]] == RESTART
    for size in (3, 9):
        with pytest.raises(UserError, match=f"takes images of 4 pixels, found {size}"):
            accelerator.classify(np.zeros((1, 1, size), np.uint8))
    with pytest.raises(UserError, match="images must be uint8, found float64"):
        accelerator.classify(IMAGES / 255)


@pytest.mark.parametrize("registers, error, sentence", [
    (dict(STATUS=[ROOM]), LineError, "^the accelerator does not turn to its streams$"),
    (dict(STATUS=[1]), LineError, "^the accelerator does not turn to its streams$"),
    (dict(STATUS=[0], CAPABILITIES=[1]), UserError, "^no network is loaded into the board at .*: load one$"),
    (dict(STATUS=[0], OUTPUTS=[6 | 16 << 16]), LineError, "^the accelerator gives 0x00000006, which is no result of"),
])
def test_a_dma_sends_no_image_and_gives_no_result_that_is_none(registers, error, sentence):
    mmio = ToyMmio(**registers)
    dma = ToyDma(mmio)
    accelerator = DmaAccelerator(mmio, dma, np.empty)
    accelerator._link._patience = 0  # noqa: SLF001
    with pytest.raises(error, match=sentence):
        accelerator.classify(IMAGES)
    assert len(dma.frames) == ("OUTPUTS" in registers)


def test_a_network_may_be_loaded_behind_a_dma():
    mmio = ToyMmio(STATUS=[0], CAPABILITIES=[1], OUTPUTS=[23 | 16 << 16])
    accelerator = DmaAccelerator(mmio, ToyDma(mmio), np.empty)
    mmio.board.words[INDEX["LOAD_STATUS"]] = REGISTERS["LOAD_STATUS"].fields["loaded"].mask
    mmio.board.words[INDEX["LOAD_HASH"]] = 1
    assert accelerator.classify(IMAGES).tolist() == [6, 22]


def test_a_uio_device_is_mapped(tmp_path):
    path = tmp_path / "uio0"
    words = np.zeros(2048, "<u4")  # twice as many as are mapped
    for index, word in ToyBoard().words.items():
        words[index] = word
    words.tofile(path)
    uio = Uio(path)
    device = Device(Mapped(uio, str(path)))
    assert device.identify().inputs == 4
    with pytest.raises(IndexError):
        uio.read(1 << ADDRESS_BITS)
    assert fcntl.fcntl(uio._file, fcntl.F_GETFL) & os.O_SYNC == os.O_SYNC  # noqa: SLF001
    for name in ("CONTROL", "LOAD_COUNT"):
        uio.write(REGISTERS[name].offset, 3)
    device.__exit__()
    words[[INDEX["CONTROL"], INDEX["LOAD_COUNT"]]] = 3
    assert np.fromfile(path, "<u4").tolist() == words.tolist()


def test_what_is_no_uio_device_is_refused(tmp_path):
    (tmp_path / "short").write_bytes(b"abc")
    for name, sentence in (("missing", "cannot open .*missing: No such"), ("short", "cannot map .*short: it is no"),
                           ("/dev/null", "cannot map /dev/null: it is no")):
        with pytest.raises(UserError, match=sentence):
            Uio(tmp_path / name)


def test_an_interrupt_is_waited_for(tmp_path, monkeypatch):
    """The kernel's end is a pipe."""
    path = tmp_path / "uio0"
    path.write_bytes(bytes(4096))
    uio, (end, kernel), switched = Uio(path), os.pipe(), []
    os.set_blocking(end, False)
    own, uio._file = uio._file, end  # noqa: SLF001
    monkeypatch.setattr(os, "write", lambda file, data, write=os.write: (switched.append((file, data)),
                                                                        file == end or write(file, data)))
    assert not uio.wait(0)
    os.write(kernel, b"\1\0\0\0\2\0\0\0")
    assert uio.wait()
    assert os.read(end, 9) == b"\2\0\0\0", "the count of one interrupt is read, no more"
    assert [data for file, data in switched if file == end] == [b"\1\0\0\0"] * 2
    os.close(end)
    os.close(kernel)
    uio._file = own  # noqa: SLF001
    uio.close()
