"""What neurons listen to: their weights as pictures."""

import math

import numpy as np

from first_spike.command.figure import tiled
from first_spike.golden.contract.base_network import image_map
from first_spike.plots.sheet import FONT, WIDTH, label, layer_name, name_axis, sheet, short, whole_numbers

MOST = 512  # neurons of a layer in a picture
ACROSS, MANY_ACROSS = 8, 16  # side by side, and so where there are more than MANY
MANY = 192
GAP = 5.5  # points between them, for a number of 4 points


def weight_maps(network, number):
    """[neurons or kernels, rows, columns, channels] of weights of a layer, as they lie on what it reads."""
    layer = network.layers[number]
    if layer.kind == "convolution":
        shape = *layer.geometry.kernel, layer.takes[2]
    else:
        shape = image_map(network.image_shape) if number == 0 else network.layers[number - 1].map
    return np.moveaxis(layer.weights.reshape(*shape, layer.weights.shape[1]), -1, 0)


def draw_listening(network, number):
    """A figure of the first MOST neurons or kernels of a layer, a picture each, red for positive weights and blue for
    negative ones, channels side by side; where one place only is read, a table of weights."""
    drawn = weight_maps(network, number)[:MOST]
    if drawn.shape[1:3] == (1, 1):
        return _draw_table(network, number, drawn[:, 0, 0])
    return _draw_tiles(network, number, np.stack([tiled(np.moveaxis(one, 2, 0)) for one in drawn]))


def what_is_seen(network, number):
    """A sentence on what `draw_listening` draws."""
    maps = weight_maps(network, number)
    what = f"kernel{'s'[:len(maps) > 1]}" if network.layers[number].kind == "convolution" else "neurons"
    some = f"the first {MOST:,} of {len(maps):,} {what}" if len(maps) > MOST else f"{len(maps):,} {what}"
    _, rows, columns, channels = maps.shape
    if (rows, columns) == (1, 1):
        return f"the weights of {some}, a row each, from {channels:,} inputs"
    return f"{some} of {rows} x {columns} weights" + (f" on {channels} channels, side by side" if channels > 1 else "")


def _draw_tiles(network, number, tiles):
    count, height, width = tiles.shape
    across = MANY_ACROSS if count > MANY else ACROSS
    columns = min(count, across, max(1, round(across * math.sqrt(height / width))))
    points = 72 * WIDTH / columns - GAP  # that a tile is wide
    gap = math.ceil(GAP * width / points)
    whole = tiled(tiles, columns, gap)
    figure, (axis,) = sheet(WIDTH * whole.shape[0] / whole.shape[1] + 0.7)
    names = _names(network, number)
    for k in range(count):
        axis.text(k % columns * (width + gap) - 0.5, k // columns * (height + gap) - 0.5, names(k), fontsize=4,
                  ha="left", va="bottom")
    axis.set_axis_off()
    _show(figure, axis, whole, network.layers[number], aspect="equal")
    return figure


def _draw_table(network, number, weights):
    figure, (axis,) = sheet(min(1.4 + 0.16 * len(weights), 5.5))
    _show(figure, axis, weights, network.layers[number], aspect="auto")
    whole_numbers(axis)
    label(axis, f"neuron of {layer_name(network, number - 1)}" if number else "input", layer_name(network, number))
    if number == len(network.layers) - 1:
        name_axis(axis, network.classes)
    return figure


def _names(network, number):
    """Class names for the output, numbers for other layers."""
    return (lambda k: short(network.classes[k])) if number == len(network.layers) - 1 else str


def _show(figure, axis, values, layer, aspect):
    sizes = np.abs(layer.weights.astype(float))  # of floats, a few may be far from all others
    reach = float(sizes.max() if layer.weights.dtype == np.int8 else np.quantile(sizes, 0.999)) or 1.0
    from matplotlib import colormaps
    colours = colormaps["RdBu_r"].with_extremes(bad="0.87")  # between tiles, where no weight is
    image = axis.imshow(values, cmap=colours, vmin=-reach, vmax=reach, interpolation="none", aspect=aspect)
    bar = figure.colorbar(image, ax=axis, orientation="horizontal", shrink=0.6, pad=0.02, aspect=40)
    bar.ax.tick_params(labelsize=FONT - 2)
    bar.set_label("weight", fontsize=FONT - 1)
