"""Where the files of a design differ, and what its manifest says of it; no design is made for that."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from first_spike.command.places import DEFAULT_DESIGN, DEFAULT_NETWORK
from first_spike.comparison import design_files
from first_spike.comparison.design_files import differences, expected_folder, read_design, require_core, write_like
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Network
from first_spike.golden.errors import UserError


def test_differences(tmp_path):
    copy = Path(shutil.copytree(DEFAULT_DESIGN, tmp_path / "copy"))
    assert differences(DEFAULT_DESIGN, copy) == []
    (copy / "readout.v").unlink()
    (copy / "extra.v").touch()
    with open(copy / "filelist.f", "a") as file:
        file.write("extra.v\n")
    lines = len((copy / "filelist.f").read_text().splitlines())
    assert differences(DEFAULT_DESIGN, copy) == [
        f"{copy}/extra.v is not a file of this design",
        f"{copy}/filelist.f line {lines}, column 1: expected '', found 'extra.v'",
        f"{copy}/readout.v is missing"]
    with pytest.raises(UserError, match="there is no design in .*nowhere"):
        differences(DEFAULT_DESIGN, tmp_path / "nowhere")


@pytest.mark.parametrize("before, after, place", [
    ("a\nb\n", "a\nc\n", "line 2, column 1: expected 'b', found 'c'"),
    ("ab\n", "abc\n", "line 1, column 3: expected 'ab', found 'abc'"), ("a\nb\nc", "a\nb", "has 2 lines, expected 3"),
    ("a", "a\nb\nc", "has 3 lines, expected 1"),
    ("0123456789abX0123456789ab", "0123456789abY0123456789ab",
     "line 1, column 13: expected '0123456789abX0123456789ab', found '0123456789abY0123456789ab'"),
    ("-0123456789abX0123456789ab-", "-0123456789abY0123456789ab-",
     "line 1, column 14: expected '…0123456789abX0123456789ab…', found '…0123456789abY0123456789ab…'")])
def test_where_a_file_differs(tmp_path, before, after, place):
    for folder, text in (("expected", before), ("found", after)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.v").write_text(text)
    assert differences(tmp_path / "expected", tmp_path / "found") == [f"{tmp_path}/found/a.v {place}"]


def test_only_the_core_is_compared_and_not_with_itself(tmp_path):
    manifest = json.loads((DEFAULT_DESIGN / "manifest.json").read_text())
    for name, top, core in (("", "accelerator", True), ("mine", "mine_accelerator", True),
                            ("", "accelerator_axi", False), ("mine", "mine_accelerator_serial", False),
                            ("", "a", False)):
        (tmp_path / "manifest.json").write_text(json.dumps({**manifest, "name": name, "top": top}))
        if core:
            require_core(tmp_path)
        else:
            with pytest.raises(UserError, match=f"holds {top.removeprefix('mine_')}, and only the bare core, accel"):
                require_core(tmp_path)
    for design in (tmp_path, tmp_path / "found"):
        assert expected_folder(tmp_path, design) == tmp_path / "expected"
    for design in (tmp_path / "expected", f"{tmp_path}/x/../expected"):
        with pytest.raises(UserError, match="is where the generator's own design goes"):
            expected_folder(tmp_path, design)


def test_what_a_manifest_says_and_what_it_must_say(tmp_path):
    manifest = json.loads((DEFAULT_DESIGN / "manifest.json").read_text())
    network = Network.load(DEFAULT_NETWORK)

    def read(network=network, without=(), **changes):
        made = {name: value for name, value in {**manifest, **changes}.items() if name not in without}
        (tmp_path / "manifest.json").write_text(json.dumps(made))
        return read_design(tmp_path, network)

    more = dict(spikes_per_cycle=2, events_per_cycle=2, pixels=16, taps=(1, 1), weights="loadable", weight_banks=2,
                weight_memory="block", potential_margin=3)
    assert read(**more).settings == {**more, "lanes": (128, 10)}
    assert read().settings == Design(network).settings
    assert read(weights="loadable", weight_memory="spram").configuration.weight_memory == "spram"
    assert read(without=("pixels", "events_per_cycle"), input="events", spikes_per_cycle=2).settings == Design(
        network, spikes_per_cycle=2).settings
    for name in (*(name for name in more), "network_sha256"):
        with pytest.raises(UserError, match="manifest.json is no whole manifest of a design"):
            read(without=(name,))
    with pytest.raises(UserError, match="manifest.json: .*pixels"):
        read(pixels=3)
    for other in ("0123456789abcdef" * 4, "f" * 64):
        made_from = f"was made from the network {network.sha256[:12]}…, not from {other[:12]}…"
        with pytest.raises(UserError, match=made_from):
            read(SimpleNamespace(sha256=other))
    with pytest.raises(UserError, match="manifest.json is a processor's, which belongs to no network: "):
        read(limits={}, without=("layers",))
    with pytest.raises(UserError, match="lanes"):
        read(layers=[*manifest["layers"], manifest["layers"][0]])


def test_what_a_folder_has_to_be_is_made_beside_it(tmp_path, monkeypatch):
    """With the name that it has."""
    monkeypatch.setattr(design_files, "write_whole_design", lambda *given: given)
    monkeypatch.setattr(design_files, "read_manifest", lambda folder: {"name": f"of {folder.name}"})
    assert write_like(None, "a design", tmp_path) == ("a design", tmp_path / "design")
    assert write_like(tmp_path / "old", "a design", tmp_path) == ("a design", tmp_path / "expected", "of old")
