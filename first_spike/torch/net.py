"""A whole network as a module: from words to spikes, and on to the Network that the hardware is made from."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from first_spike.command.silence import warn
from first_spike.golden.contract.network import FloatNetwork
from first_spike.golden.contract.option import require_choice
from first_spike.golden.data.array_forms import class_labels
from first_spike.golden.errors import UserError, require_kind
from first_spike.golden.inference.encode import check_images
from first_spike.golden.quantization.grid import choose_grid, integer_layer, integer_network
from first_spike.golden.quantization.thresholds import FACTORS, retune
from first_spike.golden.training import convolution_rule, decision_rule, defaults
from first_spike.golden.training.layer_text import blank_layers, parse, text_of
from first_spike.golden.training.plan import SCALE_PER, check_setting
from first_spike.torch.layers import Convolution, Dense
from first_spike.torch.rule import as_array, encode


class Output(NamedTuple):
    """What a Net makes of n images, tensors on its device.

    potentials: float [n, classes], of the output neurons at the end of the decision step, in units of their threshold;
    these have a gradient. classes int64 [n] and decision_time int64 [n] (T: silent, or endless): the read-out of the
    contract. endless: bool [n]. spike_times: of each layer int16 [n, neurons], in golden's order, of the whole run.
    steps: T. margin and spread: float [n], and runner_up: int64 [n], as golden/contract/confidence.py defines them, in
    units of the potentials of the Network or FloatNetwork that this becomes; in eval mode of float64 and exact. They
    have no gradient.
    """

    potentials: torch.Tensor
    classes: torch.Tensor
    decision_time: torch.Tensor
    endless: torch.Tensor
    spike_times: tuple
    steps: int
    margin: torch.Tensor | None = None
    spread: torch.Tensor | None = None
    runner_up: torch.Tensor | None = None


class Net(nn.Module):
    """layers: in words, as `first-spike train --layers` takes them: "conv 16 5x5 same pool 2, dense 10". image_shape:
    (rows, columns) or (rows, columns, channels). classes: names. steps: T, a power of two from 2 to 256. normalize: a
    Normalization in every hidden layer. width: half the base of the triangle that stands for a spike's slope, in
    thresholds. Raises UserError, naming the layer, for what cannot be a network.
    """

    def __init__(self, layers, image_shape, classes, steps=16, normalize=False, width=1.0):
        super().__init__()
        require_kind(layers, str, "a text of layers, such as 'conv 16 5x5 same pool 2, dense 10',")
        check_setting("width", width)
        blank = blank_layers(parse(layers), image_shape)
        self.shape = FloatNetwork(steps, image_shape, blank, list(classes), "trained in PyTorch")
        self.layers, last = nn.ModuleList(), len(blank) - 1
        for k, layer in enumerate(blank):
            before = blank[k - 1].geometry if k and blank[k - 1].often > 1 else None
            options = steps, normalize and k < last, width, before
            self.layers.append(Dense(layer.inputs, layer.neurons, *options) if layer.kind == "dense" else
                               Convolution(layer.geometry, layer.channels, *options))

    @classmethod
    def of(cls, float_network):
        """A Net with the weights and thresholds of a FloatNetwork that takes images; those of a layer with thresholds
        below 1 are multiplied by a power of two, so that none is, which changes no spike."""
        if not isinstance(float_network, FloatNetwork):
            raise UserError(f"a Net takes a FloatNetwork, found {type(float_network).__name__}")
        float_network.require_images("PyTorch module")
        net = cls(text_of(float_network.layers), float_network.image_shape, float_network.classes, float_network.steps)
        for module, layer in zip(net.layers, float_network.layers):
            unit = 2.0 ** max(0, -np.floor(np.log2(layer.thresholds.min().astype(float))))
            _set(module, layer.weights * unit, layer.thresholds * unit)
        return net

    @property
    def convolutional(self):
        return any(layer.kind != "dense" for layer in self.shape.layers)

    def forward(self, images, endless=None):
        """The Output for images, uint8 tensor [n, rows, columns] or [n, rows, columns, channels].

        endless: bool [n] or None: images for which the output does not fire, so that the loss sees the whole run.
        With gradients, nothing after the decision counts, as nothing after it does in inference. Raises UserError for
        other images, and for weights that are not finite.
        """
        steps = self.shape.steps
        self._require_floats()
        require_kind(images, torch.Tensor, "a tensor of images")
        check_images(self.shape, np.empty((0, *images.shape[1:]), np.uint8))
        times = encode(images, steps, self.layers[0].weight.dtype)
        endless = torch.zeros(len(images), dtype=torch.bool, device=images.device) if endless is None else endless
        if not isinstance(endless, torch.Tensor) or (endless.dtype, endless.shape) != (torch.bool, images.shape[:1]):
            raise UserError(f"endless must be a tensor of bool, one for each of {len(images)} images")
        trains = [times]
        with torch.no_grad():
            for layer in self.layers:
                trains.append(layer(trains[-1]))
            decision = trains[-1].flatten(1).amin(1).masked_fill(endless, steps)
            read = self.layers[-1].read_at(trains[-2], decision)
            classes = read.argmax(1)
            doubts = _doubts(read, classes)
        before = trains[-2]
        if torch.is_grad_enabled() and len(self.layers) > 1:
            before = times.masked_fill(times > decision.view(-1, 1, 1, 1), steps)
            for layer in self.layers[:-1]:
                before = layer(before)
        spikes = tuple(layer.listed(train).to(torch.int16) for layer, train in zip(self.layers, trains[1:]))
        return Output(self.layers[-1].at(before, decision), classes, decision.long(), endless, spikes, steps, *doubts)

    def start(self, images, seed=1):
        """Initial weights as the trainer makes them, for training images, uint8 [n, rows, columns, ...]; those of
        layers with a normalisation, which begins anew, are normalised besides. Thresholds become 1."""
        images = self._some(images)
        if not isinstance(seed, (int, np.integer)) or seed < 0:
            raise UserError(f"a seed is a whole number from 0 on, found {seed!r}")
        rng = np.random.default_rng([seed, 1])
        if self.convolutional:
            weights = convolution_rule.initial_weights(rng, self.shape.layers, images, self.shape.steps)
        else:
            weights = decision_rule.initial_weights(rng, [self.shape.inputs, *self.shape.sizes], images)
        for module, own in zip(self.layers, weights):
            _set(module, own, None if module.bits else np.ones(len(module.thresholds)))
            if module.norm is not None:
                module.norm.reset()
        return self

    def quantize(self, bits=None, scale_per=None):
        """From here on weights are integers of few bits, straight through; normalisation is folded before.

        bits: a number, or one for each layer, 1 to 8; default: as the trainer. scale_per: "channel" or "layer", of
        hidden layers; default: as the trainer. Scales are chosen now and stay. `load_state_dict` refuses a state of
        other bits. A layer whose weights all become 0 is named on stderr.
        """
        count = len(self.layers)
        bits = defaults.bits(count, self.convolutional) if bits is None else bits
        given = np.asarray(bits)
        if given.shape not in ((), (count,)) or given.dtype.kind not in "iu" or ((given < 1) | (given > 8)).any():
            raise UserError(f"bits must be a number from 1 to 8, or {count} of them, found {bits}")
        bits = np.broadcast_to(given, count).tolist()
        scale_per = scale_per or defaults.scale_per(self.convolutional)
        require_choice("scale_per", scale_per, SCALE_PER)
        self._require_floats()
        for k, (module, own) in enumerate(zip(self.layers, bits)):
            if module.bits is not None:
                raise UserError("the network is quantized already")
            module.fold()
            weights = as_array(module.arrange(module.weight / module.along(module.thresholds)))
            plain = np.ascontiguousarray(weights, np.float32)
            grid, thresholds = choose_grid(plain, own, per_channel=scale_per == "channel" and k < count - 1)
            rounded = np.empty_like(plain)
            grid.round(plain, rounded)
            _tell_zeros(k, rounded)
            _set(module, weights, thresholds)
            module.bits = own
            module.scales.copy_(torch.from_numpy(grid.scales))
        return self

    def tune(self, images, labels, most_silent=None):
        """Choose the output threshold on held-out training images, uint8 [n, ...], with labels [n], as the trainer
        does. most_silent: the share of them that may end without an output spike; default: the trainer's."""
        most_silent = defaults.most_silent(self.convolutional) if most_silent is None else most_silent
        if not 0 <= most_silent <= 1:
            raise UserError(f"the largest share of silent outputs must lie between 0 and 1, found {most_silent}")
        images = self._some(images)
        labels = class_labels(as_array(labels), len(images), len(self.shape.classes))
        factors = convolution_rule.FACTORS if self.convolutional else FACTORS
        *_, last = retune(self._golden(), self.shape.steps, images, labels, most_silent, factors)
        _set(self.layers[-1], None, last.thresholds)
        return self

    def to_float_network(self, source=""):
        """The FloatNetwork that infers as this does in eval mode, before it was quantized."""
        if any(module.bits is not None for module in self.layers):
            raise UserError("the network is quantized: ask for it by to_network()")
        return replace(self.shape, layers=self._golden(), source=source or self.shape.source)

    def to_network(self, source=""):
        """The Network, in integers, that infers as this does in eval mode. source: text for its file. A layer whose
        weights are all 0 is named on stderr."""
        if any(module.bits is None for module in self.layers):
            raise UserError("the network is of floats: quantize it first, as in net.quantize(4)")
        layers = self._golden()
        for k, layer in enumerate(layers):
            _tell_zeros(k, layer.weights)
        return integer_network(self.shape, layers, source or self.shape.source)

    def _some(self, images):
        """The images, one at least, as an array of numpy."""
        images = as_array(images)
        check_images(self.shape, images)
        if not len(images):
            raise UserError("at least one image is needed")
        return images

    def _load_from_state_dict(self, state_dict, prefix, *rest):
        checked = [module.check_state(state_dict, f"{prefix}layers.{k}.", f"layer {k}")
                   for k, module in enumerate(self.layers)]  # all of them, before the first is loaded
        if not all(checked):
            warn(["the state does not hold its bits, as states of release 1.0: they are taken for those of the Net, "
                  "which cannot be checked"])
        super()._load_from_state_dict(state_dict, prefix, *rest)

    @torch.no_grad()
    def _require_floats(self):
        """Raise UserError for weights of half precision, and for weights that are not finite."""
        for k, module in enumerate(self.layers):
            if module.weight.dtype not in (torch.float32, torch.float64):
                raise UserError(f"layer {k} has weights of {module.weight.dtype}, too coarse for spikes: keep the "
                                f"network in float32, and use torch.autocast for speed")
            if not torch.isfinite(module.folded()).all():
                raise UserError(f"layer {k} has a weight that is no finite number: the training diverged")

    def _golden(self):
        """Layers of the golden model: in integers where quantized."""
        self._require_floats()
        made = []
        for module, layer in zip(self.layers, self.shape.layers):
            used, thresholds = module.read()
            used, thresholds = as_array(module.arrange(used)), as_array(thresholds)
            if module.bits is None:
                made.append(replace(layer, weights=used.astype(np.float32), thresholds=thresholds.astype(np.float32)))
            else:
                made.append(integer_layer(layer, used.astype(np.int8), thresholds.astype(np.int32), module.bits))
        return made


def _doubts(potentials, classes):
    """Margin, spread and runner-up of the read-out; potentials [n, classes], classes int64 [n]."""
    own = classes[:, None]
    largest, count = potentials.gather(1, own), potentials.shape[1]
    others = potentials.scatter(1, own, -torch.inf)
    runner_up = others.argmax(1) if count > 1 else classes
    margin = largest - potentials.gather(1, runner_up[:, None])
    return margin[:, 0], (count * largest - potentials.sum(1, keepdim=True))[:, 0], runner_up


def _tell_zeros(k, weights):
    """Warn if all weights of layer k are 0."""
    if not weights.any():
        warn([f"layer {k}: all weights are 0 at its bits, so no neuron of it fires"])


@torch.no_grad()
def _set(module, weights=None, thresholds=None):
    """Write golden's arrays into a layer."""
    if weights is not None:
        module.weight.copy_(module.arranged(torch.from_numpy(np.array(weights))))
    if thresholds is not None:
        module.thresholds.copy_(torch.from_numpy(np.array(thresholds)))
