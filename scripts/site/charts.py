"""The charts of the pages: each by a function of the package, for networks that come along."""

import first_spike as fs
from first_spike.command.figure import svg_text
from scripts.site.explained import DIGIT

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
    return fs.plot.raster(fs.load(DENSE), digits.images[DIGIT])


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
