"""The charts of the pages: each by a function of the package, for networks that come along.

One picture of what a first-spike network does: a real digit, its spikes, the potentials, the first output spike.
"""

import first_spike as fs
from first_spike.command.figure import svg_text
from first_spike.command.images import ChosenImages
from first_spike.command.places import DEFAULT_NETWORK
from first_spike.golden.contract.network import Network
from first_spike.golden.data.catalogue import load
from first_spike.plots.run import run_network
from scripts.site.pipelines import Drawing

DENSE, CONVOLUTIONAL = "mnist_784_128_10_4bit", "mnist_16c5p2_32c5p2_10_4bit"
COUNTED = 200  # images
# The networks of one chart, with what is tried of each. Convolutions take one spike a cycle.
TRIED = {
    DENSE: {},
    "mnist_784_400_10_4bit": {"pixels": [8, 16]},
    "mnist_784_400_10_1bit": {"pixels": [8, 16]},
    "mnist_784_320_160_10_4bit": {"pixels": [8, 16]},
    CONVOLUTIONAL: {"pixels": [8], "taps": [1, "row"], "lanes": [(), (8,)]},
}


def raster(digits):
    """Every spike of a digit."""
    return fs.plot.raster(fs.load(DENSE), digits.images[DIGIT], digits.labels[DIGIT])


def kernels(digits):
    """What the first convolution listens to."""
    return fs.plot.kernels(fs.load(CONVOLUTIONAL))


def cycles_dense(digits):
    """Where the cycles go, without convolutions."""
    return fs.plot.cycles(fs.Design(fs.load(DENSE)), digits.first(COUNTED))


def cycles_convolution(digits):
    """Where the cycles go, with convolutions of a kernel row a cycle."""
    return fs.plot.cycles(fs.Design(fs.load(CONVOLUTIONAL), taps="row"), digits.first(COUNTED))


def luts_dense(digits):
    """Where the LUTs go, without convolutions."""
    return fs.plot.area(fs.Design(fs.load(DENSE)))


def luts_convolution(digits):
    """Where the LUTs go, with convolutions."""
    return fs.plot.area(fs.Design(fs.load(CONVOLUTIONAL), taps="row"))


def rivals(digits):
    """Errors on MNIST against time and area, of ours and of others."""
    found = []
    for name, tried in TRIED.items():
        found += fs.explore(name, images=digits.images[:COUNTED], **tried)
    return fs.plot.offers(found)


CHARTS = (raster, kernels, cycles_dense, cycles_convolution, luts_dense, luts_convolution, rivals)


def charts():
    """{name of a file: text of the SVG}."""
    digits = fs.samples()
    return {f"{draw.__name__}.svg": svg_text(draw(digits)) for draw in CHARTS}


DIGIT = 17  # a 7, decided in step 6 without a tie
TOP, HEIGHT, STEP = 62, 224, 11  # of the panels with time from left to right; pixels a step
PANELS = 312, 546, 780  # their left edges: input, hidden, output
CAPTIONS = [
    (30, "an image", "28 × 28 pixels"),
    (PANELS[0], "spikes of the pixels", "bright pixels early, black ones never"),
    (PANELS[1], "spikes of 128 hidden neurons", "each fires at most once"),
    (PANELS[2], "potentials of 10 output neurons", "the first above its threshold names the class")]
RULES = ".z{{fill:{ink};font-size:30px;font-weight:700;text-anchor:middle}}"


def explained():
    """The Drawing of DIGIT."""
    network, samples = Network.load(DEFAULT_NETWORK), load("samples", train=False)
    run = run_network(network, ChosenImages(samples.test_images, samples.test_labels, "samples"), DIGIT)
    decision, steps = int(run.result.decision_time[DIGIT]), network.steps
    name = network.classes[int(run.result.classes[DIGIT])]
    drawing = Drawing(1060, 372, f"A first-spike network names a digit: {name} in step {decision}")
    picture(drawing, run.chosen.images[DIGIT])
    for left, (neurons, spikes, times) in zip(PANELS[:2], run.trains()):
        axis(drawing, left, steps, decision)
        for neuron, time in zip(spikes, times):
            place(drawing, left + STEP * (time + 0.5), TOP + HEIGHT * (neuron + 0.5) / neurons, time > decision)
    curves(drawing, run.potentials(), network.layers[-1].thresholds[0], decision, name)
    for left, title, text in CAPTIONS:
        drawing.text(left, 30, title, "t l")
        drawing.text(left, 48, text, "s l")
    for left in PANELS:
        drawing.arrow((left - 46, TOP + HEIGHT / 2), (left - 14, TOP + HEIGHT / 2))
    drawing.text(30, 352, f"Digit {DIGIT} of the samples and the shipped network 784-128-10, {steps} time steps. Pale: "
                          "after the decision, which hardware does not work on.", "s l")
    return drawing


def picture(drawing, image):
    """The image, a square a pixel, on black."""
    size = HEIGHT / len(image)
    squares = [(0, 0, HEIGHT, "#000")]
    squares += [(column * size, row * size, size, f"#{3 * f'{value:02x}'}") for row, line in enumerate(image)
                for column, value in enumerate(line) if value]
    for x, y, side, colour in squares:
        drawing.parts.append(f'<rect x="{30 + x:g}" y="{TOP + y:g}" width="{side:g}" height="{side:g}" fill="{colour}" '
                             'shape-rendering="crispEdges"/>')


def axis(drawing, left, steps, decision):
    """A frame, the steps, and the decision."""
    drawing.parts.append(f'<rect x="{left}" y="{TOP}" width="{STEP * steps}" height="{HEIGHT}" class="n"/>')
    for step in range(0, steps, 5):
        drawing.text(left + STEP * (step + 0.5), TOP + HEIGHT + 16, str(step))
    drawing.text(left + STEP * steps / 2, TOP + HEIGHT + 34, "time step")
    x = left + STEP * (decision + 0.5)
    drawing.parts.append(f'<path d="M{x} {TOP}V{TOP + HEIGHT}" class="w" stroke-dasharray="3 3"/>')


def place(drawing, x, y, late):
    """A spike."""
    pale = ' opacity="0.25"' if late else ""
    drawing.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.9" class="i"{pale}/>')


def curves(drawing, potentials, threshold, decision, name):
    """Potentials of the outputs up to the decision, the winner's on top."""
    left = PANELS[2]
    axis(drawing, left, len(potentials), decision)
    reach = 1.25 * threshold
    floor = min(0, potentials[:decision + 1].min())

    def at(step, value):
        return left + STEP * (step + 0.5), TOP + HEIGHT * (1 - (value - floor) / (reach - floor))

    winner = int(potentials[decision].argmax())
    for neuron in [*(n for n in range(potentials.shape[1]) if n != winner), winner]:
        points = " L".join("{:.1f} {:.1f}".format(*at(step, potentials[step, neuron])) for step in range(decision + 1))
        own = 'class="w" stroke-width="2.5"' if neuron == winner else 'class="n"'
        drawing.parts.append(f'<path d="M{points}" {own}/>')
    _, y = at(0, threshold)
    drawing.parts.append(f'<path d="M{left} {y:.1f}h{STEP * len(potentials)}" class="a" stroke-dasharray="5 4"/>')
    drawing.text(left + STEP * len(potentials) - 34, y - 6, "threshold", "s")
    x, y = at(decision, potentials[decision, winner])
    drawing.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" class="o"/>')
    drawing.text(left + STEP * len(potentials) + 44, TOP + HEIGHT / 2 + 10, name, "z")
    drawing.text(left + STEP * len(potentials) + 44, TOP + HEIGHT / 2 + 32, f"in step {decision}")
