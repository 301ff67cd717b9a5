"""A simulator that ends with another status than 0, by a signal, or without results is an error, whatever else it left.

Programs in the place of the simulators leave the results that golden has, so that nothing but their end is wrong.
"""

import numpy as np
import pytest

import first_spike as fs
from first_spike.commands import compare
from first_spike.commands import lint as lint_command
from first_spike.comparison.recorder import Recorder
from first_spike.golden.contract.limits import pack
from first_spike.golden.contract.network import Layer
from first_spike.golden.contract.processor import Processor
from first_spike.golden.schedule.processor_cycles import predict
from first_spike.rtl_model.simulate import simulate
from first_spike.tests.programs import program, tools  # noqa: F401
from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.scenarios.scripted import play

ENDS = {"status": "exit 3", "signal": "kill -KILL $$", "abort": "kill -ABRT $$"}
IMAGES = np.array([[[255, 0, 9, 200]], [[0, 255, 255, 0]], [[0, 0, 0, 0]]], np.uint8)
# A compiler makes what it is told to, a file that the next program reads.
COMPILER = 'while [ "$1" != -o ]; do shift; done; echo > "$2"'


@pytest.fixture(scope="module")
def network():
    weights = np.array([[3, 0, -1], [0, 3, 1], [1, 2, 0], [2, 1, 1]], np.int8)
    return fs.Network(8, (1, 4), [Layer(weights, np.full(3, 4, np.int32), 4)], list("abc"), "by hand")


@pytest.fixture(scope="module")
def right(network):
    """(the Record, the lines of it that a simulation leaves) when everything is right."""
    record, lines = simulate(fs.Design(network), IMAGES), []
    for number, word in enumerate(record.words.tolist()):
        lines.append(f"b {record.first_beat[number]} 1")
        times = record.spike_times[0][number]
        for step in sorted(set(times[times < network.steps].tolist())):
            fires = sum(1 << neuron for neuron in np.flatnonzero(times == step).tolist())
            lines.append(f"o {fires:x} {step:x} 0")
        lines += [f"d {record.decided[number]}", f"v {record.valid[number]}", f"r {word:x}"]
    return record, "".join(f"{line}\n" for line in lines)


@pytest.fixture(params=[pytest.param("icarus", marks=pytest.mark.thorough), "verilator"])
def fake(request, right, tools):  # noqa: F811
    """(its name, a function that puts a simulator in place, which leaves what is right and ends as told)."""
    def put(end="", compiled="", results=True):
        written = f"cat > record.txt <<'LINES'\n{right[1]}LINES\n" * results
        if request.param == "icarus":
            program(tools, "iverilog", f"{COMPILER}; {compiled}")
            program(tools, "vvp", f"{written}{end}")
        else:
            program(tools, "verilator", f"""
mkdir -p obj
cat > obj/Vrecorder <<'END'
#!/bin/sh
{written}{end}
END
chmod +x obj/Vrecorder
{compiled}""")

    return request.param, put


WRONG = [dict(end=end) for end in ENDS.values()] + [dict(compiled="exit 1"), dict(results=False)]


def test_right_results_of_a_simulator_are_believed(network, fake, tmp_path):
    """Against which the others are held: nothing else is wrong with them."""
    simulator, put = fake
    put()
    report = fs.compare(fs.Design(network), IMAGES, simulator=simulator, build=tmp_path / "build")
    assert report["equal_images"] == len(IMAGES) and report["first_mismatch"] is None
    assert report["cycle_model"]["mismatches"] == 0


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_a_simulator_that_fails_gives_no_verdict(network, fake, tmp_path, wrong):
    simulator, put = fake
    put(**wrong)
    with pytest.raises(fs.UserError) as caught:
        fs.compare(fs.Design(network), IMAGES, simulator=simulator, build=tmp_path / "build")
    assert "\n" not in str(caught.value) and simulator in str(caught.value)


def test_results_of_the_run_before_are_not_those_of_one_that_left_none(network, right, fake, tmp_path):
    simulator, put = fake
    folder = tmp_path / "design"
    folder.mkdir()
    (folder / "filelist.f").write_text("accelerator.v\n")
    put()
    recorder = Recorder(fs.Design(network), folder, tmp_path / "build", simulator)
    assert recorder.run(IMAGES).words.tolist() == right[0].words.tolist()
    if simulator == "icarus":
        put(results=False)
    else:
        program(tmp_path / "build" / "obj", "Vrecorder", "exit 0")
    with pytest.raises(fs.UserError):
        recorder.run(IMAGES)


LIMITS = Processor(lanes=8, weight_words=64, inputs=16, steps=16, neurons=16, words=16, layers=2, pixels=4)


@pytest.fixture
def compared(network, tools, tmp_path, command):  # noqa: F811
    """A function that compares a processor, whose simulator sees what is right, and ends as told."""
    network.save(tmp_path / "network.npz")
    np.save(tmp_path / "images.npy", IMAGES)
    found = fs.infer(network, IMAGES)
    words = pack(found.classes, found.decision_time, found.silent, found.tie).tolist()
    cycles = np.cumsum(predict(network, LIMITS, IMAGES, found).interval).tolist()
    seen = "".join(f"B {cycle}\n" for cycle in [0, *cycles[:-1]])
    seen += "".join(f"R {word:08x} {cycle}\n" for word, cycle in zip(words, cycles))

    def run(end="", compiled="", results=len(words)):
        lines = seen.splitlines(keepends=True)
        written = "".join(lines[:len(lines) - len(words) + results]) if results else None
        program(tools, "iverilog", f"{COMPILER}; {compiled}")
        program(tools, "vvp", (f"cat > seen.txt <<'LINES'\n{written}LINES\n" if written else "") + end)
        options = [word for name, value in LIMITS.settings.items() for word in (f"--{name.replace('_', '-')}", value)]
        return command(compare, "--top", "processor", *options, "--network", "network.npz", "--images", "images.npy",
                       "--sim", "icarus", "--build", tmp_path / "build", cwd=tmp_path)

    return run


@pytest.mark.thorough
def test_results_of_the_run_before_are_no_processor_s(compared):
    """They lie in its folder, and are right, when the next run leaves none."""
    assert compared().returncode == 0
    assert_refused(compared(results=0), "icarus")


@pytest.mark.thorough
@pytest.mark.parametrize("wrong", [dict(end=ENDS["status"]), dict(end=ENDS["signal"]), dict(results=2),
                                   dict(compiled="exit 1")], ids=repr)
def test_a_processor_gets_no_verdict_of_a_simulator_that_fails(compared, wrong):
    assert_refused(compared(**wrong), "icarus")


def test_a_linter_that_dies_without_a_word_finds_nothing_clean(tools, tmp_path, command):  # noqa: F811
    folder = tmp_path / "design"
    folder.mkdir()
    (folder / "filelist.f").write_text("top.v\n")
    for dying in (None, "verilator", "iverilog"):
        for name in ("verilator", "iverilog"):
            program(tools, name, ENDS["signal"] if name == dying else "")
        assert command(lint_command, folder).returncode == (0 if dying is None else 1)


@pytest.mark.parametrize("end", [*ENDS, None])
def test_a_bench_in_compiled_code_is_right_if_its_program_ends_well(tmp_path, end):
    program(tmp_path, "bench", f"echo 3 images, 40 cycles\n{ENDS.get(end, '')}")
    assert play(tmp_path / "bench", tmp_path, "script.txt") == (end is None, "3 images, 40 cycles")
