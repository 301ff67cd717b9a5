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
PASSED = '<testsuites><testsuite><testcase name="a" classname="b"/></testsuite></testsuites>'
# A compiler makes what it is told to, a file that the next program reads.
COMPILER = 'while [ "$1" != -o ]; do shift; done; echo > "$2"'


@pytest.fixture(scope="module")
def network():
    weights = np.array([[3, 0, -1], [0, 3, 1], [1, 2, 0], [2, 1, 1]], np.int8)
    return fs.Network(8, (1, 4), [Layer(weights, np.full(3, 4, np.int32), 4)], list("abc"), "by hand")


@pytest.fixture(scope="module")
def record(network, tmp_path_factory):
    """The file that a simulation leaves when everything is right."""
    file = tmp_path_factory.mktemp("record") / "right.npz"
    simulate(fs.Design(network), IMAGES).save(file)
    return file


def assert_no_verdict(design, simulator, build):
    with pytest.raises(fs.UserError) as caught:
        fs.compare(design, IMAGES, simulator=simulator, build=build)
    assert "\n" not in str(caught.value) and simulator in str(caught.value)


def fake_icarus(tools, record, build, compiled="", end="", results=True):  # noqa: F811
    """`iverilog` and `vvp` that give right results."""
    program(tools, "iverilog", f"{COMPILER}; {compiled}")
    program(tools, "vvp", f"echo '{PASSED}' > $COCOTB_RESULTS_FILE\n"
            + f"cp {record} {build}/simulation/record.npz\n" * results + end)


@pytest.mark.thorough
def test_right_results_of_a_simulator_are_believed(network, record, tools, tmp_path):  # noqa: F811
    """Against which the others are held: nothing else is wrong with them."""
    build = tmp_path / "build"
    fake_icarus(tools, record, build)
    report = fs.compare(fs.Design(network), IMAGES, simulator="icarus", build=build)
    assert report["equal_images"] == len(IMAGES) and report["first_mismatch"] is None
    assert report["cycle_model"]["mismatches"] == 0


@pytest.mark.parametrize("wrong", [
    dict(end=ENDS["status"]), *(pytest.param(wrong, marks=pytest.mark.thorough) for wrong in (
        dict(results=False), dict(end=ENDS["signal"]), dict(compiled="exit 1")))], ids=repr)
def test_icarus_that_fails_gives_no_verdict(network, record, tools, tmp_path, wrong):  # noqa: F811
    build = tmp_path / "build"
    fake_icarus(tools, record, build, **wrong)
    assert_no_verdict(fs.Design(network), "icarus", build)


@pytest.mark.thorough
@pytest.mark.parametrize("wrong", [None, "compiled", "end", "results"])
def test_verilator_that_fails_gives_no_verdict(network, record, tools, tmp_path, wrong):  # noqa: F811
    """cocotb builds its program with make, and runs it."""
    build = tmp_path / "build"
    place = f"{build}/simulation"
    results = f"cp {record} {place}/record.npz\n" * (wrong != "results")
    ends = ENDS["signal"] * (wrong == "end")
    program(tools, "verilator", f"""
printf 'all:\\n\\t@true\\n' > {place}/Vtop.mk
cat > {place}/accelerator <<'END'
#!/bin/sh
echo '{PASSED}' > $COCOTB_RESULTS_FILE
{results}{ends}
END
chmod +x {place}/accelerator
{'exit 1' * (wrong == 'compiled')}""")
    design = fs.Design(network)
    if wrong is None:
        assert fs.compare(design, IMAGES, build=build)["equal_images"] == len(IMAGES)
    else:
        assert_no_verdict(design, "verilator", build)


@pytest.fixture
def recorder(network, record, tools, tmp_path):  # noqa: F811
    """A function that makes a Recorder, whose program writes down what is right, and ends as told."""
    folder, text = tmp_path / "design", []
    folder.mkdir()
    (folder / "filelist.f").write_text("accelerator.v\n")
    with np.load(record) as right:
        for number, word in enumerate(right["words"].tolist()):
            text.append(f"b {10 * number} 1\nv {10 * number + 5}\nr {word:x}\n")

    def make(end="", compiled="", results=True):
        written = f"cat > record.txt <<'LINES'\n{''.join(text)}LINES\n" * results
        program(tools, "verilator", f"""
mkdir -p obj
cat > obj/Vrecorder <<'END'
#!/bin/sh
{written}{end}
END
chmod +x obj/Vrecorder
{compiled}""")
        return Recorder(fs.Design(network), IMAGES, folder, tmp_path / "build", inside=False)

    return make


@pytest.mark.parametrize("end", ENDS)
def test_a_whole_test_set_ends_with_its_simulator(recorder, record, end):
    """However it ends after all results are written."""
    with np.load(record) as right:
        assert recorder().run().words.tolist() == right["words"].tolist()
    with pytest.raises(fs.UserError):
        recorder(end=ENDS[end]).run()
    with pytest.raises(fs.UserError):
        recorder(compiled="exit 1")


def test_results_of_the_run_before_are_not_those_of_one_that_left_none(recorder):
    assert len(recorder().run().words) == len(IMAGES)
    with pytest.raises(fs.UserError):
        recorder(results=False).run()


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
