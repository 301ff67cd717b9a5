"""A network in NeuroBench's own harness (Yik et al. 2025, Nature Communications 16:1545; `pip install neurobench`).

The network runs in PyTorch, step by step, by the contract: an inference of its own, so that what NeuroBench counts is a
second opinion on `first_spike.metrics`.
"""

import numpy as np

from first_spike.golden.errors import UserError
from first_spike.golden.inference.encode import check_images, encode


def neurobench_model(network):
    """A NeuroBenchModel of a Network that takes images, for `neurobench.benchmarks.Benchmark`.

    Called with a uint8 tensor of images it gives their classes, int64 [n]. Its hooks see, in each of the T steps,
    spikes as 0 and 1, none after the decision; weights are int8, thresholds int32. Raises UserError where NeuroBench is
    not installed, and for a network that takes events or whose pools sum: an input may spike twice in a step, and a 2
    counts there as multiplied, not as added.
    """
    network.require_images("model for NeuroBench")
    network.require_first_pools("model for NeuroBench")
    try:
        import torch
        from neurobench.models import NeuroBenchModel
        from torch.nn import functional
    except ImportError as error:
        raise UserError(f"this needs NeuroBench: pip install neurobench ({error})") from error

    def frozen(array):
        return torch.nn.Parameter(torch.from_numpy(np.array(array)), requires_grad=False)

    class Dense(torch.nn.Linear):
        """Weights of a dense layer; sums are whole numbers, exact in float64."""

        def __init__(self, layer):
            super().__init__(layer.inputs, layer.neurons, bias=False)
            self.weight = frozen(layer.weights.T)

        def forward(self, spikes):
            return functional.linear(spikes.double(), self.weight.double())

    class Convolution(torch.nn.Conv2d):
        """Weights of a convolution, of the positions that count."""

        def __init__(self, layer):
            geometry, channels_in = layer.geometry, layer.takes[2]
            shape = geometry.kernel, geometry.stride, geometry.padding
            super().__init__(channels_in, layer.channels, *shape, bias=False)
            self.positions = geometry.positions
            self.weight = frozen(layer.weights.reshape(*geometry.kernel, channels_in, -1).transpose(3, 2, 0, 1))

        def forward(self, spikes):
            sums = functional.conv2d(spikes.double(), self.weight.double(), None, self.stride, self.padding)
            return sums[..., :self.positions[0], :self.positions[1]]

    class FirstSpikes(torch.nn.Module):
        """Neurons that fire once, at the end of the first step in which they are above their threshold, and a pool."""

        def __init__(self, layer):
            super().__init__()
            self.thresholds = frozen(layer.thresholds)
            self.pool = (1, 1) if layer.kind == "dense" else layer.geometry.pool
            self.potentials = self.handed = 0

        def forward(self, sums):
            self.potentials = self.potentials + sums
            axes = (-1,) + (1,) * (sums.ndim - 2)
            above = (self.potentials > self.thresholds.view(axes)).double()
            fired = functional.max_pool2d(above, self.pool) if sums.ndim == 4 else above
            spikes = torch.clamp(fired - self.handed, min=0)
            self.handed = torch.maximum(fired, torch.as_tensor(self.handed, dtype=torch.float64))
            return spikes

    class Layers(torch.nn.Module):
        """All of them, one behind the other, for a step."""

        def __init__(self):
            super().__init__()
            for number, layer in enumerate(network.layers):
                self.add_module(f"layer{number}", Dense(layer) if layer.kind == "dense" else Convolution(layer))
                self.add_module(f"spikes{number}", FirstSpikes(layer))

        def forward(self, spikes):
            for module in self.children():
                if isinstance(module, Dense) and spikes.ndim == 4:
                    spikes = spikes.permute(0, 2, 3, 1).flatten(1)
                spikes = module(spikes)
            return spikes.flatten(1)

    class Model(NeuroBenchModel):
        """As NeuroBench wants it."""

        def __init__(self):
            super().__init__()
            self.layers = Layers()
            self.add_activation_module(FirstSpikes)

        def __net__(self):
            return self.layers

        def __call__(self, batch):
            images = batch.numpy()
            check_images(network, images)
            times = torch.from_numpy(encode(images, network.steps)).view(len(images), *network.image_shape[:2], -1)
            for module in self.layers.children():
                if isinstance(module, FirstSpikes):
                    module.potentials = module.handed = 0
            undecided = torch.ones(len(images), dtype=torch.bool)
            for step in range(network.steps):
                spikes = ((times == step) & undecided.view(-1, 1, 1, 1)).double().permute(0, 3, 1, 2)
                undecided = undecided & ~(self.layers(spikes) > 0).any(dim=1)
            # nothing came in after the decision, so that the potentials are those of its step
            potentials = list(self.layers.children())[-1].potentials.flatten(1)
            return torch.from_numpy(potentials.numpy().argmax(axis=1))

    return Model()
