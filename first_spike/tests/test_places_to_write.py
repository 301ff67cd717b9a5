"""Outputs that are inputs, that cannot be written, or that lie among somebody's files: refused before work starts, and
nothing is touched."""

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from first_spike.command.cli import run
from first_spike.command.places import MARK, require_apart
from first_spike.commands import compare, demo, evaluate, explore, lint, look, netlist, network_image, synth, train
from first_spike.golden.data.idx import write_idx
from first_spike.golden.errors import UserError
from scripts import bench, bench_training
from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.helpers.small_case import small_case

NETWORK = ("--network", "network.npz")
IMAGES = (*NETWORK, "--images", "images.npy", "--labels", "labels.npy")
NETWORKS = ("--networks", "network.npz", "network_float.npz")
GOLDEN = (*IMAGES, "--sim", "golden")


@pytest.fixture
def case(tmp_path, monkeypatch):
    """The test runs in a folder with the files of `small_case`, some of them under other names too."""
    monkeypatch.chdir(tmp_path)
    small_case(tmp_path)
    os.symlink("network.npz", "link.npz")
    os.link("images.npy", "second.npy")
    os.symlink(".", "here")


def content():
    """{file: bytes} of all there is, links followed."""
    return {str(path): path.read_bytes() for path in sorted(Path().rglob("*")) if path.is_file()}


@pytest.mark.parametrize("module, arguments, words", [
    (evaluate, (*IMAGES, "--predictions", "network.npz"), "--predictions names network.npz, which --network reads"),
    (evaluate, (*IMAGES, "--json", "link.npz"), "--json names link.npz, which --network reads"),
    (evaluate, (*IMAGES, "--json", "here/images.npy"), "--json names here/images.npy, which --images reads"),
    (evaluate, (*IMAGES, "--predictions", "second.npy"), "--predictions names second.npy, which --images reads"),
    (evaluate, (*IMAGES, "--json", "labels.npy"), "--json names labels.npy, which --labels reads"),
    (evaluate, (*IMAGES, "--json", "x", "--predictions", "./x"), "--predictions and --json name the same place, ./x"),
    (compare, (*GOLDEN, "--predictions", "here/network.npz"), "--predictions names here/network.npz, which --network"),
    (compare, (*GOLDEN, "--json", "network_float.npz"), "--json names network_float.npz, which --float reads"),
    (compare, (*IMAGES, "--sim", "icarus", "--design", "here", "--json", "r.json"), "--json names r.json, in the fold"),
    (explore, (*IMAGES, "--out", "."), ". holds "), (demo, (*IMAGES[:-2], "--build", "here"), "here holds "),
    (bench, (*IMAGES, "--build", "."), ". holds "), (synth, (*NETWORK, "--build", "."), ". holds "),
    (netlist, (*IMAGES, "--build", "."), ". holds "),
    (look, (*NETWORK, "--data", "folder:here", "--out", "here/page"), "--out names here/page, in the folder that"),
    (look, (*IMAGES, "--out", "link.npz"), "--out names link.npz, which --network reads"),
    (network_image, ("--network", "network_float.npz", "--made-with", "network.npz", "--out", "link.npz"),
     "--out names link.npz, which --made-with reads"),
    *((explore, ("--top", "processor", *NETWORKS, "--board", "i5", *IMAGES[2:], "--json", name),
       f"--json names {name}, which {option} reads") for name, option in (
           ("network_float.npz", "--network"), ("here/link.npz", "--network"), ("second.npy", "--images"),
           ("labels.npy", "--labels")))])
def test_refused_before_work(case, command, module, arguments, words):  # noqa: F811
    before = content()
    assert_refused(command(module, *arguments), words)
    assert content() == before


@pytest.mark.parametrize("module, arguments", [
    (compare, (*IMAGES, "--sim", "icarus", "--build")), (explore, (*IMAGES, "--out")), (bench, (*IMAGES, "--build")),
    (synth, (*NETWORK, "--build")), (netlist, (*IMAGES, "--build")), (demo, (*IMAGES, "--build"))])
@pytest.mark.parametrize("place, words", [
    ("photos", "photos holds holiday.jpg and is no folder of this program's work: name a new or an empty one"),
    ("network.npz", "cannot write the folder network.npz: Not a directory"),
    ("/proc/new/folder", "cannot write the folder /proc/new/folder: ")])
def test_folders_that_are_not_for_work(case, command, module, arguments, place, words):  # noqa: F811
    os.mkdir("photos")
    Path("photos", "holiday.jpg").write_text("a picture")
    os.mkdir("photos/simulation")
    Path("photos", "simulation", "evening.jpg").write_text("another")
    before = content()
    assert_refused(command(module, *arguments, place), words)
    assert content() == before


@pytest.mark.parametrize("module, arguments", [
    (compare, GOLDEN), (evaluate, IMAGES), (bench_training, ("--data", "nowhere"))])
@pytest.mark.parametrize("place, words", [
    ("missing/r.json", "cannot write missing/r.json: there is no folder missing"),
    ("network.npz/r.json", "cannot write network.npz/r.json: network.npz is no folder"),
    ("here", "cannot write here: it is a folder"), ("/proc/r.json", "cannot write /proc/r.json: ")])
def test_files_that_cannot_be_written(case, command, module, arguments, place, words):  # noqa: F811
    done = command(module, *arguments, "--json", place)
    assert done.returncode == 2 and words in done.stderr and done.stdout == ""


LONG = "n" * 300


@pytest.mark.parametrize("module, arguments", [
    (evaluate, (*IMAGES, "--json", LONG)), (evaluate, (*NETWORK, "--data", LONG)),
    (evaluate, (*NETWORK, "--data", f"folder:{LONG}")), (lint, (LONG,)), (compare, (*GOLDEN, "--json", LONG)),
    (train, ("--dataset", LONG, "--out", "o")), (train, ("--dataset", f"events:{LONG}", "--out", "o"))])
def test_names_that_are_too_long(case, command, module, arguments):  # noqa: F811
    before = content()
    done = command(module, *arguments)
    assert done.returncode == 1 and done.stdout == "" and content() == before
    assert done.stderr.startswith("error: cannot ") and done.stderr.endswith(": File name too long\n")


@pytest.mark.parametrize("data", ["folder:here", "audio:here", "events:here"])
def test_a_folder_that_may_not_be_read(case, command, monkeypatch, data):  # noqa: F811
    def refuse(path):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))
    monkeypatch.setattr(Path, "iterdir", refuse)
    assert_refused(command(train, "--dataset", data, "--image-size", "8x8", "--out", "o"),
                   "cannot reach here: Permission denied")


def test_an_error_without_a_file_is_a_fault_of_the_program():
    def broken():
        raise OSError(errno.EINVAL, "Invalid argument")
    with pytest.raises(OSError, match="Invalid argument"):
        run(broken)


def test_pictures_are_no_place_for_outputs(tmp_path):
    pictures = {"--data": f"folder:{tmp_path}"}
    for files, folders in (({"--json": tmp_path / "a" / "r.json"}, {}), ({}, {"--build": tmp_path / "new"})):
        with pytest.raises(UserError, match="in the folder that --data reads: name another place"):
            require_apart(files, pictures, folders)
    require_apart({"--json": tmp_path.parent / "r.json"}, pictures, {"--build": tmp_path.parent / "build"})


def test_files_of_a_data_set_in_a_folder(tmp_path):
    write_idx(tmp_path / "t10k-images-idx3-ubyte", np.zeros((1, 2, 2), np.uint8))
    data = {"--data": tmp_path}
    require_apart({"--json": tmp_path / "r.json"}, data)
    with pytest.raises(UserError, match="which --data reads"):
        require_apart({"--json": tmp_path / "t10k-images-idx3-ubyte"}, data)
    with pytest.raises(UserError, match="--data names .*, in the folder that --build works in"):
        require_apart({}, data, {"--build": tmp_path})


def test_a_network_in_the_folder_that_is_worked_in(case, command):  # noqa: F811
    os.mkdir("work")
    Path("work", MARK).touch()
    os.rename("network.npz", "work/network.npz")
    before = content()
    assert_refused(command(explore, "--networks", "link.npz", "work/network.npz", "--images", "images.npy", "--out",
                           "work"), "--network names work/network.npz, in the folder that --out works in")
    assert_refused(command(compare, "--network", "work/network.npz", "--images", "images.npy", "--sim", "icarus",
                           "--build", "work"), "--network names work/network.npz, in the folder that --build works in")
    assert content() == before


def test_a_device_takes_what_is_written(case, command):  # noqa: F811
    assert command(evaluate, *IMAGES, "--json", "/dev/null").returncode == 0
