"""What a training shows: whole numbers at any width, and lines where there is no terminal."""

import io

import pytest
from rich.console import Console

from first_spike.command import bars
from first_spike.golden.quantization.thresholds import Choice
from first_spike.golden.training.sources import Tally

FOUND = Choice(1.0, 0.98123, 0.0123)


def shown(monkeypatch, width, terminal):
    """What stands on the screen, or in the file, in the middle of epoch 60 of 120."""
    console = Console(file=io.StringIO(), width=width, height=10, force_terminal=terminal, color_system=None,
                      force_interactive=terminal, markup=False, highlight=False)
    monkeypatch.setattr(bars, "error_console", console)
    monkeypatch.setattr(bars, "error_console", console)
    with bars.TrainingProgress() as progress:
        progress("finetune", 58, 120, Tally(images=1000), 1000, FOUND)
        progress.next_refresh = 0.0
        progress("finetune", 59, 120, Tally(images=500), 1000, None)
        text = "\n".join("".join(segment.text for segment in line)
                         for line in console.render_lines(progress.bar.get_renderable(), pad=False))
    return text, console.file.getvalue()


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_number_is_cut(monkeypatch, width):
    text, _ = shown(monkeypatch, width, True)
    words = text.split()
    assert "…" not in text and all(len(line) <= width for line in text.splitlines())
    for word in ("finetune", "60/120", "98.12%", "1.2%"):
        assert word in words, text
    if width >= 80:
        assert "\n" not in text.strip() and "━━━━━" in text


def test_lines_where_there_is_no_terminal(monkeypatch):
    assert shown(monkeypatch, 80, False)[1] == ""  # nothing of a training that is soon over
    monkeypatch.setattr(bars, "SECONDS", 0)
    said = shown(monkeypatch, 40, False)[1].splitlines()
    assert said[-1].startswith("finetune 60/120: held-out images: 98.12% right, 1.2% silent; ")
    assert said[-1].endswith(" left") and " images/s, " in said[-1]


def test_jobs_say_how_far_they_are(monkeypatch):
    console = Console(file=io.StringIO(), width=40, markup=False, highlight=False)
    monkeypatch.setattr(bars, "error_console", console)
    monkeypatch.setattr(bars, "error_console", console)
    monkeypatch.setattr(bars, "SECONDS", 0)
    with bars.JobBar("yosys", ["a", "b"]) as bar:
        bar.report(0, 0.5)
        bar.report(0, 1)
    said = console.file.getvalue().splitlines()
    assert said[0].startswith("yosys: a; 0.5 of 2 done, ") and said[1].startswith("yosys: done; 1.0 of 2 done, ")
    assert said[1].endswith(" left")
