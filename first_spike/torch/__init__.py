"""First-spike networks as PyTorch modules: train with loops and tricks of your own, then take the Network along.

    import torch
    from first_spike import torch as fst
    net = fst.Net("conv 16 3x3 same pool 2, dense 10", (8, 8), "0123456789", steps=16)
    net.start(images)                                     # uint8 tensor [n, rows, columns]
    optimizer = torch.optim.AdamW(net.parameters(), lr=2e-3)
    fst.decision_loss(net(images[:64], endless=torch.rand(64) < 0.15), labels[:64]).backward()
    optimizer.step()
    net.quantize(4)                                       # and train on, straight through
    network = net.to_network()                            # for first_spike.infer, Design, generate, compare

Inference is that of the contract, spike for spike: a neuron fires once, at the first step at whose end its potential
exceeds its threshold. What layers hand each other are spike times, T where silent, in tensors of floats [n, neurons] or
[n, channels, rows, columns], behind a sum pool those of each neuron of its windows. What flows back through them is no
slope by time, but the error that the `decision` rule tells the neuron that spiked: above 0 where its potential should
have stayed lower.

In eval mode potentials are of float64 and weights multiples of 2 ** -24, for thresholds of about 1, so that sums are
exact in any order and equal those of the golden model. Tensors may lie on any device; tests run on a CPU.
"""

from first_spike.golden.errors import UserError

try:
    import torch  # noqa: F401
except ImportError as error:
    raise UserError("first_spike.torch needs PyTorch: pip install torch") from error

from first_spike.torch.layers import Convolution, Dense, Normalization
from first_spike.torch.net import Net, Output
from first_spike.torch.rule import FirstSpikes, decision_loss, encode

__all__ = ["Convolution", "Dense", "FirstSpikes", "Net", "Normalization", "Output", "decision_loss", "encode"]
