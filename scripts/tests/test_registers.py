"""What is made from the register map is what is committed; needs the extra `registers`."""

import pytest

pytest.importorskip("systemrdl")

from scripts import registers  # noqa: E402
from scripts.registers import DIFFERENT, EXPORTS, PYTHON  # noqa: E402


def test_what_is_committed_is_what_the_map_makes(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["registers.py", "--check"])
    assert registers.main() is None
    assert f"{2 + len(EXPORTS)} files, 0 wrong" in capsys.readouterr().out


def test_another_file_is_seen_and_not_written(monkeypatch):
    other = registers.ROOT / "build" / "other_addresses.py"
    other.parent.mkdir(exist_ok=True)
    other.write_bytes(PYTHON.read_bytes() + b"\n")
    before = other.read_bytes()
    monkeypatch.setattr("sys.argv", ["registers.py", "--check"])
    monkeypatch.setattr(registers, "PYTHON", other)
    try:
        assert registers.main() == DIFFERENT
        assert other.read_bytes() == before
    finally:
        other.unlink()
