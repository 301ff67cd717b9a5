"""Where cycles and LUTs go, and designs beside others: the pictures show the figures of the models, all of them."""

import re

import numpy as np
import pytest

import first_spike as fs
from first_spike.exploration.area import estimate_area
from first_spike.exploration.budget import Offer
from first_spike.exploration.points import cells
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.cycles import predict
from first_spike.plots.beside import by_network, front
from first_spike.plots.costs import area_of_parts, busy_cycles
from first_spike.synthesis.rivals import RIVALS

pytest.importorskip("matplotlib")
DENSE, CONVOLUTIONAL = "mnist_784_128_10_4bit", "mnist_16c5p2_32c5p2_10_4bit"


@pytest.fixture(scope="module")
def digits():
    return fs.samples().first(12)


def test_cycles_of_stages_are_those_of_spikes_and_folds(digits):
    """Counted here spike by spike, up to the decision: a dense layer asks for its folds for each spike, and G spikes
    come in a cycle."""
    design = fs.Design(fs.load(DENSE), lanes=(32, 10), pixels=4)
    found = infer(design.network, digits.images)
    stages = dict(busy_cycles(design, digits.images))
    assert list(stages) == ["load pixels", "hidden 1", "output", "result to result"]
    assert stages["load pixels"].tolist() == [784 / 4] * 12
    for number, image in enumerate(digits.images):
        last = min(found.decision_time[number], 15)
        lit = [(255 - pixel) >> 4 <= last for pixel, used in zip(image.ravel(), design.network.used_inputs)
               if pixel and used]
        assert stages["hidden 1"][number] == 4 * sum(lit)
        fired = int((found.spike_times[0][number] <= last).sum())
        assert stages["output"][number] == -(-fired // 4)
    assert np.array_equal(stages["result to result"], predict(design, digits.images, found).interval)


@pytest.mark.parametrize("name, taps", [(DENSE, 1), (CONVOLUTIONAL, 1), (CONVOLUTIONAL, "row")])
def test_parts_are_the_whole_of_the_area(name, taps):
    design = fs.Design(fs.load(name), taps=taps)
    parts, whole = area_of_parts(design), estimate_area(design)
    assert round(sum(logic + memory for _, logic, memory, _ in parts)) == whole["lut"]
    assert sum(blocks for *_, blocks in parts) == whole["bram"]
    assert len({name for name, *_ in parts}) == len(parts)


@pytest.mark.parametrize("options, sentence", [
    ({"tid_bits": 4}, "the area of tid_bits is not known"),
    ({"stream_bits": 512}, "the area of stream_bits is not known"),
    ({"weights": "loadable", "weight_memory": "spram"}, "areas and boards here are of an ECP5")])
def test_no_picture_of_an_area_that_is_not_known(options, sentence):
    with pytest.raises(fs.UserError, match=sentence):
        fs.plot.area(fs.Design(fs.load(DENSE), **options))


def test_the_pictures_show_them(digits):
    design = fs.Design(fs.load(DENSE))
    axis, = fs.plot.cycles(design, digits).axes
    shown = [text.get_text() for text in axis.texts]
    assert shown == [f"{cycles.mean():,.0f}" for _, cycles in busy_cycles(design, digits.images)]
    axis, = fs.plot.area(design).axes
    drawn = re.findall(r"[\d,]+(?= \+|$)", "\n".join(text.get_text() for text in axis.texts), re.MULTILINE)
    assert len(drawn) == len([part for part in area_of_parts(design) if sum(part[1:])])


def test_ours_are_by_models_and_others_quoted(digits):
    """Every design of the front and every rival is a mark on logarithmic axes. Networks of other bits stand apart."""
    names = [DENSE, "mnist_784_400_10_4bit", "mnist_784_400_10_1bit"]
    offers = fs.explore(names, images=digits.images, lanes=[(8,), (64,)], pixels=[8], spikes_per_cycle=[4])
    assert set(by_network(offers)) == {"784-128-10, 4 bit", "784-400-10, 4 bit", "784-400-10, 1 bit"}
    left, right = fs.plot.offers(offers).axes
    marks = [sum(len(line.get_xdata()) for line in axis.lines) for axis in (left, right)]
    best = [offer for designs in by_network(offers).values() for offer in front(designs)]
    assert marks == [len(best) + sum(rival.share is not None for rival in RIVALS),
                     len(best) + sum(rival.share is not None and rival.cells is not None for rival in RIVALS)]
    assert {axis.get_xscale() for axis in (left, right)} == {axis.get_yscale() for axis in (left, right)} == {"log"}
    labels = [line.get_label() for line in left.lines if not line.get_label().startswith("_")]
    assert labels == [*by_network(offers), "others, interval (quoted)", "others, latency or logic (quoted)"]
    drawn = {x for line in right.lines for x in line.get_xdata()}
    assert {cells(offer.point)[0]["logic"] for offer in best} <= drawn


def test_only_what_no_design_beats_in_both_is_drawn():
    def offer(us, luts):
        return Offer("a", None, {"measured": {"lut": luts, "bram": 0}}, us, None, 0.9, None, None)

    fast, small, beaten, slower = offer(1.0, 900), offer(4.0, 300), offer(2.0, 950), offer(5.0, 300)
    assert front([slower, beaten, small, fast]) == [fast, small]


def test_no_caption_meets_another(digits):
    """Their boxes on the page, as they are rendered."""
    figure = fs.plot.offers(fs.explore(DENSE, images=digits.images, lanes=[(8,), (64,)], pixels=[8]))
    figure.draw_without_rendering()
    for axis in figure.axes:
        boxes = [text.get_window_extent() for text in axis.texts]
        assert len(boxes) > 5
        assert not any(one.overlaps(other) for number, one in enumerate(boxes) for other in boxes[:number])


def test_only_errors_on_mnist_are_beside_others():
    """What was not tested on it is left out in so many words; who makes no error is drawn as if it were one."""
    offer = Offer("784-128-10", fs.Design(fs.load(DENSE)), {"measured": {"lut": 4000, "bram": 32}}, 0.7, None, 0.75,
                  None, None)
    others = [offer._replace(design=fs.Design(fs.load("fashion_784_400_10_4bit"))), offer._replace(accuracy=None)]
    smaller = offer._replace(accuracy=1.0, us=0.9, point={"measured": {"lut": 3000, "bram": 32}})
    figure = fs.plot.offers([offer, smaller, *others])
    assert figure.axes[0].lines[0].get_ydata().tolist() == [25, 0.01] and 0.01 in figure.axes[0].get_yticks()
    legend, = figure.legends
    assert "cycles of the cycle model at the clock assumed" in legend.get_title().get_text()
    assert [text.get_text() for text in legend.get_texts()] == [
        "784-128-10, 4 bit", "others, interval (quoted)", "others, latency or logic (quoted)",
        "left out, accuracy on MNIST unknown: 2"]
    for found in (others, []):
        with pytest.raises(fs.UserError, match=f"^of none of the {len(found)} offers is the accuracy on MNIST known"):
            fs.plot.offers(found)
