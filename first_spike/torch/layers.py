"""Layers of first-spike neurons as modules: dense and convolutional, a normalisation and a grid of few bits in them."""

from dataclasses import replace

import torch
from torch import nn
from torch.nn import functional
from torch.nn.grad import conv2d_input, conv2d_weight

from first_spike.golden.errors import UserError
from first_spike.golden.quantization.grid import levels
from first_spike.torch.rule import FirstSpikes, fire

FINEST = 2.0 ** 24  # weights are multiples of 1 / FINEST
SPREAD = 0.05  # standard deviation of weights before Net.start
FORM, UNKNOWN = "_extra_state", -1  # end of PyTorch's name in a state; bits that a state does not hold
LEAST_THRESHOLD, MOMENTUM, EPSILON = 1 / 64, 0.1, 1e-5  # of a Normalization


class Normalization(nn.Module):
    """Batch normalisation of each channel's potentials, which is weights again: nothing is left of it in a network.

    A potential V counts as exp(log_scale) * (V - mean) / deviation + shift, mean and deviation being running ones over
    steps, images and positions, in training too, so that both modes infer alike; no gradient goes through them. The
    threshold stays 1: a neuron fires where factor * V > 1, see `forward`. The first batch sets mean and deviation.
    """

    def __init__(self, channels):
        super().__init__()
        self.log_scale, self.shift = nn.Parameter(torch.zeros(channels)), nn.Parameter(torch.zeros(channels))
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))
        self.register_buffer("batches", torch.zeros((), dtype=torch.int64))

    @torch.no_grad()
    def reset(self):
        """Begin anew: nothing is scaled, and the next batch sets mean and deviation."""
        for tensor in (self.log_scale, self.shift, self.mean, self.batches):
            tensor.zero_()
        self.variance.fill_(1)

    def forward(self, weight):
        """The weights [channels, ...] with all of it folded in, for a threshold of 1."""
        return weight * self.factor().view(-1, *[1] * (weight.ndim - 1))

    def factor(self):
        mean, variance = self.mean.clone(), self.variance.clone()  # `count` moves them before the backward pass
        scale = self.log_scale.exp() / (variance + EPSILON).sqrt()
        # a threshold at or below 0 would be a neuron that fires without input
        return scale / (1 - self.shift + scale * mean).clamp(min=LEAST_THRESHOLD)

    @torch.no_grad()
    def count(self, potentials, squares):
        """Take in potentials that the weights alone make, [n, channels, ...], and their squares, means over steps."""
        mean, square = (part.transpose(0, 1).flatten(1).mean(1).to(self.mean.dtype) for part in (potentials, squares))
        share = MOMENTUM if self.batches else 1.0
        self.mean.lerp_(mean, share)
        self.variance.lerp_((square - mean.square()).clamp(min=0), share)
        self.batches += 1


def _form(bits, normalized):
    """Bits and normalisation of a layer in words."""
    width = "float weights" if not bits else "quantized weights" if bits == UNKNOWN else f"weights of {bits:g} bits"
    return f"{width} {'with' if normalized else 'without'} normalisation"


def windows_of(geometry, maps):
    """[n, channels, window rows, window columns, neurons of a window] of what is before a pool."""
    (rows, columns), (down, right) = geometry.handed, geometry.pool
    return maps.reshape(*maps.shape[:2], rows, down, columns, right).transpose(3, 4).flatten(4)


class Neurons(nn.Module):
    """What Dense and Convolution share. weight: the parameter, in units of the threshold. thresholds [channels]: in
    units of what inference reads, a buffer: 1 until `quantize` or `Net.tune`. bits: None, or the bits of the grid.
    norm: a Normalization or None. width: of the rule, see FirstSpikes. before: None, or the Geometry of the layer
    before, if that ends in a sum pool.

    Called with spike times it gives those that it hands on; those of a sum pool are of each neuron of its windows.
    """

    def __init__(self, shape, steps, normalize, width, before):
        super().__init__()
        self.steps, self.width, self.bits, self.before = steps, width, None, before
        self.weight = nn.Parameter(torch.randn(shape) * SPREAD)
        self.register_buffer("thresholds", torch.ones(shape[0]))
        self.register_buffer("scales", torch.ones(shape[0]))
        self.norm = Normalization(shape[0]) if normalize else None

    def get_extra_state(self):
        """Return the bits of the grid (0 of floats) and whether there is a normalisation, as a tensor: a part of the
        state."""
        return torch.tensor([self.bits or 0, int(self.norm is not None)])

    def set_extra_state(self, form):
        """Do nothing: `check_state` has compared the form of the state already."""

    def check_state(self, state, prefix, name):
        """Raise UserError if a state has other bits than this layer, or differs in normalisation.

        Args:
            state: The state, {name of a tensor: tensor}.
            prefix: Beginning of the names of this layer's tensors.
            name: Name of this layer in the message.

        Returns:
            False if the layer is quantized and the state does not hold its bits, as states of release 1.0; else True.
        """
        if f"{prefix}weight" not in state:
            return True
        form, ours = state.get(f"{prefix}{FORM}"), self.get_extra_state().tolist()
        if form is None:  # scales of floats are 1, those of a grid are larger
            quantized = bool((state.get(f"{prefix}scales", self.scales) != 1).any())
            theirs = [quantized and (self.bits or UNKNOWN), int(f"{prefix}norm.mean" in state)]
        else:
            theirs = form.tolist()
        if theirs != ours:
            raise UserError(f"{name}: the state has {_form(*theirs)}, the Net has {_form(*ours)}: make the Net with "
                            f"the same normalize and quantize it to the same bits before you load the state")
        return form is not None or not self.bits

    def _load_from_state_dict(self, state_dict, prefix, *rest):
        self.check_state(state_dict, prefix, prefix.removesuffix(".") or "the layer")
        state_dict.setdefault(f"{prefix}{FORM}", self.get_extra_state())
        super()._load_from_state_dict(state_dict, prefix, *rest)

    def forward(self, times):
        times = self._given(times)
        if self.norm is not None and self.training and not self.norm.batches:
            self.norm.count(*fire(self, times, self.weight, self.across(self.thresholds))[3])
        used, thresholds = self.read()
        return FirstSpikes.apply(times, self.learnt(used, thresholds), self, used, self.across(thresholds))

    def folded(self):
        """The weights in units of the threshold, normalisation folded in."""
        return self.weight if self.norm is None else self.norm(self.weight)

    @torch.no_grad()
    def read(self):
        """(weights, thresholds) that inference reads: on a grid integers, in eval mode of float64."""
        if self.bits is None:
            own = self.folded()
            used = ((own * FINEST).round() / FINEST).float().to(own.dtype)  # as a file holds it
        else:
            low, high, step = levels(self.bits)
            scales = self.along(self.scales)
            if self.training:  # masters stay within half a level, so that a clipped weight can come back soon
                lowest, highest = (torch.full_like(scales, end) / scales for end in (low - 0.5, high + 0.5))
                self.weight.clamp_(lowest, highest)
            used = (((self.weight * scales - low) / step).round() * step + low).clamp(low, high)
        dtype = used.dtype if self.training else torch.float64
        return used.to(dtype), self.thresholds.to(dtype)

    def learnt(self, used, thresholds):
        """What `read` gives as weights in units of the threshold, whose gradients go straight to the parameters."""
        own = self.folded()
        return (used / self.along(thresholds)).to(own.dtype) + (own - own.detach())

    def drive(self, spikes, weights):
        """What spikes (0 or 1) add to the potentials, [n, neurons] or [n, channels, rows, columns]."""
        with torch.autocast(spikes.device.type, enabled=False):  # half precision would lose spikes
            return self.sums(self.counted(spikes), weights)

    def _given(self, times):
        return self.of_inputs(times) if self.before is None else times

    def counted(self, spikes):
        """How often each input spikes: behind a sum pool as often as the neurons of its window do."""
        return spikes if self.before is None else self.of_inputs(windows_of(self.before, spikes).sum(-1))

    def spread(self, errors):
        """Errors of the inputs as those of what `counted` takes."""
        if self.before is None:
            return errors
        maps = errors.unflatten(1, (*self.before.handed, -1)).permute(0, 3, 1, 2) if errors.ndim == 2 else errors
        down, right = self.before.pool
        return maps.repeat_interleave(down, 2).repeat_interleave(right, 3)

    def at(self, times, decision):
        """Potentials [n, neurons] at the end of step `decision` [n], in units of the threshold, of what learns."""
        heard = self._heard(times, decision)
        return self.drive(heard, self.learnt(*self.read())).flatten(1)

    @torch.no_grad()
    def read_at(self, times, decision):
        """The same of what inference reads, in its units, exactly."""
        used, _ = self.read()
        return self.drive(self._heard(times, decision).to(used.dtype), used).flatten(1)

    def _heard(self, times, decision):
        times = self._given(times)
        spiked = times <= decision.view(-1, *[1] * (times.ndim - 1))
        return (spiked & (times < self.steps)).to(times.dtype) + (times - times.detach())  # errors go straight through

    @torch.no_grad()
    def fold(self):
        """Normalisation becomes weights, for good."""
        self.weight.copy_(self.folded())
        self.norm = None

    def notice(self, potentials, squares):
        """Means over the steps of a pass, in units of the threshold."""
        if self.norm is not None and self.training:
            factor = self.across(self.norm.factor().detach())
            self.norm.count(potentials / factor, squares / factor.square())

    def along(self, of_channel):
        return of_channel.view(-1, *[1] * (self.weight.ndim - 1))


class Dense(Neurons):
    """weight [neurons, inputs], inputs in the order row, column, channel; takes maps as well."""

    def __init__(self, inputs, neurons, steps, normalize=False, width=1.0, before=None):
        super().__init__((neurons, inputs), steps, normalize, width, before)

    def of_inputs(self, times):
        return times.permute(0, 2, 3, 1).flatten(1) if times.ndim == 4 else times

    def across(self, of_channel):
        return of_channel

    def sums(self, spikes, weights):
        return spikes @ weights.T

    def drive_weights(self, spikes, errors):
        return errors.T @ spikes

    def drive_back(self, errors, weights):
        return errors @ weights

    def earliest(self, fired):
        return fired

    def to_winners(self, told, peaks):
        return told

    def listed(self, times):
        """Spike times that it hands on as golden lists them, [n, neurons]."""
        return times

    def arrange(self, weights):
        """A tensor as golden orders weights, [inputs, neurons]."""
        return weights.T

    def arranged(self, weights):
        """The way back."""
        return weights.T


class Convolution(Neurons):
    """weight [channels, channels of the source, kernel rows, kernel columns]; geometry: golden's Geometry, which says
    the map that it takes, stride, padding and the pool behind it."""

    def __init__(self, geometry, channels, steps, normalize=False, width=1.0, before=None):
        super().__init__((channels, geometry.source[2], *geometry.kernel), steps, normalize, width, before)
        self.geometry = geometry
        self._shape = {"stride": geometry.stride, "padding": geometry.padding}
        everywhere = replace(geometry, pool=(1, 1)).positions
        self._rest = [side - used for side, used in zip(everywhere, geometry.positions)]  # in no whole window

    def of_inputs(self, times):
        if times.ndim == 2:  # of a dense layer
            times = times.unflatten(1, self.geometry.source).permute(0, 3, 1, 2)
        # strides as a new tensor has them: for those that a map of one channel may have, oneDNN in PyTorch 2.13 gives
        # sums of uninitialized memory
        return times.flatten(1).view(times.shape)

    def across(self, of_channel):
        return of_channel.view(-1, 1, 1)

    def sums(self, spikes, weights):
        rows, columns = self.geometry.positions
        return functional.conv2d(spikes, weights, **self._shape)[..., :rows, :columns]

    def drive_weights(self, spikes, errors):
        return conv2d_weight(spikes, self.weight.shape, self._everywhere(errors), **self._shape)

    def drive_back(self, errors, weights):
        rows, columns, channels = self.geometry.source
        return conv2d_input((len(errors), channels, rows, columns), weights, self._everywhere(errors), **self._shape)

    def _everywhere(self, errors):
        return functional.pad(errors, (0, self._rest[1], 0, self._rest[0]))

    def earliest(self, fired):
        return fired if self.geometry.sums else windows_of(self.geometry, fired).amin(-1)

    def to_winners(self, told, peaks):
        if self.geometry.sums:
            return told
        windows = windows_of(self.geometry, peaks)
        chosen = torch.zeros_like(windows).scatter_(-1, windows.argmax(-1, keepdim=True), told[..., None])
        return chosen.unflatten(4, self.geometry.pool).transpose(3, 4).reshape(peaks.shape)

    def listed(self, times):
        """The same; of a sum pool unit by unit, the earliest first."""
        if self.geometry.sums:
            return windows_of(self.geometry, times).sort(-1).values.permute(0, 2, 3, 1, 4).flatten(1)
        return times.permute(0, 2, 3, 1).flatten(1)

    def arrange(self, weights):
        """A tensor as golden orders weights, [kernel places, channels]."""
        return weights.permute(2, 3, 1, 0).flatten(0, 2)

    def arranged(self, weights):
        """The way back."""
        return weights.reshape(*self.geometry.kernel, self.geometry.source[2], -1).permute(3, 2, 0, 1)
