"""Text of strangers gives a terminal no orders: control characters in names of classes, files and data sets are shown
escaped, wherever they are printed; files that are written keep them."""

import io
import json
from dataclasses import replace
from unicodedata import category

import numpy as np
import pytest

import first_spike as fs
from first_spike.command import bars
from first_spike.command.cli import PlainConsole, error_console
from first_spike.command.images import ChosenImages
from first_spike.commands import compare, evaluate, lint, look
from first_spike.golden.errors import UserError, printable
from first_spike.golden.inference.infer import infer
from tb.helpers.process import command  # noqa: F401
from tb.helpers.random_networks import random_images, worded_network

CLIPBOARD = "\x1b]52;c;aGk=\x07"  # a terminal copies "hi"
CLASSES = (CLIPBOARD, "\u202egnihton", "right\rwrong", "line\nerror: line", "\x9b31mred", "Grün 日本")
FILE = "net\x1b[2J\u202e.npz"
DATA = "images\x1b[2J\x07.npy"


def assert_harmless(text):
    """Assert that no character of a text moves the cursor, or does anything but stand in its line."""
    assert {letter for letter in text if category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")} <= {"\n"}, repr(text)


@pytest.fixture
def network(tmp_path, monkeypatch):
    """The test runs in a folder with a network, images and labels whose names and texts hold control characters; all
    images are of other classes than the network says."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(3)
    network = worded_network(rng, "dense 5, dense 6", (4, 5), (4, 4), 16)
    network = replace(network, classes=CLASSES, source=CLIPBOARD,
                      accuracy={"dataset": CLIPBOARD, "images": CLIPBOARD, "accuracy": 0.5, "most_silent": 0.0})
    network.save(FILE)
    images = random_images(rng, network)
    np.save(DATA, images)
    np.save("labels.npy", (infer(network, images).classes + 1) % 6)
    return network


GIVEN = ("--network", FILE, "--images", DATA, "--labels", "labels.npy")


def test_what_is_escaped():
    text = "".join(CLASSES) + "\x00\t\x7f\u2028\u2029\u2066\u061c\udce9\uffff"
    assert_harmless(printable(text))
    assert printable("a\x1b\r\n\t\x9b\u202e\udce9") == r"a\x1b\r\n\t\x9b\u202e\udce9"
    assert printable("a\nb\r", keep="\n") == "a\nb\\r" and printable(printable("\x1b")) == r"\x1b"
    for text in ("Grün 日本\u3000語\xa0ﷺ", "👩‍🚀", "می\u200cخواهم", r"C:\x1b", ""):
        assert printable(text) == text


def test_tables_warnings_and_files(network, command):  # noqa: F811
    done = command(evaluate, *GIVEN, "--json", "report.json")
    assert done.returncode == 0
    assert_harmless(done.stdout + done.stderr)
    worst = json.loads(open("report.json").read())["worst_class"]
    assert worst in CLASSES and all(line in done.stdout for line in printable(worst, keep="\n").splitlines())
    assert r"net\x1b[2J\u202e.npz: " in done.stderr and len(done.stderr.splitlines()) == done.stderr.count("warning: ")


def test_a_comparison(network, command):  # noqa: F811
    done = command(compare, *GIVEN, "--sim", "golden", "--json", "report.json")
    assert done.returncode == 0
    assert_harmless(done.stdout + done.stderr)
    assert r"net\x1b[2J\u202e on images\x1b[2J\x07.npy" in done.stdout


def test_a_page(network, command):  # noqa: F811
    pytest.importorskip("matplotlib")
    done = command(look, *GIVEN, "--count", 3, "--out", "out\x1b[2J\u202e")
    assert (done.returncode, done.stdout, done.stderr) == (0, "out\\x1b[2J\\u202e/index.html\n", "")
    assert_harmless(open("out\x1b[2J\u202e/index.html").read())
    assert r"\x1b]52;c;aGk=\x07" in open("out\x1b[2J\u202e/index.html").read()
    assert json.loads(open("out\x1b[2J\u202e/look.json").read())["data"] == DATA


def test_what_python_shows(network):
    chosen = ChosenImages(np.load(DATA), None, CLIPBOARD)
    numbers = np.arange(len(chosen.images)) % 2
    np.savez("arrays\x1b.npz", x_train=chosen.images, y_train=numbers, x_test=chosen.images, y_test=numbers,
             classes=CLASSES[:2])
    for shown in (network, chosen, replace(fs.dataset("arrays\x1b.npz"), name=CLIPBOARD)):
        assert_harmless(repr(shown))
        assert r"\x1b]52;c;aGk=\x07" in repr(shown)
    assert len(repr(network).splitlines()) == 5 and "日本" in repr(replace(network, classes=CLASSES[::-1]))
    with pytest.raises(fs.UserError) as refused:
        fs.dataset("arrays\x1b.npz", train=False, network=network)
    assert_harmless(str(refused.value))
    assert "\n" not in str(refused.value) and r"\x1b" in str(refused.value)


@pytest.mark.parametrize("words, status", [
    (("--network", FILE, "--images", "no\x1b[2J\r\x9b\n.npy"), 1),
    (("--network", "no\x1b[2J\r\x9b\n.npz"), 1),
    (("--network", FILE, "--data", CLASSES[3] + CLIPBOARD), 1),
    (("--network", FILE, CLIPBOARD + "\u202e\r\n"), 2)])
def test_errors(network, command, words, status):  # noqa: F811
    done = command(evaluate, *words)
    assert (done.returncode, done.stdout) == (status, "")
    assert_harmless(done.stderr)
    *_, last = done.stderr.splitlines()
    assert "error: " in last and (r"\x1b" in last or "--data" in last)
    assert status == 2 or done.stderr == f"{last}\n"


def test_messages_of_other_programs(tmp_path, monkeypatch, command):  # noqa: F811
    monkeypatch.setattr(lint, "lint", lambda folder: [f"{CLIPBOARD}: a warning"])
    done = command(lint, tmp_path)
    assert done.returncode == 1 and done.stdout.splitlines()[0] == r"\x1b]52;c;aGk=\x07: a warning"
    assert_harmless(done.stdout)


def test_bars(monkeypatch):
    """On a terminal; what a label holds is no markup either."""
    screen = io.StringIO()
    monkeypatch.setattr(bars, "error_console", PlainConsole(file=screen, force_terminal=True, width=99, _environ={}))
    times = iter(range(0, 1000, 10))
    monkeypatch.setattr(bars, "clock", lambda: next(times))
    with bars.JobBar("[/job]", [f"[/red] {CLIPBOARD}"]) as bar:
        bar.report(0, 0.5)
    assert r"[/job]: [/red] \x1b]52;" in "".join(screen.getvalue().split("\n"))
    assert "\x07" not in screen.getvalue() and "\x1b]" not in screen.getvalue()


def test_names_are_no_emoji(capsys):
    error_console.print(":bug:")
    assert capsys.readouterr().err == ":bug:\n"


def test_errors_stay_errors():
    error = UserError("a\x1b\nb")
    assert str(error) == f"{error}" == r"a\x1b\nb" and isinstance(error, ValueError)
