"""One image or recording: itself, every spike, and the potentials of the output."""

import numpy as np

from first_spike.command.figure import save_figure, tiled
from first_spike.golden.contract.base_network import image_map
from first_spike.plots.sheet import (
    BLUE,
    GREEN,
    GREY,
    MOST_POINTS,
    NAMED,
    ORANGE,
    PALE,
    RED,
    label,
    layer_name,
    legend,
    name_axis,
    sheet,
    short,
    whole_numbers,
)

FEW = 32  # steps that are marked one by one
DARKEST = 64  # of 255, an event in the last step
MOST_NAMED = 6  # channels of a series in the legend
COLOURS = (BLUE, ORANGE, GREEN, "#cc79a7", "#56b4e9")  # of potentials, those that come nearest


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
    picture = run.chosen.images[index] if network.most_events is None else \
        event_picture(network, run.taken_in[index:index + 1])
    write_picture(folder / f"{name}.png", picture)
    return f"{name}.png"


def draw_series(image, bare=False):
    """A figure of a series, uint8 [1, length, channels], a curve for each channel."""
    figure, (axis,) = sheet(1.1 if bare else 2.2)
    for channel in range(image.shape[2]):
        axis.plot(image[0, :, channel], color=COLOURS[channel % len(COLOURS)], linewidth=3 if bare else 1.2,
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
    """A figure of every spike of the image to look at: a row of axes for the input and each layer, over time."""
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
    return figure


def draw_potentials(run):
    """A figure of V of the outputs at the end of every step; those in colour that came nearest at the decision."""
    network, steps = run.network, run.network.steps
    potentials, decision = run.potentials(), int(run.result.decision_time[run.index])
    nearest = run.ranking[0][run.index][:len(COLOURS)].tolist()
    figure, (axis,) = sheet(3.4)
    for neuron in range(potentials.shape[1]):
        if neuron not in nearest:
            axis.plot(potentials[:, neuron], color=PALE, linewidth=0.8)
    for neuron, colour in reversed(list(zip(nearest, COLOURS))):
        axis.plot(potentials[:, neuron], ".-" if steps <= FEW else "-", color=colour, linewidth=1.2, markersize=4,
                  label=short(network.classes[neuron]))
    axis.axhline(network.layers[-1].thresholds[0], color=GREY, linestyle="--", linewidth=0.8, label="threshold")
    mark_decision(axis, decision, steps)
    handles, names = axis.get_legend_handles_labels()
    order = [*range(len(nearest) - 1, -1, -1), len(nearest)]
    legend(axis, handles=[handles[n] for n in order], labels=[names[n] for n in order], ncols=3)
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
