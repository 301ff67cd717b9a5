"""`first-spike compare`: every back end says the same, files hold what it gave, and wrong designs are found."""

import json
import os

import numpy as np
import pytest

from first_spike.command.places import DEFAULT_NETWORK
from first_spike.commands import compare
from first_spike.comparison.backends import VERILOG
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.network import FloatNetwork, Network
from first_spike.golden.files import ROOT
from first_spike.golden.inference.infer import infer
from first_spike.tests.tampering import tampered_design
from tb.helpers.process import (  # noqa: F401
    assert_predictions,
    assert_refused,
    command,
    run_script,
    without_progress,
)
from tb.helpers.small_case import small_case

SHIPPED = DEFAULT_NETWORK
KEYS = {"images", "sim", "accuracy", "mismatches", "float_agreement", "cycles"}


@pytest.fixture
def case(tmp_path, monkeypatch):
    """The test runs in a folder with the files of `small_case`; gives (network, images, labels)."""
    monkeypatch.chdir(tmp_path)
    return small_case(tmp_path)


def options(sim, *more):
    build = ("--build", f"build_{sim}") if sim in VERILOG else ()
    return ("--network", "network.npz", "--images", "images.npy", "--sim", sim, *build, "--json", "r.json",
            "--predictions", "p.npz", *more)


@pytest.mark.long
@pytest.mark.parametrize("lanes, weights", [
    ((4, 3), ()), *(pytest.param(*case, marks=pytest.mark.thorough) for case in (
        ((), ()), ((2,), ()), ((2,), ("--weights", "loadable")),
        ((), ("--weights", "loadable", "--weight-banks", 2, "--potential-margin", 2))))])
def test_back_ends_agree(case, command, tmp_path, lanes, weights):  # noqa: F811
    network, images, labels = case
    expected = infer(network, images, until_decision=True)
    more = ("--labels", "labels.npy", *(("--lanes", *lanes) if lanes else ()), "--pixels", 4,
            *weights)
    reports = {}
    for sim in ("golden", "myhdl", "icarus"):
        done = command(compare, *options(sim, *more))
        assert done.returncode == 0, done.stderr
        reports[sim] = report = json.loads((tmp_path / "r.json").read_text())
        accuracy = (expected.classes == labels).mean()
        assert KEYS < set(report)
        assert (report["sim"], report["images"]) == (sim, 28)
        assert report["float_agreement"] == {"class": 1, "decision_time_mean_abs": 0, "hidden_time_mean_abs": 0}
        assert report["configuration"]["lanes"] == [min(n, p) for n, p in zip(network.sizes,
                                                                              lanes * 2 or network.sizes)]
        if sim == "golden":
            assert "No hardware was simulated" in done.stdout and "RTL" not in done.stdout
            assert report["accuracy"] == {"float": accuracy, "golden": accuracy, "rtl": None}
            assert {report[key] for key in ("mismatches", "equal_images", "cycle_model", "first_mismatch")} == {None}
        else:
            assert "equal to the golden model's" in done.stdout and "RTL against golden model" in done.stdout
            assert report["accuracy"] == {"float": accuracy, "golden": accuracy, "rtl": accuracy}
            assert report["equal_images"] == 28
            assert report["mismatches"] == {"class": 0, "decision_time": 0, "flags": 0, "spikes": 0}
            assert report["cycle_model"] == {"mismatches": 0, "first": None}
        assert_predictions("p.npz", expected)
    assert reports["golden"]["latency"] is None
    assert reports["myhdl"]["latency"] == reports["icarus"]["latency"]
    assert reports["golden"]["cycles"] == reports["myhdl"]["cycles"] == reports["icarus"]["cycles"]
    cycles = reports["icarus"]["cycles"]
    assert 5 <= cycles["p50"] <= cycles["p99"] <= cycles["max"] < 500


def test_what_is_not_there_is_null(case, command, tmp_path):  # noqa: F811
    (tmp_path / "network_float.npz").unlink()
    done = command(compare, *options("golden", "--count", 5))
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["accuracy"] == {"float": None, "golden": None, "rtl": None}
    assert (report["images"], report["float_agreement"]) == (5, None)


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["weight", "threshold"])
@pytest.mark.parametrize("lanes", [(2,), pytest.param((), marks=pytest.mark.thorough)])
def test_a_tampered_design_is_found(case, command, tmp_path, kind, lanes):  # noqa: F811
    design, name, agreement = tampered_design(tmp_path, "network.npz", Configuration(lanes), case[1], kind)
    assert name.startswith("layer0_") and name.endswith(".hex" if kind == "weight" else ".v")
    done = command(compare, *options("icarus", "--design", design))
    assert done.returncode == 1
    assert f"{design.relative_to(tmp_path) / name} line " in done.stderr
    assert f"first here:\n  {agreement.first}\n" in done.stderr
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["mismatches"] == agreement.mismatches and report["first_mismatch"] == agreement.first
    assert len(report["different_files"]) == 1


@pytest.mark.thorough
def test_a_tampered_file_is_found_even_if_no_image_shows_it(case, command, tmp_path):  # noqa: F811
    design = tampered_design(tmp_path, "network.npz", Configuration(), case[1], "weight")[0]
    np.save("images.npy", np.zeros((1, 4, 5), np.uint8))
    done = command(compare, *options("icarus", "--design", design))
    assert done.returncode == 1 and ".hex line " in done.stderr
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["first_mismatch"] is None and len(report["different_files"]) == 1


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["weight", "threshold"])
def test_the_shipped_network_with_one_bit_changed(tmp_path, command, kind):  # noqa: F811
    with np.load(ROOT / "golden" / "samples" / "mnist_test_500.npz") as samples:
        images = samples["images"][:5]
    design, name, agreement = tampered_design(tmp_path, SHIPPED, Configuration(), images, kind)
    done = command(compare, "--network", SHIPPED, "--data", "samples", "--count", 5, "--sim", "icarus", "--design",
                   design, "--build", tmp_path / "build")
    assert done.returncode == 1
    assert f"{design / name} line " in done.stderr and agreement.first in done.stderr


@pytest.mark.thorough
def test_a_failing_simulation_names_its_log(case, command, tmp_path):  # noqa: F811
    assert command(compare, *options("icarus")).returncode == 0
    design = tmp_path / "build_icarus" / "design"
    (design / "readout.v").write_text("no Verilog\n")
    design.rename("design")
    done = command(compare, *options("icarus", "--design", "design"))
    assert done.returncode == 1 and done.stdout == ""
    log = tmp_path / "build_icarus" / "simulation" / "build.log"
    assert "design/readout.v line 1, column 1: expected '// Generated …', found 'no Verilog'" in done.stderr
    assert "the simulation on icarus failed" in done.stderr
    assert done.stderr.endswith(f"{log.relative_to(tmp_path)}\n")
    assert "syntax error" in log.read_text()


@pytest.mark.thorough
def test_a_design_is_not_replaced_by_what_it_is_compared_with(case, command, tmp_path):  # noqa: F811
    assert command(compare, *options("icarus")).returncode == 0
    design = tmp_path / "build_icarus" / "design"
    (design / "readout.v").write_text((design / "readout.v").read_text() + "// mine\n")
    done = command(compare, *options("icarus", "--design", "build_icarus/design"))
    assert done.returncode == 1 and "design/readout.v line " in done.stderr and "'// mine'" in done.stderr
    assert (design / "readout.v").read_text().endswith("// mine\n")
    assert_refused(command(compare, *options("icarus", "--design", "build_icarus/expected")),
                   "is where the generator's own design goes")


@pytest.mark.parametrize("character", " #$'\"&;:()=|<>`\\\t")
def test_verilator_and_what_a_path_may_not_hold(case, command, character):  # noqa: F811
    place = f"my{character}designs"
    done = command(compare, *options("verilator")[:-4], "--build", place)
    named = "space" if character.isspace() else character
    assert_refused(done, f"because of the {named} in it: move it, or choose a folder without one")
    assert not os.path.exists(place)


@pytest.mark.thorough
def test_waves(case, tmp_path):
    done = run_script("compare.py", *options("icarus", "--count", 1, "--waves"), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    waves = tmp_path / "build_icarus" / "simulation" / "accelerator.fst"
    assert f"waves: {waves.relative_to(tmp_path)}\n" in done.stdout and waves.stat().st_size > 1000
    assert without_progress(done.stderr) == ""


def test_float_network_of_another_shape(case, command):  # noqa: F811
    network = FloatNetwork.load("network_float.npz")
    FloatNetwork(32, network.image_shape, network.layers, network.classes, "x").save("other.npz")
    assert_refused(command(compare, *options("golden", "--float", "other.npz")),
                   "other.npz is a network of 4 x 5 pixels, 5-4 neurons and 32 steps, but network.npz is one of 4 x 5 "
                   "pixels, 5-4 neurons and 16 steps")


@pytest.mark.thorough
def test_a_design_of_another_network(case, command, tmp_path):  # noqa: F811
    assert command(compare, *options("icarus", "--count", 1)).returncode == 0
    network = Network.load("network.npz")
    Network(32, network.image_shape, network.layers, network.classes, "x").save("network.npz")
    (tmp_path / "network_float.npz").unlink()
    assert_refused(command(compare, *options("icarus", "--design", "build_icarus/design")), "was made from the network")
    (tmp_path / "build_icarus" / "design" / "manifest.json").write_text("{")
    assert_refused(command(compare, *options("icarus", "--design", "build_icarus/design")),
                   "manifest.json is no whole manifest")
    (tmp_path / "other").mkdir()
    assert_refused(command(compare, *options("icarus", "--design", "other")), "other is no design of this generator")
    assert_refused(command(compare, *options("icarus", "--design", "NEW")), "there is no folder NEW")
