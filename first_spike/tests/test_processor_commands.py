"""What the commands for processors refuse and say, without a board; what a load takes on the line."""

import json
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from first_spike.boards import processor
from first_spike.commands import bitstream, board, compare, explore, generate, network_image
from first_spike.device.device import Answers
from first_spike.device.link import Frame
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.processor_cycles import latency, predict
from first_spike.processor.boards import DEFAULT, PROCESSORS, folder_name, load_seconds
from first_spike.rtl_model.serial.bundles import ANSWER, ESCAPE, MOST_WORDS, PUSH
from first_spike.rtl_model.shape.processor_load import load_words
from first_spike.synthesis.targets import find_board
from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.helpers.processor_cases import BOARD_LIMITS as LIMITS
from tb.helpers.processor_cases import board_case as case
from tb.helpers.processor_cases import dense, small, words_of  # noqa: F401


def test_networks_that_do_not_fit_are_refused_before_anything_is_built(small, command):  # noqa: F811
    options = ["--top", "processor", "--port", "sim", "--images", "images.npy", "--build", "work"]
    for shape, sentence in [((41, 4), "inputs: 41 needed, 40 possible, 1 too many"),
                            ((9, 33, 2), "neurons of a layer (layer 0): 33 needed, 32 possible, 1 too many"),
                            ((40, 30, 30, 30, 30, 30), "layers: 5 needed, 4 possible, 1 too many")]:
        dense(shape).save(Path("wide.npz"))
        np.save("images.npy", np.zeros((1, 1, shape[0]), np.uint8))
        for what in (["load", "wide.npz"], ["run", "--network", "wide.npz"]):
            assert_refused(command(board, *what, *options), f"the network does not fit the processor: {sentence}")
    assert_refused(command(board, "info", "--top", "processor", "--port", "sim", "--board", "none"),
                   "the board 'none' is unknown")
    assert_refused(command(bitstream, "--top", "processor", "--board", "none"), "the board 'none' is unknown")
    assert not Path("work").exists()


@pytest.mark.parametrize("command_of, said, other", [
    (generate, ["--out", "design", "--top", "processor"], ["--weights", "loadable"]),
    (generate, ["--out", "design", "--top", "processor"], ["--name", "mine"]),
    (generate, ["--out", "design"], ["--weight-words", 64]),
    (compare, ["--sim", "verilator", "--top", "processor"], ["--waves"]),
    (compare, ["--sim", "verilator"], ["--inputs", 64]),
    (explore, ["--top", "processor"], ["--max-us", 2]),
    (explore, [], ["--json", "report.json"]),
    (network_image, ["--out", "image", "--top", "processor"], ["--made-with", "small.npz"])])
def test_an_option_that_the_top_does_not_have_is_refused(small, command, command_of, said, other):  # noqa: F811
    dense((8, 2)).save(Path("small.npz"))
    done = command(command_of, *said, "--network", "small.npz", *other)
    assert done.returncode == 2 and f" has no {other[0]}" in done.stderr
    assert {path.name for path in Path().iterdir()} == {"small.npz"}


def test_several_networks_or_values_are_for_a_processor_or_not(small, command):  # noqa: F811
    for name in ("small", "other"):
        dense((8, 2)).save(Path(f"{name}.npz"))
    networks = ["small.npz", "other.npz"]
    assert command(compare, "--sim", "icarus", "--network", *networks).returncode == 2
    assert command(board, "load", *networks, "--port", "sim").returncode == 2
    done = command(generate, "--top", "processor", "--lanes", 8, 16, "--out", "design")
    assert_refused(done, "lanes of a processor must be a power of two")


@pytest.mark.thorough
def test_limits_of_the_command_line_replace_those_of_the_board(small, command, monkeypatch):  # noqa: F811
    dense((41, 4)).save(Path("wide.npz"))
    np.save("images.npy", np.zeros((1, 1, 41), np.uint8))
    wider = replace(LIMITS, inputs=LIMITS.inputs + LIMITS.pixels, kinds="all", words=64)
    said = ["--inputs", wider.inputs, "--kinds", "all", "--words", 64]
    done = command(explore, "--top", "processor", "--network", "wide.npz", "--board", DEFAULT, "--images", "images.npy",
                   *said, "--json", "report.json")
    assert done.returncode == 0 and json.loads(Path("report.json").read_text())["networks"][0]["fits"], done.stderr
    asked = []
    monkeypatch.setattr(bitstream, "make", lambda board, arguments, name, write: asked.append(name))
    assert command(bitstream, "--top", "processor", "--board", DEFAULT, *said).returncode == 0
    monkeypatch.setattr(processor, "opened", lambda arguments, limits: asked.append(limits) or nullcontext())
    monkeypatch.setitem(processor.COMMANDS, "info", lambda *opened: 0)
    assert command(board, "info", "--top", "processor", "--port", "sim", *said).returncode == 0
    assert asked == [folder_name(wider), wider]


def test_limits_that_cannot_be_and_those_of_a_board_that_is_there_are_refused(small, command):  # noqa: F811
    dense((8, 2)).save(Path("small.npz"))
    boards = ["--top", "processor", "--board", DEFAULT]
    info = ["info", "--top", "processor"]
    for done in (command(bitstream, *boards, "--memory", "spram"), command(explore, *boards, "--memory", "spram"),
                 command(board, *info, "--port", "sim", "--memory", "spram")):
        assert_refused(done, f"{DEFAULT} has no SPRAM: choose --memory block")
    assert_refused(command(bitstream, *boards, "--lanes", 5), "lanes of a processor must be a power of two")
    done = command(board, *info, "--port", "/dev/null", "--lanes", 8, "--weight-words", 64)
    assert done.returncode == 2 and "--lanes, --weight-words: for --port sim; a board says itself" in done.stderr


class FakeProcessor:
    """Gives what golden does, but for the first image of its first network."""

    loads = 0

    def identify(self, network=None):
        return SimpleNamespace(limits=LIMITS)

    def load(self, network, progress):
        self.network, self.loads = network, self.loads + 1

    def classify(self, images, progress):
        words = np.array(words_of(self.network, images))
        words[0] += self.loads == 1
        return Answers(words, latency(self.network, LIMITS, images, infer(self.network, images)))


def test_a_network_that_is_loaded_again_hides_nothing(small, command, monkeypatch):  # noqa: F811
    for number in (1, 2):
        network, images = case(number)
        network.save(Path(f"n{number}.npz"))
    np.save("images.npy", images)
    monkeypatch.setattr(processor, "opened", lambda *asked: nullcontext(FakeProcessor()))
    done = command(board, "load", "n1.npz", "n2.npz", "n1.npz", "--top", "processor", "--port", "here", "--images",
                   "images.npy", "--json", "report.json")
    assert done.returncode == 1 and done.stderr.startswith("n1, image 0: the board says "), done.stderr
    assert [(each["network"], each["mismatches"]) for each in json.loads(Path("report.json").read_text())["networks"]
            ] == [("n1", 1), ("n2", 0), ("n1", 0)]


@pytest.mark.thorough
def test_explore_says_which_networks_fit_and_how_long_they_take(small, command):  # noqa: F811
    network, images = case(1)
    network.save(Path("fits.npz"))
    dense((41, 4)).save(Path("wide.npz"))
    np.save("images.npy", images)
    done = command(explore, "--top", "processor", "--networks", "fits.npz", "wide.npz", "--board", DEFAULT, "--images",
                   "images.npy", "--count", 5, "--json", "report.json")
    assert done.returncode == 0, done.stderr
    fits, wide = json.loads(Path("report.json").read_text())["networks"]
    spread = images[np.arange(5) * len(images) // 5]
    cycles = predict(network, LIMITS, spread, infer(network, spread), whole=True).interval
    clock = PROCESSORS[DEFAULT].board.clock
    assert fits["fits"] and fits["why"] is None and (fits["images"], fits["clock_mhz"]) == (5, clock)
    assert (fits["cycles"], fits["cycles_max"], fits["us"]) == (cycles.mean(), cycles.max(), cycles.mean() / clock)
    assert not wide["fits"] and wide["cycles"] is None
    assert f"wide, {DEFAULT}: the network does not fit the processor: inputs: 41 needed, 40 possible" in done.stdout


def test_explore_says_why_no_images_can_be_had(small, command):  # noqa: F811
    network, _ = case(1)
    network.save(Path("fits.npz"))
    dense((41, 4)).save(Path("wide.npz"))
    assert_refused(command(explore, "--top", "processor", "--networks", "wide.npz", "fits.npz", "--board", DEFAULT,
                           "--images", "nothere.npy", "--json", "report.json"), "cannot read nothere.npy")
    assert not Path("report.json").exists()


def test_a_load_takes_what_its_frames_and_their_answers_take_on_the_line():
    network, _ = case(1)
    words, bits = load_words(network, LIMITS)[:-1] & 0, 0  # zeros, of which none is escaped
    for first in range(0, len(words), MOST_WORDS):
        part = words[first:first + MOST_WORDS]
        for frame in (Frame(1, PUSH, 2, len(part), part), Frame(1, ANSWER, 2, len(part))):
            bits += 10 * (len(frame.encode()) - frame.encode()[1:-1].count(ESCAPE))
    assert load_seconds(network, LIMITS, 1000, 50) == bits / 1000 + 45 * len(words) / 50e6


@pytest.mark.parametrize("name", PROCESSORS)
def test_a_processor_is_for_a_board_that_there_is(name):
    own = PROCESSORS[name]
    assert own.board == replace(find_board(name), clock=own.board.clock, synthesis=own.board.synthesis)
    assert own.board.clock % 1 == 0 and (own.limits.memory == "spram") == ("spram" in own.board.device.capacity)
