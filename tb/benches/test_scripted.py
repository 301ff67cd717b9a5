"""The bench in compiled code: designs pass it, and it notices each kind of difference."""

import numpy as np
import pytest

from first_spike.golden.inference.infer import infer
from tb.benches.test_accelerator import LEAST_TIES, MOST_SILENT
from tb.scenarios.accelerator_bench import bench_images
from tb.scenarios.processor_script import SMALL_LIMITS, ProcessorScript, small_networks, tying_networks
from tb.scenarios.scripted import ScriptedDesign, play
from tb.scenarios.serial_script import CYCLES_PER_BIT
from tb.scenarios.small_designs import SMALL_DESIGNS, TRIED_DESIGNS


@pytest.fixture(scope="module")
def dense(tmp_path_factory):
    """(ScriptedDesign, its lines with all scenarios, a function that plays lines)."""
    folder = tmp_path_factory.mktemp("dense")
    small = SMALL_DESIGNS["dense"]
    design = ScriptedDesign(small.design(), small.write(folder), folder / "build")

    def play(lines):
        (folder / "script.txt").write_text("\n".join(lines))
        return design.play(folder / "script.txt", timeout=60)

    return small.script().splitlines(), play


def test_a_design_passes(dense):
    lines, play = dense
    right, said = play(lines)
    assert right and said.endswith("cycles") and int(said.split()[0]) > 100, said


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["loadable", *(
    pytest.param(name, marks=pytest.mark.thorough if name in ("event-fed", "cut-beats") else pytest.mark.grid)
    for name in TRIED_DESIGNS if name not in ("dense", "loadable", "serial", "processor"))])
def test_other_designs_pass(tmp_path, name):
    small = TRIED_DESIGNS[name]
    design = ScriptedDesign(small.design(), small.write(tmp_path), tmp_path / "build")
    (tmp_path / "script.txt").write_text(small.script())
    right, said = design.play(tmp_path / "script.txt", timeout=600)
    assert right and said.endswith("cycles") and int(said.split()[0]) > 100, said


@pytest.mark.thorough
def test_a_board_at_a_serial_line_passes(tmp_path):
    """Every single-fault frame among the rest; and what is wrong is noticed."""
    small = SMALL_DESIGNS["serial"]
    design = ScriptedDesign(small.design(), small.write(tmp_path), tmp_path / "build")

    def play(text):
        (tmp_path / "script.txt").write_text(text)
        return design.play(tmp_path / "script.txt", timeout=60)

    right, said = play(small.script())
    assert right and said.endswith("cycles"), said
    ask, answer = [line for line in small.script().splitlines() if line.startswith(("send", "answer"))][:2]
    head = f"design {CYCLES_PER_BIT}\nscenario wrong\nreset 3\nline 1 4\n"
    assert play(f"{head}{ask}\n{answer}\n")[0]
    assert "wrong: an answer is missing" in play(f"{head}{ask[:-4]}\n{answer}\n")[1]
    assert "wrong: a wrong answer" in play(f"{head}{ask}\n{answer[:-2]}\n")[1]
    assert "wrong: a wrong answer" in play(f"{head}{ask}\nanswer -\n")[1]
    assert "wrong: a wrong interrupt" in play(f"{head}irq 1\n")[1]


@pytest.fixture(scope="module")
def processor(tmp_path_factory):
    """A ScriptedDesign of a small processor."""
    folder = tmp_path_factory.mktemp("processor")
    return ScriptedDesign(None, TRIED_DESIGNS["processor"].write(folder), folder / "build")


@pytest.mark.thorough
def test_networks_that_a_processor_takes_match_golden_in_predicted_cycles(processor, tmp_path):
    networks = small_networks()
    script = ProcessorScript(SMALL_LIMITS, networks[0])
    for network in networks:
        script.turn_to(network)
        script.matches_golden()
        script.flags_frames_of_a_wrong_length()
    script.ties_over_folds()
    (tmp_path / "script.txt").write_text(script.text())
    right, said = processor.play(tmp_path / "script.txt", timeout=120)
    assert right and int(said.split()[0]) == script.text().count("expect ") > 500, said


def test_ties_of_a_processor_lie_in_several_folds():
    """Else mutants of what happens then would survive: a larger potential wins in a later fold, equal ones lose."""
    lanes = SMALL_LIMITS.lanes
    found = [infer(network, np.array([[[255, 255, 0, 0]]], np.uint8)) for network in tying_networks(lanes)]
    assert [bool(one.tie[0]) for one in found] == [True] * 9 + [False]
    assert [int(one.classes[0]) for one in found] == [1, lanes + 2, 1, lanes - 1, lanes, 3 * lanes - 2, 0, lanes,
                                                      lanes + 3, 3 * lanes - 2]


@pytest.mark.thorough
def test_a_processor_passes(processor, tmp_path):
    """And what is wrong is noticed: a result, its cycle, and whether a load is refused."""
    lines = TRIED_DESIGNS["processor"].script().splitlines()

    def play(lines):
        (tmp_path / "script.txt").write_text("\n".join(lines))
        return processor.play(tmp_path / "script.txt", timeout=600)

    right, said = play(lines)
    assert right and said.endswith("cycles") and int(said.split()[0]) > 1000, said
    number = next(number for number, line in enumerate(lines) if line.startswith("expect"))
    _, word, cycle = lines[number].split()
    for wrong, sentence in (((int(word) ^ 1, cycle), "a wrong result"), ((word, int(cycle) + 1), "in a wrong cycle")):
        assert sentence in play([*lines[:number], "expect {} {}".format(*wrong), *lines[number + 1:]])[1]
    assert "a wrong status: 1 0" in play([*lines[:4], "status 1 1"])[1]
    (tmp_path / "load.txt").write_text("\n".join([*lines[:3], "wait 2", lines[3], "status 1 0"]))
    for seed in range(1, 9):  # a load is right whatever ports and registers begin with
        assert processor.play(tmp_path / "load.txt", seed)[0], seed
    load, crc = lines[3].rsplit(" ", 1)
    assert "a wrong status: 0 5" in play([*lines[:3], f"{load} {int(crc) ^ 1}", "status 1 0"])[1]


@pytest.mark.parametrize("field, sentence", [(1, "a wrong result"), (2, "a result in a wrong cycle"),
                                             (3, "a wrong spike"), (-1, "a wrong spike")])
def test_a_difference_is_noticed(dense, field, sentence):
    lines, play = dense
    number = next(number for number, line in enumerate(lines) if line.startswith("expect"))
    words = lines[number].split()
    words[field] = str(int(words[field]) ^ 1)
    right, said = play([*lines[:number], " ".join(words), *lines[number + 1:]])
    assert not right and said.startswith(f"matches_golden: {sentence}")


def test_too_few_and_too_many_results_are_noticed(dense):
    lines, play = dense
    sent = [number for number, line in enumerate(lines) if line.startswith("send")]
    expected = [number for number, line in enumerate(lines) if line.startswith("expect")]
    one, another = sent[0], expected[0]
    start = lines[:one]
    assert play([*start, lines[one], lines[another], "finish"])[0]
    assert "no result within" in play([*start, lines[another], "finish"])[1]
    assert "a result too many" in play([*start, lines[one], lines[sent[1]], lines[another], "wait 300"])[1]


@pytest.mark.parametrize("name", SMALL_DESIGNS)
def test_small_designs_decide_early_and_tie(name):
    """Else mutants of what happens then would survive."""
    network = SMALL_DESIGNS[name].network()
    found = infer(network, bench_images(np.random.default_rng(1), network, 300))
    assert found.silent.mean() < MOST_SILENT and found.tie.mean() >= LEAST_TIES
    assert len(np.unique(found.classes)) == network.sizes[-1]


@pytest.mark.parametrize("name", SMALL_DESIGNS)
def test_every_neuron_of_a_small_design_fires_before_the_decision(name):
    """Else mutants of its weights would survive."""
    network = SMALL_DESIGNS[name].network()
    found = infer(network, bench_images(np.random.default_rng(1), network, 1000)).until_decision()
    assert all((times < network.steps).any(axis=0).all() for times in found.spike_times)


def test_a_run_that_does_not_end_is_stopped(tmp_path):
    """By the time of a processor that it takes, not by the clock."""
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nwhile :; do :; done\n")
    program.chmod(0o755)
    assert play(program, tmp_path, "script.txt", timeout=1) == (False, "no end within 1 s of a processor")
