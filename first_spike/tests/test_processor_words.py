"""The words of a load, worked out by hand for two tiny networks: the format that docs/howto/processor.md describes."""

import struct
import zlib
from dataclasses import replace

import numpy as np
import pytest

import first_spike as fs
from first_spike.commands import network_image
from first_spike.golden.contract.geometry import Geometry
from first_spike.golden.contract.network import ConvolutionLayer, Layer
from tb.helpers.process import command  # noqa: F401

SHAPE = {"lanes": 8, "pixels": 4, "steps": 8, "layers": 2, "inputs": 16, "neurons": 16}
DENSE = SHAPE | {"words": 4, "weight_words": 64}
MAPS = SHAPE | {"words": 64, "weight_words": 128, "kinds": "all"}
HEAD_WORDS = 14  # in front of a load, for the driver in C


def options(limits):
    return [text for name, value in limits.items() for text in (f"--{name.replace('_', '-')}", value)]


@pytest.fixture
def image(command, tmp_path):  # noqa: F811
    """Gives the head, the three words in front of the payload, the payload and the CRC that `first-spike network-image
    --top processor` writes of a network for limits."""

    def written(network, limits):
        network.save(tmp_path / "network.npz")
        done = command(network_image, "--top", "processor", "--network", tmp_path / "network.npz", "--out",
                       tmp_path / "image.bin", *options(limits))
        assert done.returncode == 0, done.stderr
        words = np.frombuffer((tmp_path / "image.bin").read_bytes(), "<u4").tolist()
        return words[:HEAD_WORDS - 1], words[HEAD_WORDS:][:3], words[HEAD_WORDS + 3:], words[HEAD_WORDS - 1]

    return written


def assert_frame(parts, head, identity, payload):
    """identity: the eight numbers that a processor is known by."""
    known = zlib.crc32(struct.pack("<8I", *identity))
    seen, first, words, crc = parts
    assert words == payload
    assert first == [0x53345031, known, len(payload)] and crc == zlib.crc32(struct.pack(f"<{len(payload)}I", *payload))
    assert [*seen[:4], seen[12]] == [*head, known, 2 * (len(payload) + 3)]


def two_layers():
    """5 inputs, 2 neurons of 4 bits, 9 neurons of 6 bits, which take two folds of 8 lanes; 4 steps."""
    first = np.array([[1, -1], [7, -8], [0, 0], [0, 5], [-2, 3]], np.int8)
    second = np.array([[31, -32, 1, 0, 0, 0, 0, -1, 17], [0, 0, 0, 16, 0, 0, 0, 0, -18]], np.int8)
    layers = [Layer(first, np.array([3, 10], np.int32), 4), Layer(second, np.full(9, 20, np.int32), 6)]
    return fs.Network(4, (1, 5), layers, [str(k) for k in range(9)], "by hand")


FIELDS_OF_LAYERS = [
    0, 5, 5, 0, 0, 0, 0, 0,  # weights at 0, starts at 5, 5 rows, one fold, word 0, one nibble
    9, 17, 2, 1, 1, 1, 0, 0]  # weights at 9, starts at 17, 2 rows, two folds, word 1, two nibbles
WEIGHTS = [
    0xF1, 0x87, 0x00, 0x50, 0x3E,  # lane 0 in the lowest four bits, -1 is F, -8 is 8, -2 is E
    0x0000005C, 0x000000FF, 0x000000FF, 0xCCCCCCFF,  # -4 is FFFC, -11 is FFF5, and C000 where there is no neuron
    0xF000010F, 0x00000000,  # fold 0, low nibbles: 31 is 1F, -32 is E0, 1 is 01, -1 is FF, 16 is 10
    0xF00000E1, 0x00001000,  # fold 0, high nibbles
    0x1, 0xE,  # fold 1, low nibbles: 17 is 11, -18 is EE
    0x1, 0xE,  # fold 1, high nibbles
    0xBBBBBBBB, 0xEEEEEEEE, 0xFFFFFFFF, 0xFFFFFFFF,  # -21 is FFEB
    0x0000000B, 0x0000000E, 0x0000000F, 0xCCCCCCCF]
MASKS = [0b1011, 1, 0, 0]  # nobody listens to input 2; beat 1 has input 4 alone


def test_dense_layers_for_images(image):
    header = [1, 1, 1, 8, 1, 0, 0, 0]  # 2 beats, 8 / 4 steps, 2 layers, 9 classes in word 1
    assert_frame(image(two_layers(), DENSE), [5, 9 | 4 << 16, 4 | 2 << 8], [8, 4, 8, 2, 4, 16, 4, 0],
                 header + FIELDS_OF_LAYERS + MASKS + WEIGHTS)


def test_dense_layers_for_events(image):
    header = [0, 1, 1, 8, 1, 1, 4, 7]  # events, the last input is 4, at most 7 events
    assert_frame(image(replace(two_layers(), most_events=7), DENSE), [5, 9 | 4 << 16, 2 << 8],
                 [8, 4, 8, 2, 4, 16, 4, 0], header + FIELDS_OF_LAYERS + MASKS + WEIGHTS)


def one_convolution():
    """2 x 3 inputs, a convolution of 9 channels with a kernel of 2 x 2 and so 1 x 2 positions in one window, two
    neurons of 1 bit; 8 steps. Channel 8 is alone in fold 1, so that 7 rows behind its own have no channel."""
    kernel = np.zeros((4, 9), np.int8)
    kernel[:, 0], kernel[:, 7], kernel[:, 8] = [1, 2, 3, 4], [-1, 0, 0, 7], [5, 0, -3, 0]
    geometry = Geometry((2, 3, 1), (2, 2), pool=(1, 2))
    last = np.ones((9, 2), np.int8)
    last[1::2, 0] = -1
    layers = [ConvolutionLayer(kernel, np.full(9, 2, np.int32), 4, geometry), Layer(last, np.full(2, 1, np.int32), 1)]
    return fs.Network(8, (2, 3), layers, ["a", "b"], "by hand")


def test_a_convolution_and_a_dense_layer(image):
    header = [1, 0, 1, 1, 4, 0, 0, 0] + [0] * 8  # 2 beats, 8 / 8 steps, 2 layers, 2 classes in word 4
    layers = [0, 8, 4, 1, 0, 0, 2, 2, 2, 1] + [0] * 6  # 2 folds of 2 positions, 2 columns of them, strides of 2 and 1
    layers += [16, 32, 16, 0, 4, 0, 0, 0, 0, 0] + [0] * 6  # rows for 2 groups of 8 channels
    reaches = [  # word << 16 | weight, any << 16 | rows less one << 8 | columns less one, of each input
        0 << 16 | 0, 1 << 16 | 0, 0 << 16 | 1, 1 << 16 | 1, 1 << 16 | 1, 1 << 16 | 0,
        0 << 16 | 2, 1 << 16 | 0, 0 << 16 | 3, 1 << 16 | 1, 1 << 16 | 3, 1 << 16 | 0] + [0] * (2 * 64 - 12)
    windows = [0, 0, 1 << 16 | 1, 1 << 16 | 1] + [0] * 60  # group << 16 | word, of 2 positions of each fold
    kernel = [0xF0000001, 0x00000002, 0x00000003, 0x70000004, 0x5, 0x0, 0xD, 0x0]
    starts = [0xDDDDDDDD, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xD, 0xF, 0xF, 0xCCCCCCCF]  # -3 is FFFD
    last = [0x11, 0x1F] * 4 + [0x11] + [0] * 7 + [0xEE, 0xFF, 0xFF, 0xCCCCCCFF]  # -2 is FFFE
    assert_frame(image(one_convolution(), MAPS), [6, 2 | 8 << 16, 4 | 2 << 8], [8, 4, 8, 2, 4, 16, 64, 1],
                 header + layers + [0xF, 0x3, 0, 0] + reaches + windows + kernel + starts + last)
