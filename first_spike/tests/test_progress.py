"""Long calls show nothing on stderr for five seconds, then lines from time to time, or a bar if stderr is a terminal.

The tests set the clock.
"""

import io
import sys

import numpy as np
import pytest
from rich.console import Console

import first_spike as fs
from first_spike.command import bars
from first_spike.golden.quantization.thresholds import Choice
from first_spike.golden.training.sources import Tally

CHOICE = Choice(1.0, 0.98123, 0.0123)


class Clock:
    """Seconds that a test sets."""

    def __init__(self):
        self.now = 0

    def hurried(self, call, is_over):
        """call(), in which a second passes for every function that Python enters, until is_over()."""
        def enter(frame, event, argument):
            if event == "call":
                self.now += 1
                bars.SCREEN.look()
                if is_over():
                    sys.setprofile(None)
        sys.setprofile(enter)
        try:
            call()
        finally:
            sys.setprofile(None)


@pytest.fixture
def clock(monkeypatch, time_stands_still):
    clock = Clock()
    monkeypatch.setattr(bars, "clock", lambda: clock.now)
    return clock


@pytest.fixture
def screen(monkeypatch):
    """A function that makes a Console for stderr, with or without a terminal."""
    def make(width=80, terminal=False):
        console = Console(file=io.StringIO(), width=width, height=10, force_terminal=terminal, color_system=None,
                          force_interactive=terminal, markup=False, highlight=False)
        monkeypatch.setattr(bars, "error_console", console)
        return console
    return make


def train(folder, small):
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 256, (60, 4, 5), np.uint8), np.arange(60) % 2
    np.savez(folder / "data.npz", x_train=x, y_train=y, x_test=x[:10], y_test=y[:10])
    return fs.train(folder / "data.npz", hidden=5, steps=16, epochs=2, finetune=1, held_out=10, seed=1)


def import_nir(folder, small):
    digits, network = fs.samples(), fs.load("mnist_784_128_10_4bit")
    np.savez(folder / "digits.npz", x_train=digits.images[:60], y_train=digits.labels[:60],
             x_test=digits.images[60:90], y_test=digits.labels[60:90])
    np.savez(folder / "theirs.npz", **{f"fc{k}.weight": layer.weights.T for k, layer in enumerate(network.layers)})
    return fs.import_nir(folder / "theirs.npz", folder / "digits.npz", bits=4, steps=16,
                         threshold=[int(layer.thresholds[0]) for layer in network.layers])


ONE = dict(lanes=[2, 4], pixels=[2], spikes_per_cycle=[1], events_per_cycle=[1])
CALLS = {  # words that a line holds: a call, of a folder and (network, images, labels)
    "load": lambda folder, small: fs.load("mnist_784_128_10_4bit"),
    "data set": lambda folder, small: fs.dataset("samples", train=False),
    "infer: 1,000 of 2,500 images": lambda folder, small: fs.infer(
        fs.load("mnist_784_128_10_4bit"), np.concatenate([fs.samples().images] * 5)),
    "count cycles": lambda folder, small: fs.cycles(fs.Design(small[0]), small[1]),
    "metrics": lambda folder, small: fs.metrics(fs.Design(small[0]), small[1]),
    "generate Verilog": lambda folder, small: fs.generate(fs.Design(small[0]), folder / "out"),
    "simulate on myhdl: 0 of 4 images": lambda folder, small: fs.compare(fs.Design(small[0]), small[1], "myhdl"),
    "import": import_nir,
    "network 1 of 1: count cycles": lambda folder, small: fs.explore(small[0], images=small[1], **ONE),
    "train": train,
}


@pytest.mark.parametrize("words", CALLS)
def test_a_long_call_says_what_it_does(words, clock, screen, tmp_path, small):
    console = screen()
    clock.hurried(lambda: CALLS[words](tmp_path, small), lambda: words in console.file.getvalue())
    lines = console.file.getvalue().splitlines()
    assert words in lines[-1], lines[:5]
    assert all(line.endswith((" left", " so far")) for line in lines)


@pytest.mark.parametrize("words", ["load", "data set", "infer: 1,000 of 2,500 images", "count cycles", "metrics"])
def test_a_short_call_says_nothing(words, clock, screen, tmp_path, small):
    console = screen()
    CALLS[words](tmp_path, small)
    clock.now = bars.FIRST
    bars.SCREEN.look()
    assert console.file.getvalue() == ""


@pytest.mark.thorough
@pytest.mark.parametrize("simulator", ["icarus", "verilator"])
def test_a_simulator_says_what_it_does(simulator, clock, screen, small):
    """If stderr is no terminal, a line says that the simulator compiles, and another how many images are simulated."""
    console = screen()
    words = f"compare: simulate on {simulator}: "
    clock.hurried(lambda: fs.compare(fs.Design(small[0]), np.concatenate([small[1]] * 25), simulator),
                  lambda: words in console.file.getvalue())
    lines = console.file.getvalue().splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith(words))
    assert lines[first - 1].startswith(f"compare: compile the design for {simulator}, ")
    assert " of 100 images, " in lines[first]


def test_lines_come_from_time_to_time_with_the_time_that_is_left(clock, screen):
    """The first after five seconds of all that is done, then every half a minute, and five seconds after a stage has
    begun."""
    console = screen()
    with bars.step("compare"), bars.step("compile") as step:
        for clock.now in (1, 4.9, 5, 6, 34.9, 35):
            bars.SCREEN.look()
        step.begin("simulate", 500)
        for clock.now, done in ((36, 10), (39.9, 11), (45, 100), (74, 300), (75, 400)):
            step.reach(done)
    assert console.file.getvalue().splitlines() == [
        "compare: compile, 0:00:05 so far", "compare: compile, 0:00:35 so far",
        "compare: simulate: 100 of 500 images, 0:00:40 left", "compare: simulate: 400 of 500 images, 0:00:10 left"]


def test_many_short_stages_are_long_together(clock, screen):
    console = screen()
    with bars.step("explore"):
        for clock.now in range(100):
            with bars.step(f"network {clock.now}"):
                bars.SCREEN.look()
    assert [line.split()[2] for line in console.file.getvalue().splitlines()] == ["5,", "35,", "65,", "95,"]


def test_a_thread_looks_at_the_clock(clock, screen, monkeypatch):
    """Work that reports nothing is shown, too; of a function that numba compiles, that it does."""
    from threading import Event

    from numba.core import event
    console, looked = screen(), Event()
    monkeypatch.setattr(bars, "TICK", 0)
    monkeypatch.setattr(console, "print", lambda *text, **options: (Console.print(console, *text, **options),
                                                                   looked.set()))
    with bars.step("infer"), event.trigger_event("numba:compile"):
        clock.now = 5
        assert looked.wait(60)
    assert console.file.getvalue() == "infer (compiling, once on this computer), 0:00:05 so far\n"


def test_a_terminal_shows_a_bar_after_five_seconds_and_leaves_nothing(clock, screen):
    console = screen(terminal=True)
    with bars.step("compare"), bars.step("simulate", 500) as step:
        clock.now = 4
        step.reach(100)
        assert console.file.getvalue() == ""
        clock.now = 10
        step.reach(250)
        text = "\n".join("".join(segment.text for segment in line)
                         for line in console.render_lines(bars.SCREEN.bar.get_renderable(), pad=False))
    assert "250 of 500 images" in text and "0:00:10 left" in text and "━" in text and "compare" in text
    assert bars.SCREEN.bar is None


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_number_of_a_training_is_cut(clock, screen, width):
    console = screen(width, True)
    with bars.TrainingProgress() as progress:
        progress("finetune", 58, 120, Tally(images=1000), 1000, CHOICE)
        clock.now = 5
        progress("finetune", 59, 120, Tally(images=500), 1000, None)
        text = "\n".join("".join(segment.text for segment in line)
                         for line in console.render_lines(bars.SCREEN.bar.get_renderable(), pad=False))
    assert "…" not in text and all(len(line) <= width for line in text.splitlines())
    for word in ("finetune", "60/120", "98.12%", "1.2%"):
        assert word in text.split(), text


def test_a_training_says_how_good_it_is(clock, screen):
    console = screen(40)
    with bars.TrainingProgress() as progress:
        progress("finetune", 58, 120, Tally(images=1000), 1000, CHOICE)
        clock.now = 5
        progress("finetune", 59, 120, Tally(images=500), 1000, None)
    assert console.file.getvalue() == (
        "finetune 60/120: 59,500 of 120,000 images (98.12% right, 1.2% silent), 0:10:05 left\n")


def test_jobs_say_how_far_they_are(clock, screen):
    console = screen(40)
    with bars.JobBar("yosys", ["a", "b"]) as bar:
        clock.now = 10
        bar.report(0, 0.5)
        clock.now = 40
        bar.report(0, 1)
    assert console.file.getvalue().splitlines() == [
        "yosys: a: 0.5 of 2 jobs, 0:00:30 left", "yosys: done: 1.0 of 2 jobs, 0:00:40 left"]
