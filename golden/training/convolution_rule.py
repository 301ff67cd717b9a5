"""The `decision` rule for networks with convolutions: initial weights, and the learner."""

import numpy as np

from first_spike.golden.inference.encode import encode
from first_spike.golden.recordings import Recordings
from first_spike.golden.training import convolution_kernels
from first_spike.golden.training.adam import Adam, KernelAdam, TiedAdam, TiedKernelAdam
from first_spike.golden.training.decision_rule import DecisionLearner, rates
from first_spike.golden.training.shared_graph import graph_of
from first_spike.golden.training.sources import EventBatch, first_times

# Settings that differ from those of dense networks. Without the half-pull such a network learns to decide in step 0.
SETTINGS = {"hidden_rate": 2e-3, "output_rate": 2e-3, "endless": 0.15, "temperature": 0.1, "pull": 0.5, "push": 1.0,
            "sure": 0.99, "warmup": 600}
FINETUNE_RATES = (5e-4, 5e-4)
FACTORS = np.arange(0.5, 1.501, 0.01)  # of the output threshold, to choose from after training
FIRST_IMAGES, ACTIVE = 64, 0.15  # of the units of each channel, so many fire on so many images at the start
MEAN, OUTPUT_SPREAD = 0.3, 0.02  # of initial weights: the mean in standard deviations; that of the last layer


def initial_weights(rng, layers, images, steps):
    """Float masters of a new network, for thresholds of 1; layers: float layers that give the shapes."""
    images = images[:FIRST_IMAGES]
    weights, times = [], images.first_times(layers[0].inputs, steps) if isinstance(images, Recordings) else encode(
        images, steps)
    graph, places = graph_of(layers), convolution_kernels.places_of(layers)
    ones = [np.ones(layer.weights.shape[1], np.float32) for layer in layers]
    for k, layer in enumerate(layers[:-1]):
        weights.append(rng.normal(MEAN, 1, layer.weights.shape).astype(np.float32))
        peaks = np.empty((len(times), places[k + 1, 0] - places[k, 0]), np.float32)
        part = graph.first(k + 1)
        convolution_kernels.find_peaks(times, steps, convolution_kernels.as_read(weights, part), tuple(ones[:k + 1]),
                                       part, places[:k + 2], peaks)
        handed = -layer.hand_on(-peaks).reshape(-1, layer.weights.shape[1], layer.often)
        of_channel = np.sort(handed.swapaxes(1, 2).reshape(-1, handed.shape[1]), axis=0)
        scale = of_channel[int((1 - ACTIVE) * len(of_channel))]
        weights[-1] /= np.where(scale > 0, scale, np.maximum(of_channel[-1], 1))
    return [*weights, rng.normal(0, OUTPUT_SPREAD, layers[-1].weights.shape).astype(np.float32)]


class ConvolutionLearner(DecisionLearner):
    """As DecisionLearner; layers: float layers of the network, of which only the shapes count.

    Every layer of weights has the rate that the settings say, however many pixels are lit: a kernel sees few of them.
    """

    def __init__(self, layers, weights, thresholds, grids, images, labels, steps, settings, versions=1, sensor=(),
                 image_weights=None):
        self.inputs = layers[0].inputs
        super().__init__(weights, thresholds, grids, images, labels, steps, settings, versions, sensor, image_weights)
        self.graph, self.places = graph_of(layers), convolution_kernels.places_of(layers)
        self.trace = convolution_kernels.Trace(self.batch, layers)
        self.optimizers = [self._optimizer(k, layers) for k in range(len(layers))]
        self.average = [layer.copy() for layer in weights]  # tied, where they are
        self.rates = rates(settings, len(weights))

    def _optimizer(self, k, layers):
        weights, gradients = self.weights[k], self.trace.gradients[k]
        if self.settings.tied and k and layers[k].kind == "dense" and layers[k - 1].kind != "dense":
            group_of = tied_rows(layers[k - 1].map, self.settings.tied)
            tied = TiedKernelAdam(weights, group_of, gradients) if gradients.size else TiedAdam(weights, group_of)
            if self.grids[k] is None:
                tied.tie(weights)
            if tied.ties(weights):  # a float network may come from elsewhere
                return tied
        return KernelAdam(weights, gradients, self.graph.rows[k]) if gradients.size else Adam(weights)

    def _source(self, images, sensor, heard):
        return super()._source(images, sensor, np.ones(self.inputs, bool))

    def _tell(self, batch, layers):
        settings, trace, times = self.settings, self.trace, batch.train
        if isinstance(times, EventBatch):
            times = np.empty((self.batch, self.inputs), np.int16)
            first_times(batch.train, self.steps, times)
        outgoing = tuple(np.ascontiguousarray(layer.T) for layer in layers.weights)
        convolution_kernels.learn(times, self.steps, convolution_kernels.as_read(layers.weights, self.graph), outgoing,
                                  layers.thresholds, self.graph, self.places, np.float32(settings.width),
                                  settings.loss, batch.endless, batch.labels, batch.image_weights, trace.spike_times,
                                  trace.gradients, trace.told, trace.peak_times, trace.decisions, trace.ties,
                                  trace.winners, trace.events)


def tied_rows(shape, windows):
    """int64 [inputs]: which inputs of a dense layer, those of a map of this shape in raster order, have the same
    weights: those of one row and channel in each of so many windows of columns."""
    rows, columns, channels = shape
    count = min(windows, columns)
    window = np.arange(columns) * count // columns
    places = np.arange(rows)[:, None] * count + window
    return (places[..., None] * channels + np.arange(channels)).ravel()
