"""Where the cycles of a Design go, and where its LUTs go, both by the models: nothing is simulated or synthesized."""

import numpy as np

from first_spike.exploration.area import RAM_LUTS, design_parts, logic_of
from first_spike.exploration.memories import BLOCK, DISTRIBUTED
from first_spike.golden.inference.infer import infer
from first_spike.golden.inference.operations import memory_words
from first_spike.golden.schedule.cycles import predict
from first_spike.plots.run import BLUE, GREY, ORANGE, PALE, bars, label, layer_name, legend, sheet, subject_name

BLOCKS = {"heads": "encoder: head tables", "steps": "encoder: loader, steps", "ways": "encoder: lists, output",
          "events": "event loader", "readout": "read-out", "around": "around it"}
KINDS = {"places": "visits", "rows": "visits", "lanes of places": "lanes", "lanes of rows": "lanes",
         "serializer": "serializer"}


def busy_cycles(design, images):
    """[(name, float64 [n])]: cycles of each stage that n images ask for at the least, up to the decision; then the
    cycles from one result to the next, which are more, since stages wait for each other."""
    found = infer(design.network, images)
    words = memory_words(design, images, found)
    if design.network.most_events is None:
        stages = [("load pixels", np.full(len(images), float(design.beats)))]
    else:
        stages = [("take events", np.bincount(images.owners, minlength=len(images)).astype(float))]
    for number, (layer, ways) in enumerate(zip(words, design.ways, strict=True)):
        stages.append((layer_name(design.network, number), np.ceil(layer.weights / ways)))
    return [*stages, ("result to result", predict(design, images, found).interval.astype(float))]


def area_of_parts(design):
    """[(name, LUT4 of logic, LUT4 of distributed RAM, block RAMs)] of the parts of a Design, by the area model."""
    numbers = {f"layer{number}": layer_name(design.network, number) for number in range(len(design.network.layers))}
    found = []
    for instance, made in design_parts(design):
        layer = numbers.get(instance.partition("_")[0])
        kind = KINDS.get(made.block)
        name = BLOCKS[made.block] if layer is None else layer + (f": {kind}" if kind else "")
        found.append((name, logic_of(made), RAM_LUTS * made.count(DISTRIBUTED), made.count(BLOCK)))
    return found


def draw_cycles(design, images):
    """Return a figure of the mean `busy_cycles` of images, printed at its bar; a line goes to the 99th percentile."""
    stages = busy_cycles(design, images)
    means = [cycles.mean() for _, cycles in stages]
    most = [np.percentile(cycles, 99) for _, cycles in stages]
    figure, (axis,) = sheet(0.9 + 0.3 * len(stages))
    bars(axis, [name for name, _ in stages], means, [f"{mean:,.0f}" for mean in means],
         color=[BLUE] * (len(stages) - 1) + [GREY])
    below = [place + 0.27 for place in range(len(stages))]  # so that the line does not cross the number
    axis.hlines(below, 0, most, color=ORANGE, linewidth=1.2)
    axis.plot(most, below, "|", color=ORANGE, markersize=5)
    label(axis, f"cycles of a{'n' if subject_name(design.network)[0] == 'i' else ''} {subject_name(design.network)} "
                "(bar: mean; line: to 99th percentile)")
    return figure


def draw_area(design):
    """A figure of the `area_of_parts` of a Design, from the input to the result."""
    parts = [part for part in area_of_parts(design) if sum(part[1:])]
    names, logic, memory, blocks = zip(*parts)
    figure, (axis,) = sheet(1.1 + 0.24 * len(parts))
    whole = [a + b for a, b in zip(logic, memory)]
    texts = [f"{luts:,.0f}" + (f" + {count} BRAM" if count else "") for luts, count in zip(whole, blocks)]
    bars(axis, names, whole, texts, color="none")
    axis.margins(x=0.3)
    axis.barh(range(len(parts)), logic, height=0.72, color=BLUE, label="logic")
    axis.barh(range(len(parts)), memory, height=0.72, left=logic, color=PALE, label="distributed RAM")
    legend(axis, ncols=2)
    label(axis, "LUT4 of an ECP5, by the area model")
    return figure
