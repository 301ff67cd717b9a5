"""Pictures by matplotlib, drawn without a display."""

from golden.errors import UserError
from golden.files import replacing


def require_matplotlib():
    """matplotlib's Figure; UserError where it is not installed."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise UserError("drawing needs matplotlib: pip install matplotlib") from error
    return Figure


def blank_figure(count):
    """A matplotlib figure with `count` axes side by side, drawn without a display."""
    Figure = require_matplotlib()
    figure = Figure(figsize=(4.2 * count, 3.4), layout="constrained")
    return figure, figure.subplots(1, count, squeeze=False)[0]


def save_figure(figure, path):
    """Write a figure as PNG, whole or not at all."""
    with replacing(path) as file:
        figure.savefig(file, format="png", dpi=110)
