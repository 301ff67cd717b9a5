"""HDF5 files that are more than data: each of their ways out is refused by the object's name."""

import zlib

import numpy as np
import pytest

from first_spike.golden.errors import UserError
from first_spike.golden.foreign import steps
from first_spike.golden.foreign.hdf5 import read_tree

h5py = pytest.importorskip("h5py")


@pytest.fixture
def file(tmp_path):
    """A new file with a group `node`; tests close it before they read."""
    with h5py.File(tmp_path / "a.nir", "w") as made:
        made.create_group("node")
        yield made


def read(file):
    path = file.filename
    file.close()
    return read_tree(path, "node")


@pytest.mark.parametrize("options", [{}, {"compression": "gzip"}, {"compression": "gzip", "shuffle": True},
                                     {"compression": "gzip", "fletcher32": True}, {"chunks": (7, 3)}])
@pytest.mark.parametrize("kind", ["<f4", ">f8", "i1", "<u2", "?"])
def test_plain_data(file, options, kind):
    array = (np.arange(77 * 5).reshape(77, 5) % 120).astype(kind)
    file["node"].create_dataset("a", data=array, **options)
    file["node/inner/text"] = "hello"
    file["node/pairs"] = np.array([["a", "b"], ["c", "d"]], object)
    found = read(file)
    assert np.array_equal(found["a"], array) and found["inner"] == {"text": "hello"}
    assert found["pairs"] == ["a", "b", "c", "d"]


def test_links_are_not_followed(file, tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["secret"] = np.arange(4)
    file["node/a"] = h5py.ExternalLink("other.h5", "/secret")
    with pytest.raises(UserError, match="'a' is a link to another place or file"):
        read(file)


def test_soft_links_are_not_followed(file):
    file["b"] = np.arange(4)
    file["node/a"] = h5py.SoftLink("/b")
    with pytest.raises(UserError, match="'a' is a link to another place or file"):
        read(file)


def test_external_storage_is_not_read(file, tmp_path):
    (tmp_path / "secret").write_bytes(bytes(64))
    file["node"].create_dataset("a", (8,), "<f8", external=[(str(tmp_path / "secret"), 0, 64)])
    with pytest.raises(UserError, match="node/a keeps its numbers in other files"):
        read(file)


def test_virtual_arrays_are_not_read(file, tmp_path):
    layout = h5py.VirtualLayout((4,), "<f8")
    layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "secret", (4,))
    file["node"].create_virtual_dataset("a", layout)
    with pytest.raises(UserError, match="node/a keeps its numbers in other files"):
        read(file)


def test_circles_end(file):
    file["node/again"] = file["node"]
    with pytest.raises(UserError, match="groups lie more than 32 deep"):
        read(file)


def test_many_objects(file):
    file["node/0/x"] = 1
    for number in range(20):  # each holds the one before twice: a million ways
        file[f"node/{number + 1}/a"] = file[f"node/{number + 1}/b"] = file[f"node/{number}"]
    with pytest.raises(UserError, match="holds more than 5,000 objects"):
        read(file)


def test_huge_shapes_are_refused_before_they_are_made(file):
    file["node"].create_dataset("a", (1 << 40,), "<f8", chunks=(1 << 10,))
    with pytest.raises(UserError, match="node/a holds 1,099,511,627,776 numbers; at most 67,108,864"):
        read(file)


def test_many_arrays(file, monkeypatch):
    monkeypatch.setattr(steps, "MOST_NUMBERS", 1000)
    for number in range(3):
        file["node"].create_dataset(f"a{number}", (500,), "<f8", chunks=(100,))
    with pytest.raises(UserError, match="node/a2 holds 1,500 numbers; at most 1,000"):
        read(file)


def test_a_piece_that_unfolds_to_more_than_it_says(file):
    data = file["node"].create_dataset("a", (8,), "<f8", chunks=(8,), compression="gzip")
    data.id.write_direct_chunk((0,), zlib.compress(bytes(1 << 20)))
    with pytest.raises(UserError, match="node/a unfolds to more than it says that it holds"):
        read(file)


@pytest.mark.parametrize("make, sentence", [
    (lambda node: node.create_dataset("a", data=np.ones(9), compression="lzf"), "node/a is compressed in another way"),
    (lambda node: node.create_dataset("a", data=h5py.Empty("f")), "node/a is empty"),
    (lambda node: node.create_dataset("a", data=np.ones(2, "c16")), "node/a holds complex128, neither numbers nor"),
    (lambda node: node.create_dataset("a", data=np.zeros(2, [("x", "f4")])), "node/a holds .*, neither numbers nor"),
    (lambda node: node.create_dataset("a", (2,), h5py.ref_dtype), "node/a holds object, neither numbers nor text"),
    (lambda node: node.create_dataset("a", (2,), h5py.vlen_dtype("i4")), "node/a holds object, neither numbers nor"),
    (lambda node: node.create_dataset("a", data="x" * 100_001), "node/a is a text of more than 100,000 letters"),
    (lambda node: node.__setitem__("a", np.dtype("f8")), "node/a is neither a group nor an array"),
])
def test_other_contents(file, make, sentence):
    make(file["node"])
    with pytest.raises(UserError, match=sentence):
        read(file)


def test_damaged_files(file, tmp_path):
    file["node/a"] = np.arange(1000)
    file.close()
    path = tmp_path / "a.nir"
    content = path.read_bytes()
    for length in (0, 8, 100, len(content) // 2, len(content) - 1000):
        path.write_bytes(content[:length])
        with pytest.raises(UserError, match="a.nir: is damaged, or no HDF5 file"):
            read_tree(path, "node")
    path.write_text("hello")
    with pytest.raises(UserError, match="a.nir: is damaged, or no HDF5 file"):
        read_tree(path, "node")
    with pytest.raises(UserError, match="cannot read .*none.nir: No such file"):
        read_tree(path.with_name("none.nir"), "node")


def test_a_file_without_the_group(file):
    del file["node"]
    with pytest.raises(UserError, match="has no group 'node'"):
        read(file)
