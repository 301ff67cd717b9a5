"""manifest.json says what a design is, to readers without Python; what is none of ours, or damaged, is refused."""

import hashlib
import json
import re
from dataclasses import replace

import numpy as np
import pytest

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import unpack
from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.errors import UserError
from first_spike.golden.recordings import Recordings
from first_spike.rtl_model.convert import generate
from first_spike.rtl_model.delivery.deliver import Vectors
from first_spike.rtl_model.delivery.manifest import FORMAT, MANIFEST, describe, files_of, read_manifest
from tb.helpers.random_networks import random_layer


@pytest.fixture(scope="module")
def network():
    rng = np.random.default_rng(1)
    layers = [random_layer(rng, 12, 9, 3, shared=False), random_layer(rng, 9, 3, 1, shared=True)]
    return Network(8, (3, 4), layers, ["a", 'quoted "b"', "ö"], "random, seed 1")


@pytest.fixture(scope="module")
def folder(network, tmp_path_factory):
    """The folder of a design called `mine`, with vectors."""
    folder = tmp_path_factory.mktemp("manifest")
    network.save(folder / "network.npz")
    vectors = Vectors(np.zeros((2, 3, 4), np.uint8), np.array([1, 2]), "black")
    return generate(Design(Network.load(folder / "network.npz"), Configuration((2,), 2, 1, 1)), folder / "design",
                    "mine", vectors)


def test_ports_are_those_of_the_top(folder):
    manifest = json.loads((folder / MANIFEST).read_text())
    assert (manifest["name"], manifest["top"]) == ("mine", "mine_accelerator")
    text = (folder / "mine_accelerator.v").read_text()
    declared = {name: (way, int(high or 0) + 1) for way, high, name in re.findall(
        r"^ +(input|output) +\w+ +(?:\[(\d+):0\] +)?(\w+)", text, re.MULTILINE)}
    assert [port["name"] for port in manifest["ports"]] == list(declared) and len(declared) == 10
    assert {port["name"]: (port["direction"], port["width"]) for port in manifest["ports"]} == declared
    assert all(port["meaning"] for port in manifest["ports"])
    assert (manifest["clock"]["port"], manifest["reset"]["port"]) == ("clk", "rst")


def test_every_file_but_itself_has_its_role_and_hash(folder):
    files = json.loads((folder / MANIFEST).read_text())["files"]
    assert {file["name"] for file in files} == {path.name for path in folder.iterdir()} - {MANIFEST}
    for file in files:
        assert file["sha256"] == hashlib.sha256((folder / file["name"]).read_bytes()).hexdigest()
    roles = {}
    for file in files:
        roles.setdefault(file["role"], []).append(file["name"])
    assert files_of(read_manifest(folder), "testbench", "waivers") == ["mine_accelerator_tb.v", "mine_accelerator.vlt"]
    assert roles["module"] == (folder / "filelist.f").read_text().split()
    assert roles["module"][-1] == "mine_accelerator.v" and "mine_layer0_weights_0_0.hex" in roles["weights"]
    assert roles["testbench"] == ["mine_accelerator_tb.v"] and len(roles["vectors"]) == 2
    assert roles["waivers"] == ["mine_accelerator.vlt"] and roles["core"] == ["mine_accelerator.core"]
    assert [name.split(".")[1] for name in roles["constraints"]] == ["sdc", "xdc", "lpf"]
    assert roles["component"] == ["component.xml"] and roles["wrapper"] == ["mine_accelerator_ip.v"]
    assert roles["script"] == ["package.tcl", "block_design.tcl"]
    assert roles["example"] == ["mine_accelerator_cocotb.py", "mine_accelerator.sby", "mine_accelerator_formal.sv"]


def test_a_design_with_registers_says_so(network, folder, tmp_path):
    made = generate(Design(Network.load(folder.parent / "network.npz"), Configuration((2,), 2, 1, 1)),
                    tmp_path / "axi", "mine",
                    Vectors(np.zeros((2, 3, 4), np.uint8), np.array([1, 2]), "black"), top="accelerator_axi")
    manifest = read_manifest(made)
    assert manifest["top"] == "mine_accelerator_axi"
    assert files_of(manifest, "register map") == ["first_spike.h", "first_spike.xml"]
    assert files_of(manifest, "driver") == ["first_spike_driver.h", "first_spike_driver.c", "first_spike_uio.h",
                                            "first_spike_uio.c"]
    assert files_of(manifest, "device tree") == ["mine_accelerator_axi.dtsi"]
    ports = {port["name"]: port["direction"] for port in manifest["ports"]}
    assert ports["irq"] == ports["s_axil_awready"] == "output" and ports["s_axil_awaddr"] == "input"
    text = (made / "mine_accelerator_axi_tb.v").read_text()
    assert "    .s_axil_awvalid(1'd0),\n" in text and "    .irq(),\n" in text
    assert files_of(read_manifest(folder), "register map") == []


def test_a_design_for_events_says_so(network, tmp_path):
    network = replace(network, most_events=9)
    network.save(tmp_path / "network.npz")
    vectors = Vectors(Recordings.of_lists([[(0, 0), (11, 7)], []]), np.array([1, 2]), "two")
    made = generate(Design(Network.load(tmp_path / "network.npz"), Configuration((2,), 2, 1, 1)), tmp_path / "design",
                    vectors=vectors)
    manifest = read_manifest(made)
    assert (manifest["input"], manifest["most_events"]) == ("events", 9) and "pixels" not in manifest
    assert manifest["event"] == {"input": "23:0", "step": "31:24", "no_input": 0xFFFFFF}
    assert next(port["width"] for port in manifest["ports"] if port["name"] == "s_axis_tdata") == 32
    assert (made / "accelerator_tb_frames.hex").read_text().split() == ["000000000", "10700000b", "100ffffff"]
    top = (made / "accelerator.v").read_text()
    assert "// most_events = 9: of a recording" in top and "pixel" not in top
    assert "up to 9 beats" in (made / "README.md").read_text() and "pixels" not in (made / "README.md").read_text()


@pytest.mark.parametrize("most_events, beats, said", [
    (None, 2, "frame of 2 beats; each"), (9, 5, "up to 5 beats, each of 2\nevents, the first in the lowest 32 bits, ")])
def test_wide_beats_are_said_as_the_testbench_sends_them(network, tmp_path, most_events, beats, said):
    network = replace(network, most_events=most_events)
    images = np.zeros((1, 3, 4), np.uint8) if most_events is None else Recordings.of_lists([[(0, 0)] * 9])
    design = Design(network, Configuration((2,), 2, 1, 1, tkeep=1, stream_bits=64))
    made = generate(design, tmp_path / "design", vectors=Vectors(images, np.array([1]), "one"))
    assert said in (made / "README.md").read_text()
    assert f"BEATS = {beats};" in (made / "accelerator_tb.v").read_text()
    ports = {port["name"]: port["meaning"] for port in read_manifest(made)["ports"]}
    assert ports["s_axis_tdata"].startswith("2 events, the first in [31:0]: ") == bool(most_events)
    assert ports["s_axis_tlast"].startswith("the last beat of its ")


def test_classes_and_shape_and_the_result_word(folder, network):
    manifest = json.loads((folder / MANIFEST).read_text())
    assert manifest["manifest_format"] == FORMAT == 1
    assert manifest["classes"] == ["a", 'quoted "b"', "ö"] and manifest["image_shape"] == [3, 4]
    assert manifest["network_sha256"] == network.sha256

    def field(bits):
        high, _, low = bits.partition(":")
        return ((1 << int(high) + 1) - 1) ^ ((1 << int(low or high)) - 1)

    fields = {meaning.split()[0].strip(",:;"): field(bits) for bits, meaning in manifest["result_word"].items()}
    assert list(fields) == ["class", "time", "silent", "tie", "bad"]
    for name, ours in zip(fields, ("classes", "decision_time", "silent", "tie", "bad")):
        assert [key for key in ("classes", "decision_time", "silent", "tie", "bad")
                if getattr(unpack(fields[name]), key)] == [ours]


def test_the_width_of_the_potentials():
    """12 inputs of weight 7 and one threshold of 20: from -21 to 63."""
    network = Network(8, (3, 4), [Layer(np.full((12, 2), 7, np.int8), np.full(2, 20, np.int32), 4)], ["a", "b"],
                      "by hand")
    assert describe(Design(network, Configuration()))["layers"][0]["potential_bits"] == 7


def test_a_design_without_vectors_has_no_testbench(network, tmp_path):
    network.save(tmp_path / "network.npz")
    folder = generate(Design(Network.load(tmp_path / "network.npz"), Configuration()), tmp_path / "design")
    assert not [path for path in folder.iterdir() if "_tb" in path.name]
    for name in ("accelerator.core", "README.md", MANIFEST):
        assert "_tb" not in (folder / name).read_text()
    assert "sim" not in (folder / "accelerator.core").read_text().split("targets:")[1]


WHOLE = {"manifest_format": 1, "generator": "first-spike 1.0.0", "name": "", "top": "accelerator",
         "files": [{"name": "accelerator.v", "role": "module"}]}
NO_DESIGN = "{folder} is no design of this generator: its manifest.json is of something else"
DAMAGED = "{folder}/manifest.json is no whole manifest of a design"
OTHER = "the design in {folder} is of another version of this generator (manifest_format {found}, not 1)"


@pytest.mark.parametrize("text, sentence", [
    ("{", DAMAGED), (b"\xff\xfe", DAMAGED), ("[]", NO_DESIGN), ("3", NO_DESIGN), ('{"name": "a web page"}', NO_DESIGN),
    (WHOLE | {"generator": "first-spikes 1"}, NO_DESIGN), (WHOLE | {"generator": 1}, NO_DESIGN),
    (WHOLE | {"manifest_format": 2}, OTHER.replace("{found}", "2")),
    (WHOLE | {"manifest_format": None}, OTHER.replace("{found}", "None")),
    (WHOLE | {"top": "a; rm"}, DAMAGED), (WHOLE | {"top": ""}, DAMAGED), (WHOLE | {"top": None}, DAMAGED),
    (WHOLE | {"name": "-x"}, DAMAGED), (WHOLE | {"files": [{"name": "../x", "role": "x"}]}, DAMAGED),
    (WHOLE | {"files": [{"name": "-o", "role": "x"}]}, DAMAGED), (WHOLE | {"files": [{}]}, DAMAGED),
    (WHOLE | {"files": [{"name": "x"}]}, DAMAGED),
    (WHOLE | {"files": 7}, DAMAGED), (WHOLE | {"files": ["x"]}, DAMAGED)], ids=repr)
def test_what_is_none_of_ours_or_damaged_is_refused(tmp_path, text, sentence):
    content = text if isinstance(text, (str, bytes)) else json.dumps(text)
    (tmp_path / MANIFEST).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UserError) as caught:
        read_manifest(tmp_path)
    assert str(caught.value) == sentence.format(folder=tmp_path)


def test_a_whole_one_is_read_and_none_is_refused(tmp_path):
    (tmp_path / MANIFEST).write_text(json.dumps(WHOLE))
    assert read_manifest(tmp_path) == WHOLE
    for folder in (tmp_path / "missing", tmp_path / MANIFEST):
        with pytest.raises(UserError, match=f"there is no folder {folder}$"):
            read_manifest(folder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="empty is no design of this generator: it has no manifest.json"):
        read_manifest(tmp_path / "empty")
