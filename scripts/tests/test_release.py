"""A release: it has an entry in the changelog, archives with the same bytes for the same commit, and sums that hold."""

import hashlib
import sys
import tarfile
from pathlib import Path

import pytest

from first_spike import __version__
from first_spike.golden.errors import UserError
from scripts import release


@pytest.fixture
def design(tmp_path):
    """A folder with files of several times and rights."""
    folder = tmp_path / "design"
    folder.mkdir()
    for name in ("b.v", "a.hex"):
        (folder / name).write_text(f"{name}\n")
    (folder / "a.hex").chmod(0o600)
    return folder


@pytest.mark.parametrize("text, entered", [
    (f"# Changelog\n\n## {__version__}, 2026-12-01\n", True), (f"## {__version__}\n", True),
    (f"## {__version__} (unreleased)\n", False), (f"## {__version__}1\n", False), ("", False)])
def test_a_release_has_an_entry_in_the_changelog(text, entered):
    release.check_changelog(text, trial=True)
    if entered:
        release.check_changelog(text, trial=False)
    else:
        with pytest.raises(UserError, match=f"^CHANGELOG.md has no entry of release {__version__}: write it"):
            release.check_changelog(text, trial=False)


def test_a_release_is_of_a_commit(monkeypatch, capsys):
    """The first file that differs is named; a trial says so and goes on."""
    release.check_tree([], trial=False)
    said = "docs/new.md is not as in the last commit, from which wheel and sdist are made"
    for mark in (" M", "M ", "??"):
        with pytest.raises(UserError, match=f"^{said}: commit or remove what differs, or try it out with --trial$"):
            release.check_tree([f"{mark} docs/new.md", "?? z"], trial=False)
    assert capsys.readouterr().err == ""
    release.check_tree([" M docs/new.md"], trial=True)
    assert capsys.readouterr().err == f"warning: {said}\n"
    monkeypatch.setattr("sys.argv", ["release.py"])
    monkeypatch.setattr(release, "check_changelog", lambda text, trial: None)
    monkeypatch.setattr(release, "called", lambda *words: {"status": " M README.md\n"}[words[1]])
    with pytest.raises(UserError, match="^README.md is not as in the last commit"):
        release.main()


def test_an_archive_of_the_same_files_has_the_same_bytes(design, tmp_path):
    first = release.archived(design, "d-1", 1_700_000_000)
    (design / "a.hex").touch()
    (design / "a.hex").chmod(0o644)
    assert release.archived(design, "d-1", 1_700_000_000) == first != release.archived(design, "d-1", 1_700_000_001)
    (tmp_path / "d.tar.gz").write_bytes(first)
    with tarfile.open(tmp_path / "d.tar.gz") as tar:
        assert [(one.name, one.mode, one.mtime, one.uid) for one in tar] == [
            ("d-1/a.hex", 0o644, 1_700_000_000, 0), ("d-1/b.v", 0o644, 1_700_000_000, 0)]
        assert tar.extractfile("d-1/b.v").read() == b"b.v\n"


def test_sums_are_those_that_sha256sum_reads(design):
    digests = [hashlib.sha256(text).hexdigest() for text in (b"a.hex\n", b"b.v\n")]
    expected = f"{digests[0]}  a.hex\n{digests[1]}  b.v\n"
    assert release.sums(design) == expected
    (design / release.SUMS).write_text(expected)
    assert release.own_files(design) == {"a.hex", "b.v", release.SUMS}


def test_a_folder_that_is_no_release_stays(design):
    with pytest.raises(UserError, match="holds something else than a release: it has no SHA256SUMS"):
        release.own_files(design)


def test_every_network_of_integers_comes_along():
    assert "mnist_784_128_10_4bit" in release.NETWORKS and len(release.NETWORKS) > 8
    assert not any("float" in name for name in release.NETWORKS)


def test_a_board_has_a_bitstream_of_the_default_network_and_one_of_the_processor(tmp_path, monkeypatch):
    """What the command makes is copied under the name of the board."""
    def called(*words):
        assert words[1:6] == ("-m", "first_spike", "bitstream", "--board", "i5") and words[-2] == "--build"
        work = Path(words[-1]) / "i5_something"
        work.mkdir(parents=True)
        (work / "board.bit").write_text(" ".join(words[6:-2]))

    monkeypatch.setattr(release, "called", called)
    release.write_bitstream(tmp_path, "i5")
    release.write_bitstream(tmp_path, "i5", "processor")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        f"i5-{__version__}.bit": "", f"i5-processor-{__version__}.bit": "--top processor"}


def test_a_program_that_fails_is_said():
    with pytest.raises(UserError, match="failed: three$"):
        release.called(sys.executable, "-c", "import sys; sys.exit('three')")
    assert release.called(sys.executable, "-c", "print(3)") == "3\n"


@pytest.mark.thorough
def test_a_design_of_large_images_is_archived(tmp_path):
    """Of 5,000 beats, whose pixels have no mask but that of the last beat."""
    release.write_design(tmp_path, "caltech_160x250_4_2_4bit", 1_700_000_000)
    with tarfile.open(tmp_path / f"caltech_160x250_4_2_4bit-{__version__}.tar.gz") as tar:
        names = [name.rpartition("/")[2] for name in tar.getnames()]
    assert {"accelerator.v", "pixel_mask.v", "manifest.json"} <= set(names)


@pytest.mark.thorough
def test_the_packages_are_those_of_the_commit(tmp_path):
    """Of files that git knows alone, and nothing of the folder that they are built in."""
    pytest.importorskip("build.env")  # a folder called build has none
    sdist, wheel = sorted(release.build_packages(tmp_path, 1_700_000_000), key=lambda name: name.endswith(".whl"))
    assert wheel.endswith(f"first_spike-{__version__}-py3-none-any.whl")
    with tarfile.open(sdist) as tar:
        names = {name.partition("/")[2] for name in tar.getnames() if name.endswith(".py")}
    known = set(release.called("git", "ls-files").splitlines())
    assert names <= known and len(names) > 280 and "first_spike/api.py" in names
