"""A release: it has an entry in the changelog, archives with the same bytes for the same commit, and sums that hold."""

import hashlib
import subprocess
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


def test_reports_of_a_night_are_archived(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(release, "ROOT", tmp_path)
    release.write_reports(tmp_path, 1_700_000_000)
    assert "no run of tests is archived" in capsys.readouterr().err and list(tmp_path.iterdir()) == []
    for name, text in (("junit/test.xml", "<a/>"), ("soak/report.json", "{}"), ("soak/other.json", "[]")):
        (tmp_path / "build" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "build" / name).write_text(text)
    release.write_reports(tmp_path, 1_700_000_000)
    with tarfile.open(tmp_path / f"runs-{__version__}.tar.gz") as tar:
        assert [Path(one.name).name for one in tar] == ["soak.json", "test.xml"]


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


class Programs:
    """Stands in for programs: git is itself, a build packs its source, all others do nothing; each ends with its status
    of `ends`. calls: words of each; built: {name: content} of the files of each source that was built."""

    def __init__(self):
        self.calls, self.built, self.times, self.ends, self._run = [], [], [], {}, subprocess.run

    def __call__(self, words, **options):
        name = "git" if words[0] == "git" else words[2]
        if name == "git":
            return self._run(words, **options)
        self.calls.append(list(words))
        if name == "build":
            source, folder = Path(words[-1]), Path(words[words.index("--outdir") + 1])
            self.built.append({path.name: path.read_text() for path in source.iterdir()})
            self.times.append(options["env"]["SOURCE_DATE_EPOCH"])
            for file in ("p.tar.gz", "p.whl"):
                (folder / file).write_text(file)
        return subprocess.CompletedProcess(words, self.ends.get(name, 0), "", f"{name} complains")


@pytest.fixture
def programs(monkeypatch, tmp_path):
    """Programs, in a clone of two commits with a file that no commit has; only packages are asked for."""
    root = tmp_path / "clone"
    root.mkdir()

    def git(*words):
        return subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=b", *words], cwd=root, check=True,
                              capture_output=True, text=True).stdout.strip()

    git("init", "-q")
    (root / ".gitignore").write_text("ignored\n")
    for number in (1, 2):
        (root / "CHANGELOG.md").write_text(f"## {__version__}, 2026-12-0{number}\n")
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"{1_700_000_000 + number} +0000")
        git("add", ".")
        git("commit", "-q", "-m", str(number))
    (root / "ignored").write_text("of nobody\n")
    made = Programs()
    made.commit = git("rev-parse", "HEAD")
    monkeypatch.setattr(release, "ROOT", root)
    monkeypatch.setattr(release, "DIST", tmp_path / "dist")
    monkeypatch.setattr(subprocess, "run", made)
    monkeypatch.setattr(sys, "argv", ["release.py", "--networks"])
    return made


def test_the_packages_are_built_of_the_last_commit_and_checked(programs, capsys, tmp_path):
    """Of its files, with its time; the release says which commit it is, and has what was checked."""
    release.main()
    assert programs.built == [{".gitignore": "ignored\n", "CHANGELOG.md": f"## {__version__}, 2026-12-02\n"}]
    assert programs.times == ["1700000002"]
    assert [words[2] for words in programs.calls] == ["build", "twine"]
    words = programs.calls[1]
    assert words[:5] == [sys.executable, "-m", "twine", "check", "--strict"]
    assert sorted(Path(file).name for file in words[5:]) == ["p.tar.gz", "p.whl"]
    assert programs.commit in capsys.readouterr().out
    assert {path.name for path in (tmp_path / "dist").iterdir()} == {"p.tar.gz", "p.whl", release.SUMS}


@pytest.mark.parametrize("name, calls", [("build", 1), ("twine", 2)])
def test_a_program_that_complains_ends_a_release(programs, tmp_path, name, calls):
    """Nothing of it is left, and an older one stays as it was."""
    release.main()
    before = {path.name: path.read_bytes() for path in (tmp_path / "dist").iterdir()}
    programs.ends, programs.calls = {name: 1}, []
    with pytest.raises(UserError, match=f"{name} complains"):
        release.main()
    assert len(programs.calls) == calls
    assert {path.name: path.read_bytes() for path in (tmp_path / "dist").iterdir()} == before


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
    packages = release.build_packages(tmp_path, "HEAD", 1_700_000_000)
    sdist, wheel = sorted(packages, key=lambda name: name.endswith(".whl"))
    assert wheel.endswith(f"first_spike-{__version__}-py3-none-any.whl")
    with tarfile.open(sdist) as tar:
        names = {name.partition("/")[2] for name in tar.getnames() if name.endswith(".py")}
    known = set(release.called("git", "ls-files").splitlines())
    assert names <= known and len(names) > 280 and "first_spike/api.py" in names
