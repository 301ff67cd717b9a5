"""What `make fuzz-readers` begins with: every file of the corpus is read, damaged ones are refused; atheris is not
needed here."""

import importlib.util
import io
import subprocess
import sys
import zipfile

import pytest

from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT
from tb.fuzz.command import chosen, finding
from tb.fuzz.readers import CORPUS, READERS, Reader, changed, try_file

MOST_BYTES = 100_000  # of the corpus


def require(name):
    needs = READERS[name].needs
    if needs and importlib.util.find_spec(needs) is None:
        pytest.skip(f"{needs} is not installed")


def test_the_corpus_is_small_and_has_a_file_for_every_reader():
    files = [path for path in CORPUS.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < MOST_BYTES
    assert {path.parent.name for path in files} == set(READERS)


@pytest.mark.parametrize("name", READERS)
def test_the_corpus_is_read_and_what_is_cut_short_is_refused(name, tmp_path):
    require(name)
    reader, taken = READERS[name], 0
    path = tmp_path / f"file{reader.suffix}"
    for file in sorted((CORPUS / name).iterdir()):
        data = file.read_bytes()
        path.write_bytes(data)
        try_file(reader, path)
        try:
            reader.read(path)
            taken += 1
        except UserError:
            pass
        path.write_bytes(data[:-9])
        try_file(reader, path)
    assert taken, "no file of the corpus is taken"


def test_what_is_no_sentence_is_a_finding(tmp_path):
    def breaks(error):
        def read(path):
            raise error
        return Reader("", read)

    try_file(breaks(UserError("the file is empty")), tmp_path)
    with pytest.raises(KeyError):
        try_file(breaks(KeyError("shape")), tmp_path)
    for text in ("", "two\nlines"):
        with pytest.raises(AssertionError, match="no sentence"):
            try_file(breaks(UserError(text)), tmp_path)


def test_members_of_archives_are_changed_with_their_checksums():
    data = (CORPUS / "events" / "three.npz").read_bytes()
    for seed in (1, 9, 17):
        made = changed(data, lambda content, size: b"other " + content[:20], 4096, seed)
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            assert archive.testzip() is None
            assert sum(archive.read(name).startswith(b"other ") for name in archive.namelist()) == 1
    assert changed(data, lambda content, size: b"other", 4096, 0) == b"other"
    assert changed(b"no archive", lambda content, size: content + b"!", 4096, 1) == b"no archive!"


def test_a_finding_is_a_sentence_that_can_be_tried_again(tmp_path):
    text = ("\n === Uncaught Python exception: ===\nKeyError: 'shape'\nTraceback (most recent call last):\n"
            "artifact_prefix='x/'; Test unit written to x/crash-1\n")
    said = finding("idx", text, "fuzz.log")
    assert said == ("KeyError: 'shape' (see fuzz.log; again with: .venv/bin/python -m tb fuzz-readers idx --file "
                    "x/crash-1)")
    with pytest.raises(UserError, match="no reader is called 'nothing'"):
        chosen(["nothing"])
    assert chosen([]) == list(READERS)


def test_one_file_is_tried_by_the_command(tmp_path):
    file = CORPUS / "idx" / "images.idx"
    command = [sys.executable, "-m", "tb", "fuzz-readers", "idx", "--file", str(file)]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0 and "is taken, or refused in a sentence" in done.stdout


def test_a_file_that_was_kept_is_tried_where_it_lies(tmp_path):
    kept = tmp_path / "idx" / "findings" / "crash-1"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"no idx file")
    command = [sys.executable, "-m", "tb", "fuzz-readers", "idx", "--file", kept, "--build", tmp_path]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0 and kept.is_file()
