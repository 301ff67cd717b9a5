"""The contract's inference step by step on tensors, and the gradients of the `decision` rule.

golden/training/decision_kernels.py says what the rule is; here every layer is told by itself, so that autograd links
them. Gradients of weights are in units of the threshold, means over the batch, as the trainer's are.
"""

import numpy as np
import torch

from first_spike.golden.data.array_forms import class_labels
from first_spike.golden.data.dataset import STEPS
from first_spike.golden.errors import UserError, require_kind
from first_spike.golden.training.decision_kernels import ERROR_GRID
from first_spike.golden.training.plan import check_setting


def as_array(given):
    """A tensor, or anything like an array, as one of numpy."""
    return given.detach().cpu().numpy() if isinstance(given, torch.Tensor) else np.asarray(given)


def encode(images, steps, dtype=None):
    """Spike time of every pixel, as golden.inference.encode: [n, channels, rows, columns] of `dtype` (default: torch's
    own), T where silent.

    images: uint8 tensor [n, rows, columns] or [n, rows, columns, channels]. steps: T, a power of two from 2 to 256.
    Raises UserError for others.
    """
    require_kind(images, torch.Tensor, "a tensor of images")
    if steps not in STEPS:
        raise UserError(f"steps must be a power of two from 2 to 256, found {steps!r}")
    if images.dtype != torch.uint8 or images.ndim not in (3, 4):
        raise UserError(f"images must be uint8 [n, rows, columns] or [n, rows, columns, channels], found "
                        f"{images.dtype} of shape {list(images.shape)}")
    times = (255 - images.to(torch.int16)) >> (8 - (steps.bit_length() - 1))
    times = times.masked_fill(images == 0, steps)
    times = (times if times.ndim == 4 else times[..., None]).permute(0, 3, 1, 2)
    return times.to(dtype or torch.get_default_dtype())


def fire(layer, times, weights, thresholds):
    """(spike times int16, largest potentials, their steps int16, moments) of the neurons of a layer, before its pool.

    times: of its inputs. weights, thresholds: in any unit. A neuron whose potential never exceeds 0 has the largest
    potential 0 in step -1. moments: means over the steps of potentials and of their squares.
    """
    with torch.no_grad():
        potentials = total = squares = 0
        for step in range(layer.steps):
            potentials = potentials + layer.drive((times == step).to(weights.dtype), weights)
            if step == 0:
                fired = torch.full_like(potentials, layer.steps, dtype=torch.int16)
                peaks, peak_times = torch.zeros_like(potentials), torch.full_like(fired, -1)
            fired.masked_fill_((potentials > thresholds) & (fired == layer.steps), step)
            peak_times.masked_fill_(potentials > peaks, step)
            torch.maximum(peaks, potentials, out=peaks)
            if layer.norm is not None:
                total, squares = total + potentials, squares + potentials.square()
    return fired, peaks, peak_times, (total / layer.steps, squares / layer.steps)


class FirstSpikes(torch.autograd.Function):
    """A hidden layer: spike times in, spike times of what it hands on out, and what its neurons are told back.

    A handed-on unit's error goes to the neuron of its window with the largest peak, the first of several, of a sum pool
    to each, times max(0, 1 - |peak - 1| / width), peaks in units of the threshold. A weight's gradient is what its
    neuron is told, for every image in which its input spiked by the step of that peak, and every time that it did.
    """

    @staticmethod
    def forward(ctx, times, learnt, layer, used, thresholds):
        """learnt: the weights in units of the threshold, which get the gradient; used, thresholds: what inference
        reads."""
        fired, peaks, peak_times, moments = fire(layer, times, used, thresholds)
        peaks = (peaks / thresholds).to(learnt.dtype)
        if ctx.needs_input_grad[1]:
            layer.notice(*moments)
        ctx.save_for_backward(times, learnt, peaks, peak_times)
        ctx.layer = layer
        return layer.earliest(fired).to(times.dtype)

    @staticmethod
    def backward(ctx, told):
        times, learnt, peaks, peak_times = ctx.saved_tensors
        layer, on_weights, on_times = ctx.layer, None, None
        with torch.autocast(times.device.type, enabled=False):
            errors = layer.to_winners(told.to(peaks.dtype), peaks) * (1 - (peaks - 1).abs() / layer.width).clamp(min=0)
            if ctx.needs_input_grad[1]:
                on_weights = torch.zeros_like(learnt)
                for step in range(layer.steps):
                    spikes = layer.counted((times == step).to(errors.dtype))
                    on_weights += layer.drive_weights(spikes, errors * (peak_times >= step))
            if ctx.needs_input_grad[0]:
                on_times = layer.spread(layer.drive_back(errors, learnt)).to(times.dtype)
        return on_times, on_weights, None, None, None


class _Told(torch.autograd.Function):
    """A loss whose gradient by the potentials is what the output is told, a mean over the batch."""

    @staticmethod
    def forward(ctx, potentials, told, value):
        ctx.save_for_backward(told)
        return value

    @staticmethod
    def backward(ctx, outer):
        told, = ctx.saved_tensors
        return outer * told / len(told), None, None


def decision_loss(output, labels, temperature=0.1, pull=0.5, push=1.0, sure=0.99):
    """Cross-entropy of the potentials in the decision step, a mean over the batch, with the gradient of the `decision`
    rule.

    output: as a Net gives it. labels: whole numbers [n]. temperature, pull, push, sure: as in
    golden.training.decision_kernels.Loss, by default those with which the trainer trains convolutions; for dense
    networks it has 0.02, 1, 0.5, 1, and rates of 1e-3 and 3e-4. The gradient is softmax minus one-hot, as of potentials
    divided by the temperature. Raises UserError for labels that are none of the classes.
    """
    count, classes = output.potentials.shape
    labels = torch.from_numpy(class_labels(as_array(labels), count, classes)).to(output.potentials.device)
    for name, value in dict(temperature=temperature, pull=pull, push=push, sure=sure).items():
        check_setting(name, value)
    with torch.no_grad():
        right, decided = output.classes == labels, output.decision_time < output.steps
        silent = ~(decided | output.endless)
        potentials = output.potentials.double()
        logits = (potentials - potentials.amax(1, keepdim=True)) / temperature
        told = logits.exp() / logits.exp().sum(1, keepdim=True)
        value = -logits.log_softmax(1).gather(1, labels[:, None]).mean()
        own = told.gather(1, labels[:, None])[:, 0]
        own = torch.where(decided & ~right, pull, 1.0) * (own - torch.where(silent, 1 + push, 1.0))
        told = (told.scatter(1, labels[:, None], own[:, None]) * ERROR_GRID).round()
        told[right & ~silent & ((own * ERROR_GRID).round() > (sure - 1) * ERROR_GRID)] = 0
        told = (told / ERROR_GRID).to(output.potentials.dtype)
    return _Told.apply(output.potentials, told, value.to(told.dtype))
