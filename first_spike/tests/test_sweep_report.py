"""What a sweep shows: held-out accuracies beside those of the test set, and legends beside the axes."""

import numpy as np
import pytest
from rich.console import Console

from first_spike.training import quantize_options

ROWS = [{"bits": bits, "steps": steps, "held_out": 0.5 + bits / 20, "accuracy": 0.4 + bits / 20, "silent": 0.01,
         "ties": 0.02, "events": 30 + steps, "weight_kib": 3.5} for bits in range(1, 9) for steps in (4, 8, 16, 256)]


def test_the_table_says_what_to_choose_by():
    console = Console(width=80, record=True)
    console.print(quantize_options.sweep_table("net", ROWS, 143, 360))
    text = console.export_text()
    row = next(line for line in text.splitlines() if line.split("│")[1:3] == [" 3    ", " 16    "])
    assert [cell.strip() for cell in row.split("│")[3:5]] == ["65.00%", "55.00%"]
    assert "held out" in text and "choose by the 143 held-out training images" in " ".join(text.split())


def test_no_legend_covers_a_point(tmp_path, monkeypatch):
    pytest.importorskip("matplotlib")
    figures = []
    monkeypatch.setattr(quantize_options, "save_figure", lambda figure, path: figures.append(figure))
    quantize_options.draw_sweep(tmp_path / "sweep.png", ROWS, "net")
    figure, = figures
    figure.canvas.draw()
    legends = [*figure.legends, *(axis.get_legend() for axis in figure.axes if axis.get_legend())]
    assert len(legends) == 2
    points = np.vstack([axis.transData.transform(line.get_xydata()) for axis in figure.axes for line in axis.lines])
    assert len(points) == 3 * len(ROWS)
    assert not any(legend.get_window_extent().contains(*point) for legend in legends for point in points)
    held, test = (axis.get_ylabel() for axis in figure.axes[:2])
    assert (held, test) == ("accuracy %, held-out images", "accuracy %, test images")
