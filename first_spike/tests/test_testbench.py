"""The testbench that goes along with a design: it runs as its head says and from any folder, and sees every fault."""

import shlex
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from first_spike.command.places import DEFAULT_NETWORK
from first_spike.comparison.design_files import vectors, write_whole_design
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import unpack
from first_spike.golden.contract.network import Network
from first_spike.golden.data.catalogue import load
from tb.helpers.shell import compiled, head_line, run_line
from tb.helpers.small_case import of_one_beat, small_case

CONFIGURATION = Configuration((3,), 4, 2, 2)
FAULTY = Path(__file__).with_name("faulty_accelerator.v")
PASS = "PASS: accelerator gives the results of 8 images, at full speed and with {} % stalls"
FAULTS = {
    "wrong": "FAIL: image 2 at full speed: expected ",
    "tlast": "FAIL: the result of image 1 comes without TLAST",
    "hold": " did not hold still while it waited: it was ",
    "many": "FAIL: a result too many, ",
    "few": "FAIL: no result of image 4 within ",
}


@pytest.fixture(params=["icarus", "verilator"])
def simulator(request):
    """Each simulator in turn."""
    return request.param


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """(network, folder of its design)."""
    folder = tmp_path_factory.mktemp("made")
    network, _, _ = small_case(folder)
    return network, write_whole_design(Design(Network.load(folder / "network.npz"), CONFIGURATION), folder / "design")


@pytest.fixture
def design(made, tmp_path):
    """A copy of the design, for a test of its own."""
    return Path(shutil.copytree(made[1], tmp_path / "design"))


@pytest.mark.parametrize("program", ["iverilog", "verilator"])
def test_the_line_in_its_head_runs_it(design, program):
    done = run_line(head_line(design, "accelerator", program), design)
    assert done.returncode == 0 and PASS.format(50) in done.stdout.splitlines()


@pytest.mark.thorough
@pytest.mark.parametrize("fault", [None, ("frame_tid.v", "if (!in_frame)", "if (frame_last)"),
                                   ("frame_tuser.v", "tags[read]", "tags[tail]"),
                                   ("beat_splitter.v", "data >> BITS", "data"),
                                   ("null_bytes.v", "!tkeep[place]", "1")])
def test_it_sees_tags_and_what_fills_up_wide_beats(made, tmp_path, fault):
    design = write_whole_design(Design(made[0], replace(CONFIGURATION, tkeep=1, tid_bits=3, tuser_bits=2,
                                                        stream_bits=64)), tmp_path / "design")
    if fault:
        file, code, instead = fault
        assert (design / file).read_text().count(code) == 1
        (design / file).write_text((design / file).read_text().replace(code, instead))
    done = run_line(head_line(design, "accelerator", "iverilog"), design)
    assert (done.returncode == 0 and PASS.format(50) in done.stdout.splitlines()) == (fault is None), done.stdout


def test_it_runs_from_any_folder_and_sees_files_that_are_missing_cut_or_changed(design, simulator, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    place = shlex.quote(f"../{design.name}")
    waivers = f"{place}/accelerator.vlt" if simulator == "verilator" else ""
    run = compiled(simulator, f"-DFIRST_SPIKE_HEX='\"{place}/\"' -y {place} {waivers} {place}/accelerator_tb.v", other)

    def outcome(options=""):
        done = run_line(f"{run} {options}", other)
        return done.returncode == 0, next(line for line in done.stdout.splitlines() if line[:4] in ("PASS", "FAIL"))

    assert outcome("+stalls=0") == (True, PASS.format(0))
    assert outcome("+stalls=95 +seed=7") == (True, PASS.format(95))
    assert outcome("+stalls=96") == (False, "FAIL: +stalls=96: choose 0 to 95")
    results, frames = (design / f"accelerator_tb_{name}.hex" for name in ("results", "frames"))
    words, beats = results.read_text().split(), frames.read_text().split()
    right, wrong = int(words[3], 16), int(words[3], 16) ^ 0x10001
    results.write_text("\n".join([*words[:3], f"{wrong:08x}", *words[4:]]))
    expected, got = unpack(wrong), unpack(right)
    assert outcome() == (False, f"FAIL: image 3 at full speed: expected {wrong:08x} (class {expected.classes}, step "
                         f"{expected.decision_time}), got {right:08x} (class {got.classes}, step {got.decision_time})")
    results.write_text("\n".join(words[:7]))
    assert outcome() == (False, "FAIL: accelerator_tb_results.hex holds 7 results, expected 8")
    results.unlink()
    assert outcome() == (False, f"FAIL: cannot read ../{design.name}/accelerator_tb_results.hex")
    results.write_text("\n".join(words))
    frames.write_text("\n".join(beats[:-1]))
    assert outcome() == (False, f"FAIL: accelerator_tb_frames.hex holds {len(beats) - 1} beats, expected {len(beats)}")
    frames.unlink()
    assert outcome() == (False, f"FAIL: cannot read ../{design.name}/accelerator_tb_frames.hex")


@pytest.mark.thorough
@pytest.mark.parametrize("program", ["iverilog", "verilator"])
@pytest.mark.parametrize("banks, pixels", [(2, 4), (1, 16)])
def test_it_loads_what_is_loadable(made, banks, pixels, program, tmp_path):
    """Of two banks; and where an image is one beat, whose mask is the word that is loaded last: what is read too early
    is unknown to Icarus where nothing is made up for it."""
    network = of_one_beat(made[0]) if banks == 1 else made[0]
    loadable = Design(network, replace(CONFIGURATION, pixels=pixels, weights="loadable", weight_banks=banks))
    design = write_whole_design(loadable, tmp_path / "design")
    for line in (head_line(design, "accelerator", program).replace(program, each, 1)
                 for each in (program, f"{program} -DSYNTHESIS")):
        done = run_line(line, design)
        assert done.returncode == 0 and PASS.format(50) in done.stdout.splitlines(), done.stdout
    words = design / "accelerator_tb_load.hex"
    every = words.read_text().split()
    words.write_text("\n".join("0000" if number % 2 else word for number, word in enumerate(every)))
    done = run_line(head_line(design, "accelerator", program), design)
    assert done.returncode != 0 and "FAIL: image " in done.stdout
    words.write_text(words.read_text()[:20])
    done = run_line(head_line(design, "accelerator", program), design)
    assert done.returncode != 0 and "FAIL: accelerator_tb_load.hex holds 4 words, expected " in done.stdout
    words.unlink()
    done = run_line(head_line(design, "accelerator", program), design)
    assert done.returncode != 0 and "FAIL: cannot read ./accelerator_tb_load.hex" in done.stdout


@pytest.mark.parametrize("kept", [None, 0, -1])
def test_a_missing_or_cut_file_of_weights_ends_it(design, kept):
    """Of its words `kept` are left, None without the file."""
    line, file = head_line(design, "accelerator", "iverilog"), design / "layer1_weights_0_0.hex"
    words = file.read_text().splitlines(keepends=True)
    said, left = f"cannot read the weights {file.name}", None if kept is None else words[:kept]
    if left is None:
        file.unlink()
    else:
        file.write_text("".join(left))
        said = f"{file.name} holds {len(left)} words, expected {len(words)}"
    done = run_line(line, design)
    assert done.returncode != 0 and said in done.stdout and "PASS" not in done.stdout


def test_every_fault_of_a_design_is_seen(design, simulator, tmp_path):
    run = compiled(simulator, f"{shlex.quote(str(FAULTY))} accelerator_tb.v", design)
    done = run_line(f"{run} +fault=none", design)
    assert done.returncode == 0 and PASS.format(50) in done.stdout
    for fault, sentence in FAULTS.items():
        done = run_line(f"{run} +fault={fault}", design)
        assert done.returncode != 0 and sentence in done.stdout and "PASS" not in done.stdout, (fault, done.stdout)


def test_vectors_are_digits_where_they_fit_and_busy_elsewhere(made):
    network = Network.load(DEFAULT_NETWORK)
    found = vectors(network)
    digits = load("samples", train=False)
    assert (found.images[:6] == digits.test_images[:6]).all() and "MNIST" in found.source
    assert (unpack(found.words[:6]).classes == digits.test_labels[:6]).all()
    assert not found.images[6].any() and (found.images[7] == 255).all()
    small = vectors(made[0])
    assert small.images.shape == (8, 4, 5) and len(set(small.words.tolist())) > 2
    assert (vectors(made[0]).words == small.words).all()
