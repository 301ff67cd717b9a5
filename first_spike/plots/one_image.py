"""One image or recording: itself, every spike, and the potentials of the output.

What neurons listen to: their weights as pictures.
"""

import math

import numpy as np

from first_spike.command.figure import save_figure, tiled
from first_spike.comparison.confidence import shown_doubt
from first_spike.golden.contract.base_network import image_map
from first_spike.golden.contract.option import require_choice
from first_spike.plots.run import (
    BLUE,
    FONT,
    GREEN,
    GREY,
    MOST_POINTS,
    NAMED,
    ORANGE,
    PALE,
    RED,
    TITLE,
    WIDTH,
    label,
    layer_name,
    legend,
    name_axis,
    sheet,
    short,
    short_names,
    whole_numbers,
)

FEW = 32  # steps that are marked one by one
DARKEST = 64  # of 255, an event in the last step
MOST_NAMED = 6  # channels of a series in the legend
COLOURS = (BLUE, ORANGE, GREEN, "#cc79a7", "#56b4e9")  # of potentials, those that come nearest
STYLES = "-", "--", ":", "-."  # of channels, one for each round of COLOURS


def write_picture(path, image):
    """Write a uint8 image [rows, columns] or [rows, columns, channels] as PNG, one pixel each: in grey, in colour for
    three channels, and for other numbers the channels side by side."""
    from matplotlib.image import imsave
    if image.ndim == 3 and image.shape[2] != 3:
        image = tiled(np.moveaxis(image, 2, 0), between=128)
    imsave(path, image.astype(np.uint8), format="png", cmap="gray", vmin=0, vmax=255)


def is_series(network):
    """Whether it takes series of numbers, which are images of one row."""
    rows, columns, _ = image_map(network.image_shape)
    return network.most_events is None and rows == 1 < columns


def write_subject(folder, name, run, index, bare=False):
    """Write an image with that number as a PNG, a recording as the picture of its events, or a series as curves, an
    SVG, `bare` without axes; returns the name of the file."""
    network = run.network
    if is_series(network):
        save_figure(draw_series(run.chosen.images[index].reshape(image_map(network.image_shape)), bare),
                    folder / f"{name}.svg")
        return f"{name}.svg"
    picture = run.chosen.images[index].reshape(network.image_shape) if network.most_events is None else \
        event_picture(network, run.taken_in[index:index + 1])
    write_picture(folder / f"{name}.png", picture)
    return f"{name}.png"


def draw_series(image, bare=False):
    """A figure of a series, uint8 [1, length, channels], a curve for each channel."""
    figure, (axis,) = sheet(1.1 if bare else 2.2)
    for channel in range(image.shape[2]):
        axis.plot(image[0, :, channel], color=COLOURS[channel % len(COLOURS)],
                  linestyle=STYLES[channel // len(COLOURS) % len(STYLES)], linewidth=3 if bare else 1.2,
                  label=f"channel {channel}" if channel < MOST_NAMED else None)
    axis.set_ylim(-8, 263)
    axis.margins(x=0.01)
    if bare:
        axis.set_axis_off()
        return figure
    if image.shape[2] > 1:
        legend(axis, ncols=3)
    label(axis, "place in the series", "pixel (0: never spikes)")
    return figure


def event_picture(network, recording):
    """uint8 [rows, columns, channels] of the first events of a recording, the earlier the brighter. Two channels, the
    polarities of a camera, become blue (off) and red (on) of a picture in colour."""
    times = recording.first_times(network.inputs, network.steps)[0].reshape(image_map(network.image_shape))
    light = 255 - times.astype(int) * (255 - DARKEST) // (network.steps - 1)
    picture = np.where(times < network.steps, light, 0).astype(np.uint8)
    if picture.shape[2] == 2:
        return np.stack([picture[..., 1], np.minimum(picture[..., 0], picture[..., 1]), picture[..., 0]], axis=2)
    return picture


def draw_raster(run):
    """A figure of every spike of the image to look at: a row of axes for the input and each layer, over time; above
    them the network, the class and the label."""
    network, steps = run.network, run.network.steps
    trains, decision = run.trains(), int(run.result.decision_time[run.index])
    figure, axes = sheet(1.5 * len(trains) + 1.2, len(trains), sharex=True,
                         heights=[3, *[2] * (len(trains) - 2), 1.6])
    for number, (axis, (neurons, spikes, times)) in enumerate(zip(axes, trains)):
        late = times > decision
        for part, colour in ((~late, BLUE), (late, PALE)):
            axis.plot(times[part], spikes[part], ".", color=colour, markersize=3 if neurons > NAMED else 6,
                      rasterized=len(spikes) > MOST_POINTS)
        mark_decision(axis, decision, steps)
        axis.set_ylim(neurons - 0.5, -0.5)
        label(axis, y="input" if number == 0 else layer_name(network, number - 1))
    name_axis(axes[-1], network.classes)
    if decision < steps:
        winner = int(run.result.classes[run.index])
        axes[-1].plot([decision], [winner], "o", color=RED, markersize=9, fillstyle="none")
    finish_time_axis(axes, steps)
    figure.suptitle(heading(run), fontsize=FONT)
    return figure


def heading(run):
    """Return three lines: the network's title, the class and the label of the image to look at, and how sure that
    is."""
    classes, index, result = short_names(run.network.classes), run.index, run.result
    when = "without an output spike" if result.silent[index] else f"in step {result.decision_time[index]}"
    label = "" if run.chosen.labels is None else f", label {classes[run.chosen.labels[index]]}"
    sure = shown_doubt(classes, run.doubt(index))
    return f"{short(run.network.title, TITLE)}\nclass {classes[result.classes[index]]} {when}{label}\n{sure}"


def draw_potentials(run):
    """A figure of V of the outputs at the end of every step; those in colour that came nearest at the decision."""
    network, steps = run.network, run.network.steps
    potentials, decision = run.potentials(), int(run.result.decision_time[run.index])
    nearest = run.ranking[0][run.index][:len(COLOURS)].tolist()
    figure, (axis,) = sheet(3.4)
    for neuron in range(potentials.shape[1]):
        if neuron not in nearest:
            axis.plot(potentials[:, neuron], color=PALE, linewidth=0.8)
    curves = [line for neuron, colour in reversed(list(zip(nearest, COLOURS)))
              for line in axis.plot(potentials[:, neuron], ".-" if steps <= FEW else "-", color=colour, linewidth=1.2,
                                    markersize=4)]
    threshold = axis.axhline(network.layers[-1].thresholds[0], color=GREY, linestyle="--", linewidth=0.8)
    mark_decision(axis, decision, steps)
    names = short_names(network.classes)
    legend(axis, handles=[*reversed(curves), threshold], labels=[*(names[n] for n in nearest), "threshold"], ncols=3)
    label(axis, y="potential of the output")
    finish_time_axis([axis], steps)
    return figure


def mark_decision(axis, decision, steps):
    """A line at the decision, and in grey what is behind it, which hardware does no more."""
    if decision < steps:
        axis.axvline(decision, color=RED, linewidth=0.8, zorder=0.9)
        axis.axvspan(decision, steps + 1, color="0.95", linewidth=0, zorder=0.5)


def finish_time_axis(axes, steps):
    """The lowest of the axes says what the time is."""
    axes[-1].set_xlim(-0.6, steps - 0.4)
    whole_numbers(axes[-1])
    label(axes[-1], x="time step", y=axes[-1].get_ylabel())


MOST = 512  # neurons of a layer in a picture
ACROSS, MANY_ACROSS = 8, 16  # side by side, and so where there are more than MANY
MANY = 192
GAP = 5.5  # points between them, for a number of 4 points


def weight_maps(network, number):
    """[neurons or kernels, rows, columns, channels] of weights of a layer, as they lie on what it reads; UserError
    where there is no such layer."""
    require_choice("the layer", number, range(len(network.layers)))
    layer = network.layers[number]
    if layer.kind == "convolution":
        shape = *layer.geometry.kernel, layer.takes[2]
    else:
        shape = image_map(network.image_shape) if number == 0 else network.layers[number - 1].map
    return np.moveaxis(layer.weights.reshape(*shape, layer.weights.shape[1]), -1, 0)


def draw_listening(network, number):
    """A figure of the first MOST neurons or kernels of a layer, a picture each, red for positive weights and blue for
    negative ones, channels apart; where one place only is read, a table of weights."""
    drawn = weight_maps(network, number)[:MOST]
    if drawn.shape[1:3] == (1, 1):
        return _draw_table(network, number, drawn[:, 0, 0])
    return _draw_tiles(network, number, np.stack([tiled(np.moveaxis(one, 2, 0)) for one in drawn]))


def what_is_seen(network, number):
    """A sentence on what `draw_listening` draws."""
    maps = weight_maps(network, number)
    what = f"kernel{'s'[:len(maps) > 1]}" if network.layers[number].kind == "convolution" else "neurons"
    some = f"the first {MOST:,} of {len(maps):,} {what}" if len(maps) > MOST else f"{len(maps):,} {what}"
    reach, most = _reach(network.layers[number])
    beyond = f"; weights beyond ±{reach:.3g} are drawn as ±{reach:.3g}" if most > reach else ""
    _, rows, columns, channels = maps.shape
    if (rows, columns) == (1, 1):
        return f"the weights of {some}, a row each, from {channels:,} inputs{beyond}"
    return f"{some} of {rows} x {columns} weights{f' on each of {channels} channels' * (channels > 1)}{beyond}"


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
    axis.locator_params(axis="y", integer=True, min_n_ticks=1)
    label(axis, f"neuron of {layer_name(network, number - 1)}" if number else "input", layer_name(network, number))
    if number == len(network.layers) - 1:
        name_axis(axis, network.classes)
    return figure


def _names(network, number):
    """Class names for the output, numbers for other layers."""
    return short_names(network.classes).__getitem__ if number == len(network.layers) - 1 else str


def _reach(layer):
    """(size of a weight with the darkest colour, largest size): of floats, a few may be far from all others."""
    sizes = np.abs(layer.weights.astype(float))
    most = float(sizes.max())
    return (most if layer.weights.dtype == np.int8 else float(np.quantile(sizes, 0.999))) or most or 1.0, most


def _show(figure, axis, values, layer, aspect):
    reach, most = _reach(layer)
    from matplotlib import colormaps
    colours = colormaps["RdBu_r"].with_extremes(bad="0.87")  # between tiles, where no weight is
    image = axis.imshow(values, cmap=colours, vmin=-reach, vmax=reach, interpolation="none", aspect=aspect)
    bar = figure.colorbar(image, ax=axis, orientation="horizontal", shrink=0.6, pad=0.02, aspect=40,
                          extend="both" if most > reach else "neither")
    bar.ax.tick_params(labelsize=FONT - 2)
    bar.set_label("weight", fontsize=FONT - 1)
