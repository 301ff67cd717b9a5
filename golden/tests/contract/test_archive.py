"""The text and the hash of a network file, by hand, and headers of other types."""

import hashlib
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from first_spike.golden.contract.archive import read_archive, write_archive
from first_spike.golden.errors import UserError
from first_spike.golden.tests.contract.test_limits_of_networks import one_layer, refuse


def test_the_hash_by_hand():
    network = one_layer([1, -2], threshold=3)
    header = ('{"classes": ["class 0"], "format": 1, "image_shape": [1, 2], "steps": 16, "weight_bits": [8]}')
    text = header.encode() + b"layer0_weights |i1 (2, 1)" + b"\x01\xfe" + b"layer0_thresholds <i4 (1,)\x03\0\0\0"
    assert network.sha256 == hashlib.sha256(text).hexdigest()


def test_the_text_of_the_header(tmp_path):
    replace(one_layer([1, -2]), source="ü").save(tmp_path / "n.npz")
    with np.load(tmp_path / "n.npz") as archive:
        assert str(archive["header"]) == (
            '{"accuracy": {}, "classes": ["class 0"], "format": 1, "image_shape": [1, 2], "source": "ü", "steps": 16, '
            '"weight_bits": [8]}')
    with pytest.raises(ValueError):
        write_archive(tmp_path / "n.npz", {"format": 1, "share": float("nan")}, {})


def announce(path, descr, shape):
    """Write an archive of a header and the head of an array, without its numbers."""
    np.savez(path, header=np.array("{}"))
    with zipfile.ZipFile(path, "a") as archive, archive.open("layer0_weights.npy", "w") as member:
        np.lib.format.write_array_header_1_0(member, {"descr": descr, "fortran_order": False, "shape": shape})


def test_what_is_too_much_is_not_unfolded(tmp_path):
    """Text counts as so many numbers of 8 bytes."""
    path, most = tmp_path / "n.npz", 1 << 30
    for descr, shape in (("|i1", (2, most // 2)), (f"<U{most // 4}", (8,))):
        announce(path, descr, shape)
        refuse(f"{path}: holds {most + 1:,} numbers; at most {most:,} are read", lambda: read_archive(path))
    announce(path, "|i1", (2, 1))
    refuse(f"{path}: is truncated, damaged, or no .npz file", lambda: read_archive(path))


def test_a_lack_of_memory_is_no_damage(tmp_path, monkeypatch):
    def lack(*_, **__):
        raise MemoryError
    one_layer([1, -2]).save(tmp_path / "n.npz")
    monkeypatch.setattr(np.lib.format, "read_array", lack)
    with pytest.raises(MemoryError):
        read_archive(tmp_path / "n.npz")


def coded(code, order="<"):
    """A header of a brace and a code that numpy takes for a character."""
    return np.array([ord("{"), code], f"{order}u4").view(f"{order}U2")[0:1].reshape(())


def test_headers_of_other_types(tmp_path):
    path = tmp_path / "n.npz"
    for header, sentence in (
            (np.array(b"{}"), "`header` must be a single unicode string, found |S2 of shape ()"),
            (np.array(["{}"]), "`header` must be a single unicode string, found <U2 of shape (1,)"),
            (np.array("[]"), "`header` must be a JSON object, found list"),
            (np.array(""), "`header` is not valid JSON (Expecting value: line 1 column 1 (char 0))"),
            (coded(0x110000), "`header` holds codes that are no characters"),
            (coded(0xFFFFFFFF, ">"), "`header` holds codes that are no characters"),
            (coded(0xDC00), None),  # what a name of a file may have that is no UTF-8
            (np.array('{"format": 0}'), "format 0 is unknown; this version reads formats 1 to 4"),
            (np.array("[" * 200_000), None)):
        np.savez(path, header=header)
        with pytest.raises(UserError) as caught:
            read_archive(path)
        assert str(caught.value) == f"{path}: {sentence}" or sentence is None
        assert str(caught.value).startswith(f"{path}: ")
    refuse(f"cannot read {tmp_path}: Is a directory", lambda: read_archive(tmp_path))
