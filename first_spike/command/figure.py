"""Pictures by matplotlib, drawn without a display."""

import io
import math
import warnings
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from first_spike.golden.errors import UserError
from first_spike.golden.files import replacing

SALTED, UNDATED = {"svg.hashsalt": "first-spike"}, {"Date": None}  # the same figure gives the same bytes


def require_matplotlib():
    """matplotlib's Figure; UserError where it is not installed."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise UserError("drawing needs matplotlib: pip install matplotlib") from error
    return Figure


@contextmanager
def literal_text():
    """Until the block ends, text in pictures is no formula, whatever is in it, and letters that the font lacks are
    boxes."""
    require_matplotlib()
    from matplotlib import rc_context
    with rc_context({"text.parse_math": False}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")
        yield


def blank_figure(count):
    """A matplotlib figure with `count` axes side by side, drawn without a display."""
    Figure = require_matplotlib()
    figure = Figure(figsize=(4.2 * count, 3.4), layout="constrained")
    return figure, figure.subplots(1, count, squeeze=False)[0]


def svg_text(figure):
    """A figure as the text of an SVG."""
    from matplotlib import rc_context
    file = io.StringIO()
    with rc_context(SALTED):
        figure.savefig(file, format="svg", metadata=UNDATED)
    return file.getvalue()


def save_figure(figure, path, dpi=110):
    """Write a figure as PNG, or as SVG where `path` ends so, whole or not at all; the same figure gives the same
    bytes."""
    from matplotlib import rc_context
    kind = "svg" if Path(path).suffix == ".svg" else "png"
    with replacing(path) as file, rc_context(SALTED):
        figure.savefig(file, format=kind, dpi=dpi, metadata=UNDATED if kind == "svg" else None)


def tiled(stack, columns=None, gap=1, between=np.nan):
    """Pictures [count, rows, columns] side by side, `columns` in a row (default: a square of them), as one array."""
    count, height, width = stack.shape
    columns = min(count, columns or math.ceil(math.sqrt(count * height / width)) or 1)
    lines = math.ceil(count / columns)
    made = np.full((lines * (height + gap) - gap, columns * (width + gap) - gap), between)
    for number, tile in enumerate(stack):
        y, x = number // columns * (height + gap), number % columns * (width + gap)
        made[y:y + height, x:x + width] = tile
    return made
